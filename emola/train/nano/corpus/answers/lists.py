"""Answers that list action units: all that are active, as lines or in a sentence, or as bare codes."""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ACTION_UNITS
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus.answers.movements import clause, moves, name, the_name
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.grammar import expand, fitting, listed, sentences

_INTROS = (
    "active here:",
    "I see these:",
    "the active units:",
    "what moves:",
    "my coding:",
    "at work here:",
    "FACS coding:",
    "these move:",
)
_ITEMS = (
    "AU{code} - {Name}: {gist}.",
    "AU{code} ({Name}): {gist}.",
    "AU{code}, {Name}: {gist}.",
    "AU{code} {Name}: {gist}.",
    "AU{code} - {Name}, {gist}.",
)
_COMPACT = (
    "{items}.",
    "I see {items}.",
    "active: {items}.",
    "this face shows {items}.",
    "I find {items}.",
    "I code {items}.",
    "{items} {are} active.",
)
_NONE = (
    "No action unit is active",
    "I see no active action units",
    "None is active",
    "There are no active action units",
    "I find none that is active",
    "No unit stands out",
    "None that I can see",
    "This face shows none",
    "Not one of them is active",
    "Nothing is active",
    "I count none",
)
_BARE_ITEMS = ("AU{code} - {Name}", "AU{code} ({Name})", "AU{code}: {Name}", "AU{code} {Name}")


def no_landmarks(rng: random.Random) -> str:
    """Say that no action unit can be read because the landmarks were not found."""
    return expand(
        rng,
        "[[The|I am sorry, the|In this picture the] landmarks were not found"
        "|No landmarks were found [here|in this picture]"
        "|I have no landmarks for this face|The face landmarks could not be found]"
        "[, so I cannot read action units|, so action units cannot be read"
        "|; without them I cannot read action units"
        "|, and I do not guess action units without them].",
    )


def list_answer(rng: random.Random, facts: FaceFacts) -> str:
    """List all active units in ascending order, in one of several forms."""
    if facts.units is None:
        return no_landmarks(rng)
    if not facts.active:
        rest = ": the face is at rest|; brows, eyes and mouth are at rest|, the features are relaxed|"
        # an expressive face is not at rest, even if no unit was measured as active
        rest = (
            rest
            if facts.emotion == "neutral"
            else "; the movements are too weak to count|: nothing is clear enough|"
        )
        return fitting(rng, facts.fine_variant, _NONE) + expand(rng, f"[{rest}].")
    many = len(facts.active) > 6
    forms = (_bare_lines, _compact) if many else (_lines, _compact, _bullets, _listed_lines)
    text = fitting(rng, facts.variant, forms)(rng, facts)
    return sentences(text) + _remark(rng, facts)


def _fill(rng: random.Random, item: str, facts: FaceFacts, code: int, graded: bool) -> str:
    gist = clause(rng, code, facts.unit(code)) if graded else rng.choice(MOVEMENTS[code].gists)
    return item.format(code=code, Name=ACTION_UNITS[code].name, gist=gist)


def _intro(rng: random.Random, facts: FaceFacts) -> str:
    return fitting(rng, facts.variant, _INTROS) + "\n"


def _lines(rng: random.Random, facts: FaceFacts) -> str:
    item, graded, numbered = rng.choice(_ITEMS), rng.random() < 0.6, rng.random() < 0.35
    lines = [_fill(rng, item, facts, code, graded) for code in facts.active]
    if numbered:
        lines = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    return "\n".join(lines)


def _listed_lines(rng: random.Random, facts: FaceFacts) -> str:
    return _intro(rng, facts) + _lines(rng, facts)


def _bullets(rng: random.Random, facts: FaceFacts) -> str:
    item, graded = rng.choice(_ITEMS), rng.random() < 0.6
    return _intro(rng, facts) + "\n".join(
        f"- {_fill(rng, item, facts, code, graded)}" for code in facts.active
    )


def _bare_lines(rng: random.Random, facts: FaceFacts) -> str:
    item = rng.choice(_BARE_ITEMS)
    return _intro(rng, facts) + "\n".join(
        item.format(code=c, Name=ACTION_UNITS[c].name) for c in facts.active
    )


def _compact(rng: random.Random, facts: FaceFacts) -> str:
    if rng.random() < 0.3:
        items = "; ".join(f"AU{code} ({the_name(code)})" for code in facts.active)
    else:
        items = listed([f"AU{code} ({name(code)})" for code in facts.active])
    form = fitting(rng, facts.variant, _COMPACT)
    return form.format(items=items, are="is" if len(facts.active) == 1 else "are")


def _remark(rng: random.Random, facts: FaceFacts) -> str:
    """Add in some draws a last sentence about strength or the head."""
    if facts.turned and rng.random() < 0.3:
        return expand(
            rng,
            "\n[The head is turned, so one side is partly hidden."
            "|One side is partly hidden: the head is turned.]",
        )
    strongest = facts.strongest
    if len(facts.active) > 1 and strongest is not None and rng.random() < 0.15:
        return f"\nAU{strongest} is the strongest."
    return ""


def numbers_answer(rng: random.Random, facts: FaceFacts) -> str:
    """List the codes alone: "6, 12, 25"."""
    if facts.units is None:
        return no_landmarks(rng)
    return ", ".join(str(code) for code in facts.active) + "." if facts.active else "None."


def brief_answer(rng: random.Random, facts: FaceFacts) -> str:
    """List codes, with or without names, and nothing else."""
    if facts.units is None:
        return no_landmarks(rng)
    if not facts.active:
        return "None."
    style = rng.choice(("AU{code}", "AU{code}", "AU{code} ({name})"))
    return listed([style.format(code=code, name=name(code)) for code in facts.active]) + "."


def reason_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Say what shows the active units; ``facts.units`` is not None."""
    if not facts.active:
        return sentences(
            expand(
                rng,
                "[because |]no movement is [clear|strong] enough[ to count|]."
                if rng.random() < 0.6
                else "[nothing moves enough|nothing stands out|I see no clear movement].",
            )
        )
    return sentences(expand(rng, "[because |]{moves}.", moves=moves(rng, facts, facts.active)))


def sureness_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Say how sure the list of active units is; ``facts.units`` is not None."""
    if not facts.active:
        closest = max(facts.inactive, key=lambda code: facts.unit(code).probability)
        if facts.unit(closest).certainty == "clearly":
            text = "[quite sure|yes, quite|I am sure]: no unit comes close."
        else:
            text = "[fairly sure|mostly|fairly]: AU{closest} is not active, but it comes closest."
        return sentences(expand(rng, text, closest=str(closest)))
    parts = []
    for word in ("clearly", "probably", "perhaps"):
        codes = [f"AU{code}" for code in facts.active if facts.unit(code).certainty == word]
        if codes:
            parts.append(f"{listed(codes)} {'is' if len(codes) == 1 else 'are'} {word} active")
    if len(parts) == 1:
        sure = "[quite sure|I am sure]: " if "clearly" in parts[0] else "[fairly|more or less]: "
    else:
        sure = "[of some more than of others|more of some than of others]: "
    return sentences(expand(rng, f"[{sure}|]{{parts}}.", parts=", ".join(parts)))


_UPPER = (1, 2, 4, 5, 6, 7, 43)


def count_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Say how many units are active, and which."""
    if facts.units is None:
        return no_landmarks(rng)
    number = len(facts.active)
    if not number:
        return expand(rng, "[None is active.|None.|No unit is active.]")
    codes = listed([f"AU{code}" for code in facts.active])
    text = (
        "[{number}: {codes}|{number} {word}, {codes}|{number} {are} active: {codes}"
        "|I count {number}: {codes}]."
    )
    word, are = ("unit", "is") if number == 1 else ("units", "are")
    return expand(rng, text, number=str(number), codes=codes, word=word, are=are)


def upper_answer(rng: random.Random, facts: FaceFacts) -> str:
    """List the active units of the upper face."""
    return _half(rng, facts, [code for code in facts.active if code in _UPPER], "upper")


def lower_answer(rng: random.Random, facts: FaceFacts) -> str:
    """List the active units of the lower face."""
    return _half(rng, facts, [code for code in facts.active if code not in _UPPER], "lower")


def _half(rng: random.Random, facts: FaceFacts, codes: Sequence[int], half: str) -> str:
    if facts.units is None:
        return no_landmarks(rng)
    if not codes:
        return expand(
            rng, "[None [there|in the {half} face]|No unit is active there|Nothing there].", half=half
        )
    text = "[{named}|{plain}|In the {half} face: {named}|{Half}: {plain}]."
    slots = {
        "named": listed([f"AU{code} ({name(code)})" for code in codes]),
        "plain": listed([f"AU{code}" for code in codes]),
        "half": half,
        "Half": half.capitalize(),
    }
    return expand(rng, text, **slots)
