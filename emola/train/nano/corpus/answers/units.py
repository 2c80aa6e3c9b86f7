"""Answers about single action units."""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ACTION_UNITS
from emola.faba.emotions import CONTRARY_AUS, TYPICAL_AUS
from emola.faba.face_reading import LEVELS, FaceReading, UnitReading
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.conversation import Conversation, Reply, Subject
from emola.train.nano.corpus.phrases import Slots
from emola.train.nano.corpus.slots import conditions, present


def state(facts: FaceReading, code: int) -> str:
    """Return "active", "inactive", "hidden" or "unknown" (without landmarks)."""
    if facts.units is None:
        return "unknown"
    return "active" if code in facts.active else "inactive" if facts.shows(code) else "hidden"


def unit_slots(rng: random.Random, facts: FaceReading, code: int, prefix: str = "") -> Slots:
    """Return slots about one unit.

    au, code, unit_name, the_name, muscle, look, clause, thing, act; rest: how its part looks at rest. Of
    the catalogue of phrases: sight, effect, confusion, where, from the headings "sight AU6" and so on. Of
    an active unit: level, strength, score, percent; side, other_side, left_strength, right_strength where
    they are known. neighbour, difference: a unit that looks similar. Conditions: if_sure, if_maybe;
    if_even, if_uneven; if_fits, if_against (the emotion of the face).
    """
    catalogue, unit = ACTION_UNITS[code], (facts.units or {}).get(code)
    near = rng.choice(catalogue.neighbours) if catalogue.neighbours else None
    emotion = facts.emotion or "neutral"
    slots: dict[str, str | tuple[str, ...]] = {
        **present(
            au=f"AU{code}",
            code=str(code),
            unit_name=words.name(code),
            the_name=words.the_name(code),
            muscle=catalogue.muscle,
            look=catalogue.appearance[0].lower() + catalogue.appearance[1:-1],
            clause=words.clause(rng, code, unit),
            thing=words.thing(rng, code, unit),
            bare_thing=words.thing(rng, code).removeprefix("a "),
            act=words.act(rng, code),
            rest=words.rest_clause(rng, facts, code),
            neighbour=f"AU{near.code}" if near else None,
            difference=near.difference.rstrip(".") if near else None,
        ),
        **{name: f"{name} AU{code}" for name in ("sight", "effect", "confusion", "where")},
        **conditions(fits=code in TYPICAL_AUS[emotion], against=code in CONTRARY_AUS[emotion]),
    }
    if unit is not None:
        slots |= _active_slots(unit)
    return {prefix + name: value for name, value in slots.items()}


def _active_slots(unit: UnitReading) -> Slots:
    other = {"left": "right", "right": "left"}
    return {
        **present(
            level=unit.level,
            strength=rules.STRENGTHS[unit.band],
            score=str(rules.score(unit.band)),
            percent=str(rules.percent(unit.band)),
            side=unit.stronger_side,
            other_side=other.get(unit.stronger_side or ""),
            left_strength=_strength(unit.left),
            right_strength=_strength(unit.right),
        ),
        **conditions(
            sure=unit.sure,
            maybe=not unit.sure,
            even=unit.left is not None and unit.right is not None and unit.stronger_side is None,
            uneven=unit.stronger_side is not None,
        ),
    }


def _strength(level: str | None) -> str | None:
    return None if level is None else rules.STRENGTHS[LEVELS.index(level)]


def about(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about one unit, by whether it is active."""
    facts = conversation.facts
    return Reply(state(facts, subject.code), unit_slots(conversation.rng, facts, subject.code))


def side(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about the sides of one unit: "uneven", "even", or as :func:`about` if they are not known."""
    facts, code = conversation.facts, subject.code
    unit = (facts.units or {}).get(code)
    known = unit is not None and unit.left is not None and unit.right is not None
    name = state(facts, code) if unit is None or not known else "uneven" if unit.stronger_side else "even"
    return Reply(name, unit_slots(conversation.rng, facts, code))


def pair(conversation: Conversation, subject: Subject) -> Reply:
    """Answer about two units in the order of the question: "active inactive" and so on; slots a_ and b_."""
    facts, rng = conversation.facts, conversation.rng
    first, second = subject.codes
    slots = {**unit_slots(rng, facts, first, "a_"), **unit_slots(rng, facts, second, "b_")}
    return Reply(f"{state(facts, first)} {state(facts, second)}", slots)


def compare(conversation: Conversation, subject: Subject) -> Reply:
    """Answer which of two units is stronger: "first", "second", "equal", or the state of an unknown pair.

    Slots: a_ for the stronger or only active one, b_ for the other.
    """
    facts, rng = conversation.facts, conversation.rng
    first, second = subject.codes
    states = {state(facts, code) for code in subject.codes}
    units = facts.units or {}
    bands = [units[code].band if code in units else -1 for code in subject.codes]
    if "unknown" in states or "hidden" in states:
        name = "unknown" if "unknown" in states else "hidden"
    elif bands == [-1, -1]:
        name = "neither"
    elif bands[0] == bands[1]:
        name = "equal"
    else:
        name = "only one" if min(bands) < 0 else "stronger"
    if bands[1] > bands[0]:
        first, second = second, first
    return Reply(name, {**unit_slots(rng, facts, first, "a_"), **unit_slots(rng, facts, second, "b_")})


def movement(conversation: Conversation, subject: Subject) -> Reply:
    """Answer a plain question about a movement of one or more units: "yes", "no", "hidden" or "unknown"."""
    return _movement(conversation, subject.codes, {"active": "yes", "inactive": "no"})


def opposite(conversation: Conversation, subject: Subject) -> Reply:
    """Answer whether a part is at rest, the opposite of a movement: "yes", "no", "hidden" or "unknown"."""
    return _movement(conversation, subject.codes, {"active": "no", "inactive": "yes"})


def _movement(conversation: Conversation, codes: Sequence[int], verdicts: dict[str, str]) -> Reply:
    facts, rng = conversation.facts, conversation.rng
    active = rules.by_strength(facts, [code for code in codes if code in facts.active])
    visible = [code for code in codes if facts.shows(code)]
    code = (active or visible or list(codes))[0]
    name = state(facts, code)
    return Reply(verdicts.get(name, name), unit_slots(rng, facts, code))
