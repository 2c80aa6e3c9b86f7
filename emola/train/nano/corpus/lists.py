"""Answers that list action units: all that are active, as lines or in a sentence, or as bare codes."""

from __future__ import annotations

import random

from emola.faba import ACTION_UNITS
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus.facts import FaceFacts
from emola.train.nano.corpus.grammar import expand, fitting, listed, sentences
from emola.train.nano.corpus.movements import clause, moves, name, the_name

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
    """Why no action unit can be read when the landmarks were not found."""
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
    """All active units in ascending order, in one of several forms."""
    if facts.units is None:
        return no_landmarks(rng)
    if not facts.active:
        rest = ": the face is at rest|; brows, eyes and mouth are at rest|, the features are relaxed|"
        # an expressive face is not at rest, however little of it was measured
        rest = (
            rest
            if facts.emotion == "neutral"
            else "; the movements are too weak to count|: nothing is clear enough|"
        )
        return fitting(rng, facts.opening, _NONE) + expand(rng, f"[{rest}].")
    many = len(facts.active) > 6
    forms = (_bare_lines, _compact) if many else (_lines, _compact, _bullets, _listed_lines)
    text = fitting(rng, facts.place, forms)(rng, facts)
    return sentences(text) + _remark(rng, facts)


def _fill(rng: random.Random, item: str, facts: FaceFacts, code: int, graded: bool) -> str:
    gist = clause(rng, code, facts.unit(code)) if graded else rng.choice(MOVEMENTS[code].gists)
    return item.format(code=code, Name=ACTION_UNITS[code].name, gist=gist)


def _intro(rng: random.Random, facts: FaceFacts) -> str:
    return fitting(rng, facts.place, _INTROS) + "\n"


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
    form = fitting(rng, facts.place, _COMPACT)
    return form.format(items=items, are="is" if len(facts.active) == 1 else "are")


def _remark(rng: random.Random, facts: FaceFacts) -> str:
    """Sometimes a last sentence about strength or the head."""
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


def numbers_answer(facts: FaceFacts) -> str:
    """The bare codes: "6, 12, 25"."""
    return ", ".join(str(code) for code in facts.active) + "." if facts.active else "None."


def brief_answer(rng: random.Random, facts: FaceFacts) -> str:
    """Codes, with or without names, and nothing else."""
    if not facts.active:
        return "None."
    style = rng.choice(("AU{code}", "AU{code}", "AU{code} ({name})"))
    return listed([style.format(code=code, name=name(code)) for code in facts.active]) + "."


def reason_answer(rng: random.Random, facts: FaceFacts) -> str:
    """What shows the active units; ``facts.units`` is not None."""
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
    """How sure the list of active units is; ``facts.units`` is not None."""
    if not facts.active:
        closest = max(facts.inactive, key=lambda code: facts.unit(code).probability)
        if facts.unit(closest).certainty == "clearly":
            text = "[quite sure|yes, quite|I am sure]: no unit comes close."
        else:
            text = "[fairly sure|mostly|fairly]: AU{closest} is not active, but it comes closest."
        return sentences(expand(rng, text, closest=str(closest)))
    said = []
    for word in ("clearly", "probably", "perhaps"):
        codes = [f"AU{code}" for code in facts.active if facts.unit(code).certainty == word]
        if codes:
            said.append(f"{listed(codes)} {'is' if len(codes) == 1 else 'are'} {word} active")
    if len(said) == 1:
        sure = "[quite sure|I am sure]: " if "clearly" in said[0] else "[fairly|more or less]: "
    else:
        sure = "[of some more than of others|more of some than of others]: "
    return sentences(expand(rng, f"[{sure}|]{{said}}.", said=", ".join(said)))
