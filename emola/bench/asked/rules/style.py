"""Rules for the style of an answer (length, plain words), and for turns that refer back."""

from __future__ import annotations

import re

from emola.bench.asked.facts import Case
from emola.bench.asked.numbers import first_number, levels, percent
from emola.bench.asked.rules.catalogue import names_muscle
from emola.bench.asked.rules.checks import (
    Reason,
    about_one_unit,
    covers,
    first,
    grounded,
    labels,
    level_within,
    long_enough,
    mentions_a_movement,
    names_emotion,
    neighbours,
    sides_named,
    unit_state,
)
from emola.bench.asked.rules.parts import part_rule
from emola.bench.readers.claims import (
    SURENESS,
    claims,
    emotions,
    has,
    parts,
    sentences,
    words,
)
from emola.bench.readers.declines import declines
from emola.bench.readers.vocabulary import UNIT_PARTS
from emola.bench.readers.yes_no import opening
from emola.faba import ACTION_UNITS, read_emotion

__all__ = ["RULES"]

_NAMES = "|".join(
    re.escape(name)
    for unit in ACTION_UNITS.values()
    for name in (unit.name, *unit.aliases)
    if name.lower()
    not in ("lips part", "blink", "lips parted", "eyes closed", "jaw dropped", "closed eyes", "lips apart")
)
_JARGON = re.compile(
    rf"\bAUs?\b|\bAU ?\d|action units?|\bFACS\b|orbicularis|zygomatic\w*|corrugator"
    rf"|frontalis|duchenne|valence|{_NAMES}",
    re.I,
)


def _describe(answer: str, case: Case) -> Reason:
    facts = case.facts
    emotion = read_emotion(answer)
    return first(
        long_enough(answer, 60 if len(facts.active) > 1 else 30),
        f"names {emotion}" if emotion and emotion != "neutral" else None,
        "is a list" if len(re.findall(r"^\s*(?:[-*•]|\d+[.)])\s", answer, re.M)) > 1 else None,
        covers(answer, facts.active, missing=len(facts.active) // 3),
        grounded(answer, facts),
    )


def _content(answer: str, case: Case) -> Reason:
    """Fail unless an answer tells something about the face: an emotion, a movement, or rest."""
    if emotions(answer).named or not mentions_a_movement(answer):
        return grounded(answer, case.facts)
    return "says nothing about the face"


def _summary(answer: str, case: Case) -> Reason:
    movement = mentions_a_movement(answer) if case.facts.active else None
    return first(
        long_enough(answer, 3, 45), names_emotion(answer, case), movement, grounded(answer, case.facts)
    )


def _shorter(answer: str, case: Case) -> Reason:
    before, now = words(case.before), words(answer)
    if now > max(0.75 * before, 6):
        return f"has {now} words after {before}"
    return _content(answer, case)


def _longer(answer: str, case: Case) -> Reason:
    before, now = words(case.before), words(answer)
    if now < 1.25 * before:
        return f"has {now} words after {before}"
    return _content(answer, case)


def _two_sentences(answer: str, case: Case) -> Reason:
    count = len(sentences(answer))
    return f"has {count} sentences" if count != 2 else _content(answer, case)


def _one_sentence(answer: str, case: Case) -> Reason:
    count = len(sentences(answer))
    if count != 1:
        return f"has {count} sentences"
    return first(long_enough(answer, 4), _content(answer, case))


def _plain(answer: str, case: Case) -> Reason:
    jargon = _JARGON.search(answer)
    return first(
        f"uses {jargon.group()!r}" if jargon else None,
        long_enough(answer, 6, 90),
        _content(answer, case),
    )


def _child(answer: str, case: Case) -> Reason:
    lengths = [words(text) for text in sentences(answer)]
    too_long = sum(lengths) / max(len(lengths), 1) > 22
    return first(_plain(answer, case), "has long sentences" if too_long else None)


def _class(answer: str, case: Case) -> Reason:
    return first(
        long_enough(answer, 25),
        "is a single sentence" if len(sentences(answer)) < 2 else None,
        mentions_a_movement(answer) if case.facts.active else None,
        names_emotion(answer, case),
        grounded(answer, case.facts),
    )


def _other_side(answer: str, case: Case) -> Reason:
    code, facts = case.slots.unit, case.facts
    left, right, even = sides_named(answer)
    if not (left or right or even or has(r"other side|there too|as well|other half", answer)):
        return "says nothing about a side"
    given = levels(answer)
    sides = facts.sides.get(code, ())
    if given and sides and not any(abs(level - own) <= 1 for level in given for own in sides):
        return "gives a level of neither side"
    return about_one_unit(answer, code, facts)


def _it_sure(answer: str, case: Case) -> Reason:
    code, facts = case.slots.unit, case.facts
    said = claims(answer)
    if code in facts.active and said.denies(code):
        return f"denies AU{code}, which is active"
    if code in facts.inactive and said.asserts(code):
        return f"affirms AU{code}, which is not active"
    if not SURENESS.search(answer) and opening(answer) is None:
        return "does not say how sure"
    return grounded(answer, facts)


def _it_why(answer: str, case: Case) -> Reason:
    code = case.slots.unit
    named = claims(answer).mentions([code]) or parts(answer) & set(UNIT_PARTS[code])
    return first(
        "declines" if declines(answer) else None,
        long_enough(answer, 8),
        None if named else f"is not about AU{code}",
        "only names the code" if not parts(answer) else None,
        None
        if levels(answer) or SURENESS.search(answer) or words(answer) >= 20
        else "only repeats the movement",
        about_one_unit(answer, code, case.facts),
        grounded(answer, case.facts, but=neighbours(code)),
    )


def _it_strength(answer: str, case: Case) -> Reason:
    code, facts = case.slots.unit, case.facts
    given = levels(answer)
    if not given:
        number = percent(answer) if "%" in answer or "cent" in answer else None
        tenth = first_number(answer, 10)
        given = (
            {min(4, number // 20)}
            if number is not None
            else {max(0, tenth - 1) // 2}
            if tenth is not None
            else set()
        )
    return first(about_one_unit(answer, code, facts), level_within(given, code, facts))


def _it_muscle(answer: str, case: Case) -> Reason:
    return names_muscle(answer, case.slots.unit)


def _it_look(answer: str, case: Case) -> Reason:
    code = case.slots.unit
    return first(
        long_enough(answer, 6),
        None
        if parts(answer) & set(UNIT_PARTS[code])
        else f"does not name the {' or '.join(UNIT_PARTS[code])}",
        grounded(answer, case.facts, but=neighbours(code)),
    )


def _and_part(answer: str, case: Case) -> Reason:
    return part_rule(case.slots.part)(answer, case)


def _and_unit(answer: str, case: Case) -> Reason:
    return unit_state(answer, case.slots.other, case.facts)


def _repeat(answer: str, case: Case) -> Reason:
    now, before = claims(answer), claims(case.before)
    if now.mentioned != before.mentioned and not now.mentioned & before.mentioned and before.mentioned:
        return f"does not speak of {labels(int(key) for key in before.mentioned if key.isdigit())}"
    if opening(case.before) is not None and opening(answer) not in (None, opening(case.before)):
        return "says the opposite"
    own, old = (set(re.findall(r"\w+", text.lower())) for text in (answer, case.before))
    return None if len(own & old) >= 0.4 * len(old) else "is not what was said"


RULES = {
    "describe": _describe,
    "summary": _summary,
    "shorter": _shorter,
    "longer": _longer,
    "two_sentences": _two_sentences,
    "one_sentence": _one_sentence,
    "child": _child,
    "no_jargon": _plain,
    "class": _class,
    "other_side": _other_side,
    "it_sure": _it_sure,
    "it_why": _it_why,
    "it_strength": _it_strength,
    "it_muscle": _it_muscle,
    "it_look": _it_look,
    "and_part": _and_part,
    "and_unit": _and_unit,
    "repeat": _repeat,
}
