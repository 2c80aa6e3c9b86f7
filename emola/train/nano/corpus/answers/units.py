"""Answers about single action units.

Fragments that describe a unit in general are phrases under "sight AU6", "effect AU6", "mistaken AU6 AU7" and
"place AU6"; "rest AU25+AU26+AU27" says how the parts look without some units.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ACTION_UNITS, NANO_AUS
from emola.faba.face_reading import FaceReading, UnitReading
from emola.faba.movements import MOVEMENTS
from emola.faba.regions import PARTS
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.conversation import Conversation, Reply, Subject
from emola.train.nano.corpus.grammar import listed
from emola.train.nano.corpus.phrases import Slots
from emola.train.nano.corpus.slots import conditions, present

_REGIONS = {
    "brow": ("the brows", "are"),
    "eye": ("the eyes", "are"),
    "nose": ("the nose", "is"),
    "mouth": ("the mouth", "is"),
}
_DEGREES = ("", "", ", to a moderate level", ", and strongly", ", and very strongly")
"""Degree of each level, A to E, after a clause that has no adverb."""
_GAPS = ("", "one level", "two levels", "three levels", "four levels")
_FAINT, _MODERATE, _MARKED = 1, 2, 3
_LIPS, _STRETCH, _LIDS = 25, 27, 43
_OPENS = {_LIPS: (25, 26, 27), 26: (26, 27)}
"""Units that look like a unit: a lowered jaw also opens the mouth."""
_OTHER = {"left": "right", "right": "left"}


def state(facts: FaceReading, code: int) -> str:
    """Return "active", "inactive", "hidden" or "unknown" (without landmarks)."""
    if facts.units is None:
        return "unknown"
    return "active" if code in facts.active else "inactive" if facts.shows(code) else "hidden"


def unit_slots(rng: random.Random, facts: FaceReading, code: int, prefix: str = "") -> Slots:
    """Return slots about one unit.

    au, code, unit_name, the_name, muscle, look, thing, bare_thing, act; clause: "the cheeks are slightly
    raised", with "probably" if the unit is unsure; denial: "the cheeks are not raised"; region, are: the
    part that must be visible. From phrases: sight, effect, where. neighbour, difference, confusion: a
    unit that looks similar; near_clause or near_denial: what this face shows of it. Of an active unit: those
    of :func:`_active_slots`. Conditions: if_near_active, if_near_inactive, if_near_hidden; if_midline (the
    unit has no sides).
    """
    unit = (facts.units or {}).get(code)
    slots = {**_general_slots(rng, facts, code), **_neighbour_slots(rng, facts, code)}
    if unit is not None:
        slots |= _active_slots(rng, code, unit)
    return {prefix + name: value for name, value in slots.items()}


def _general_slots(rng: random.Random, facts: FaceReading, code: int) -> Slots:
    catalogue, unit = ACTION_UNITS[code], (facts.units or {}).get(code)
    region, are = _REGIONS[PARTS[code]]
    return {
        **present(
            au=f"AU{code}",
            code=str(code),
            unit_name=words.name(code),
            the_name=words.the_name(code),
            muscle=catalogue.muscle,
            look=catalogue.appearance[0].lower() + catalogue.appearance[1:-1],
            clause=_clause(rng, code, unit),
            denial=_denial(rng, facts, code),
            thing=words.thing(rng, code, unit),
            bare_thing=words.thing(rng, code).removeprefix("a "),
            act=words.act(rng, code),
            rest=words.rest_clause(rng, facts, code),
            region=region,
            are=are,
        ),
        "sight": f"sight AU{code}",
        "effect": f"effect AU{code}",
        "where": f"place AU{code}",
        **conditions(
            midline=code in rules.MIDLINE_AUS,
        ),
    }


def _neighbour_slots(rng: random.Random, facts: FaceReading, code: int) -> Slots:
    near = rng.choice([other for other in ACTION_UNITS[code].neighbours if other.code in NANO_AUS])
    found = state(facts, near.code)
    unit = (facts.units or {}).get(near.code)
    return {
        "confusion": f"mistaken AU{code} AU{near.code}",
        **present(
            neighbour=f"AU{near.code}",
            difference=near.difference.rstrip("."),
            near_clause=_clause(rng, near.code, unit) if unit else None,
            near_denial=_denial(rng, facts, near.code) if found == "inactive" else None,
        ),
        **conditions(**{f"near_{found}": True}),
    }


def _active_slots(rng: random.Random, code: int, unit: UnitReading) -> Slots:
    """Return slots about an active unit.

    level, strength, score, percent; graded: the clause with a degree at every level but those with an
    adverb; side, other_side: the stronger and the weaker side; lean: a sentence about the stronger side,
    empty if there is none; sureness: a clause from the phrases. Conditions: if_sure, if_maybe; if_faint,
    if_moderate, if_marked (the level); if_lids_low, if_not_lids_low (the lids are lowered, the eyes not
    closed).
    """
    side, adverb = unit.stronger_side, MOVEMENTS[code].adverbs[unit.band]
    return {
        **present(
            level=unit.level,
            strength=rules.STRENGTHS[unit.band],
            score=str(rules.score(unit.band)),
            percent=str(rules.percent(unit.band)),
            graded=_clause(rng, code, unit) + ("" if adverb else _DEGREES[unit.band]),
            side=side,
            other_side=_OTHER.get(side or ""),
        ),
        "lean": (f" It is stronger on the {side}." if side else "",),
        "sureness": "sureness sure" if unit.sure else "sureness unsure",
        **conditions(
            sure=unit.sure,
            maybe=not unit.sure,
            faint=unit.band <= _FAINT,
            moderate=unit.band == _MODERATE,
            marked=unit.band >= _MARKED,
            lids_low=code == _LIDS and unit.band < _MARKED,
            not_lids_low=code != _LIDS or unit.band >= _MARKED,
        ),
    }


def _clause(rng: random.Random, code: int, unit: UnitReading | None) -> str:
    how = "" if unit is None else MOVEMENTS[code].adverbs[unit.band]
    probably = "" if unit is None or unit.sure else "probably "
    return rng.choice(MOVEMENTS[code].clauses).format(how=probably + how)


def _denial(rng: random.Random, facts: FaceReading, code: int) -> str:
    """Return "the cheeks are not raised"; an open mouth is not denied where another unit opens it."""
    opened = [other for other in _OPENS.get(code, (code,)) if other != code and other in facts.active]
    if opened:
        return f"the open {'mouth' if code == _LIPS else 'jaw'} counts as AU{opened[-1]} instead"
    return (MOVEMENTS[code].clauses[0] if code == _STRETCH else rng.choice(MOVEMENTS[code].clauses)).format(
        how="not "
    )


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
    """Answer which of two units is stronger.

    States: "stronger", "equal", "only one", "neither"; "hidden" if both are, "hidden active" or "hidden
    inactive" if one is; "unknown". Slots: a_ for the stronger, only active or visible unit, b_ for the
    other; gap: the difference in levels.
    """
    facts, rng = conversation.facts, conversation.rng
    first, second = subject.codes
    units = facts.units or {}
    rank = {"active": 0, "inactive": 1, "hidden": 2, "unknown": 3}
    if (_band(facts, second), -rank[state(facts, second)]) > (
        _band(facts, first),
        -rank[state(facts, first)],
    ):
        first, second = second, first
    found, other = state(facts, first), state(facts, second)
    gap = _band(facts, first) - _band(facts, second) if {first, second} <= units.keys() else 0
    if other in ("unknown", "hidden"):
        name = other if found == other else f"{other} {found}"
    elif found == "inactive":
        name = "neither"
    else:
        name = "only one" if other == "inactive" else "stronger" if gap else "equal"
    slots = {**unit_slots(rng, facts, first, "a_"), **unit_slots(rng, facts, second, "b_")}
    return Reply(name, {**slots, **present(gap=_GAPS[gap])})


def _band(facts: FaceReading, code: int) -> int:
    unit = (facts.units or {}).get(code)
    return -1 if unit is None else unit.band


def movement(conversation: Conversation, subject: Subject) -> Reply:
    """Answer a plain question about a movement of one or more units: "yes", "no", "hidden" or "unknown"."""
    return _movement(conversation, subject, {"active": "yes", "inactive": "no"})


def opposite(conversation: Conversation, subject: Subject) -> Reply:
    """Answer whether a part is at rest, the opposite of a movement: "yes", "no", "hidden" or "unknown"."""
    return _movement(conversation, subject, {"active": "no", "inactive": "yes"})


def _movement(conversation: Conversation, subject: Subject, verdicts: dict[str, str]) -> Reply:
    """Answer about any of several units: active if one is, inactive if all are visible and inactive.

    Slots, besides those of the strongest unit: shown: clauses of all active ones with their codes; denials:
    clauses that deny all; none_active: "neither AU1 nor AU2 is active"; at_rest: from the phrases.
    """
    facts, rng, codes = conversation.facts, conversation.rng, subject.codes
    codes = _OPENS.get(codes[0], codes) if len(codes) == 1 else codes
    active = rules.by_strength(facts, [code for code in codes if code in facts.active])
    missing = [code for code in codes if not facts.shows(code)]
    code = (active or missing or codes)[0]
    name = state(facts, code)
    units = facts.units or {}
    slots = {
        **unit_slots(rng, facts, code),
        **present(
            shown=listed([f"{_clause(rng, each, units[each])} (AU{each})" for each in sorted(active)]),
            denials=listed([_denial(rng, facts, each) for each in codes]),
            none_active=_none_active(codes),
        ),
        **conditions(single=len(codes) == 1),
        "at_rest": "rest " + "+".join(f"AU{each}" for each in codes),
    }
    return Reply(verdicts.get(name, name), slots)


def _none_active(codes: Sequence[int]) -> str:
    if len(codes) > 2:
        return "there is " + listed([f"no AU{code}" for code in codes])
    return words.inactive(codes)
