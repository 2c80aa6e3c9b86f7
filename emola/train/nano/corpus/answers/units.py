"""Answers about single action units: yes or no, strength, sureness, reasons."""

from __future__ import annotations

import random

from emola.train.nano.corpus.answers.lists import no_landmarks
from emola.train.nano.corpus.answers.movements import clause, name, thing
from emola.train.nano.corpus.facts import FaceFacts, UnitFact
from emola.train.nano.corpus.grammar import expand, sentences

_YES = {
    "clearly": (
        "yes, {au} is clearly active{more}",
        "yes, clearly[: {au} is active{more}|, {au} is active{more}]",
        "yes. {clause}: {au} is clearly active",
        "{au} is clearly active{more}",
        "yes: {clause}, so {au} is clearly active",
        "yes, {au} is active{more}, and I am sure of it",
    ),
    "probably": (
        "yes, {au} is probably active{more}",
        "probably yes[: {au} is active{more}|, {au} is active{more}]",
        "yes, probably. {clause}: that is {au}",
        "{au} is probably active{more}",
        "I think so: {au} is active{more}",
        "yes, I think that {au} is active{more}",
    ),
    "perhaps": (
        "perhaps: {au} is just over the line{more}",
        "{au} is perhaps active{more}. It is a close call",
        "perhaps. I just count {au} as active{more}",
        "yes, but only just: {au} is perhaps active{more}",
        "it is close: I count {au} as active{more}",
    ),
}
_NO = {
    "clearly": (
        "no, {au} is clearly not active{rest}",
        "no, {au} is not active{rest}",
        "no, {negated}: {au} is clearly not active",
        "{au} is not active{rest}",
        "no[: |, there is ]no {au} here",
        "no, I see no {au}",
        "no sign of {au}",
        "no: {au} is clearly at rest",
    ),
    "probably": (
        "no, {au} is probably not active{rest}",
        "probably not: {au} is not active as far as I can see",
        "{au} is probably not active{rest}",
        "[I do not|I don't] [think|believe] that {au} is active",
        "no, [it seems|as far as I see] {au} is not active",
        "probably not: {negated}, so {au} is not active",
        "no, most likely {au} is not active",
        "[most likely not|rather not]: {au} is not active",
    ),
    "perhaps": (
        "not quite: {au} is not active, but it is close",
        "it is close, but {au} is not active",
        "perhaps a hint, but I count {au} as not active",
        "{au} is not active, though only just",
        "hardly: {au} is not active, but it is a close call",
    ),
}


def strength_phrase(unit: UnitFact) -> str:
    """Return the strength as it follows "active": " and strong", ", but only a trace"."""
    return f", but {unit.strength}" if unit.band == 0 else f" and {unit.strength}"


def _negated(rng: random.Random, code: int) -> str:
    """Return the clause of a unit negated: "the cheeks are not raised"."""
    return clause(rng, code).replace(" are ", " are not ").replace(" is ", " is not ")


def yes_no_answer(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say whether unit ``code`` is active."""
    return _yes_no(rng, facts, code, strength=False)


def strength_yes_no(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say whether unit ``code`` is active, and how strongly."""
    return _yes_no(rng, facts, code, strength=True)


def bare_answer(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say in one word whether unit ``code`` is active."""
    return "Yes." if code in facts.active else "No."


def _yes_no(rng: random.Random, facts: FaceFacts, code: int, strength: bool) -> str:
    if facts.units is None:
        return no_landmarks(rng)
    unit = facts.unit(code)
    au = f"AU{code}" if rng.random() < 0.8 else f"AU{code} ({name(code)})"
    if not unit.active:
        negated = _negated(rng, code)
        rest = f": {negated}" if rng.random() < 0.3 else ""
        text = expand(rng, rng.choice(_NO[unit.certainty]), au=au, rest=rest, negated=negated)
    else:
        more = strength_phrase(unit) if strength or rng.random() < 0.3 else ""
        template = rng.choice([t for t in _YES[unit.certainty] if not strength or "{more}" in t])
        text = expand(rng, template, au=au, more=more, clause=clause(rng, code, unit))
        side = facts.stronger_side(code)
        if side and rng.random() < 0.5:
            text += expand(rng, ". It is [stronger|more marked] on the person's {side} side", side=side)
    return sentences(text + ".")


def strength_answer(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say how strong unit ``code`` is."""
    if facts.units is None:
        return no_landmarks(rng)
    unit, au = facts.unit(code), f"AU{code}"
    if not unit.active:
        return sentences(
            expand(
                rng,
                "[{au} is not active, so there is no strength to give|not at all: {au} is not active"
                "|{au} is not active here].",
                au=au,
            )
        )
    how = f"AU{code} is {unit.strength}"
    return sentences(
        expand(
            rng,
            "[{how}|{how}: {clause}|{how}, about {level} of 5|{level} of 5: {how}|{clause}, so {how}"
            "|{Strength}: {clause} (AU{code})].",
            how=how,
            clause=clause(rng, code, unit),
            level=str(unit.band + 1),
            Strength=unit.strength,
            code=str(code),
        )
    )


def sureness_answer(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say how sure it is whether unit ``code`` is active."""
    if facts.units is None:
        return no_landmarks(rng)
    unit = facts.unit(code)
    state = "active" if unit.active else "not active"
    sure = {
        "clearly": "[I am sure|quite sure|very sure]: AU{code} is clearly {state}",
        "probably": "[fairly sure|I am fairly sure|reasonably sure]: AU{code} is probably {state}",
        "perhaps": "[not very sure|I am not very sure|it is a close call]: AU{code} is perhaps {state}",
    }[unit.certainty]
    return sentences(expand(rng, sure + ".", code=str(code), state=state))


def why_answer(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say what shows unit ``code``, as a reason or a sign, or that it is not active."""
    return _shown_by(rng, facts, code, _UNIT_REASONS + _SIGNS)


def sign_answer(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say what shows unit ``code``, or that it is not active."""
    return _shown_by(rng, facts, code, _SIGNS)


_UNIT_REASONS = (
    "because {clause}: that is AU{code}|AU{code} because {clause}|because I see {thing}, which is AU{code}|"
)
_SIGNS = (
    "{clause}, and that is what AU{code} means|I see {thing}: AU{code}|{clause}: AU{code}"
    "|{clause}. That is AU{code}"
)


def _shown_by(rng: random.Random, facts: FaceFacts, code: int, wordings: str) -> str:
    if facts.units is None:
        return no_landmarks(rng)
    unit = facts.unit(code)
    if not unit.active:
        return sentences(
            expand(
                rng,
                "[AU{code} is not active here|I do not see AU{code} here"
                "|it is not: there is no AU{code} here].",
                code=str(code),
            )
        )
    return sentences(
        expand(
            rng,
            f"[{wordings}].",
            clause=clause(rng, code, unit),
            thing=thing(rng, code, unit),
            code=str(code),
        )
    )


def reason_answer(rng: random.Random, facts: FaceFacts, code: int) -> str:
    """Say why unit ``code`` is active, or why it is not."""
    if facts.units is None or code in facts.active:
        return why_answer(rng, facts, code)
    return sentences(
        expand(
            rng,
            "[because {negated}|{negated}: no AU{code}|{negated}, so AU{code} is not active"
            "|because I see no sign of AU{code}: {negated}|AU{code} is not active because {negated}].",
            negated=_negated(rng, code),
            code=str(code),
        )
    )


def pair_answer(rng: random.Random, facts: FaceFacts, first: int, second: int) -> str:
    """Say which of two units are active."""
    if facts.units is None:
        return no_landmarks(rng)
    on = [f"AU{code}" for code in (first, second) if code in facts.active]
    off = [f"AU{code}" for code in (first, second) if code not in facts.active]
    if not off:
        text = "[yes, both|both|yes]: {both} are active."
    elif on:
        text = (
            "[only {on} is active, {off} is not|{on} is active, {off} is not|{on}, but not {off}"
            "|{on} only; there is no {off}]."
        )
    else:
        text = (
            "[neither {first} nor {second} is active|no, neither {first} nor {second}"
            "|{both} are both not active|I see no {first} and no {second}]."
        )
    slots = {"first": f"AU{first}", "second": f"AU{second}", "both": f"AU{first} and AU{second}"}
    return sentences(expand(rng, text, on="".join(on), off="".join(off), **slots))
