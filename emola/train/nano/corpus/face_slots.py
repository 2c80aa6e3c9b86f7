"""Words for the slots of answers about the whole face: its units as a list, its parts and the view."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from emola.faba.face_reading import PART_UNITS, PARTS, FaceReading
from emola.faba.regions import SIDES
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.answers.description import description
from emola.train.nano.corpus.grammar import listed
from emola.train.nano.corpus.phrases import Slots
from emola.train.nano.corpus.slots import conditions, emotion_slots, movement_slots, present

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SAMPLE = 3
_NAMED = 5  # longer lists leave out the names of the units


def face_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return all slots about the face: its emotion, units, parts and view."""
    return {
        **emotion_slots(rng, facts),
        **list_slots(rng, facts),
        **part_slots(rng, facts),
        **view_slots(facts),
    }


def list_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return slots about the active units as a whole.

    all_, strongest_, weakest_, unsure_ (not sure), upper_, lower_ (active units of each half): movements as
    for :func:`~emola.train.nano.corpus.slots.movement_slots`. units: "AU6 C, AU12 D". bare_codes: "AU6,
    AU12". told, upper_told, lower_told: a sentence for each unit; lines: the same as bullets. facs_code:
    "6C+12D". json. count: "three". inactive_codes: all; some_inactive_: up to three, absent: clauses that
    deny them. covered_codes: units that are not visible. uneven: units that are stronger on one side, with
    the side. strongest_level, weakest_level; strongest_equal, weakest_equal: units that share this level.
    Conditions: if_landmarks, if_no_landmarks; if_still (no unit is active), if_one, if_several; if_neutral,
    if_not_neutral; if_tie_strongest, if_tie_weakest (units share the level), if_single_strongest,
    if_single_weakest; if_upper_hidden (some units of the upper half are not visible).
    """
    units, ranked = facts.units or {}, rules.by_strength(facts)
    told = [_told(rng, facts, code) for code in facts.active]
    return {
        **movement_slots(rng, facts, "all", facts.active),
        **movement_slots(rng, facts, "strongest", ranked[:1]),
        **movement_slots(rng, facts, "weakest", ranked[-1:]),
        **movement_slots(rng, facts, "unsure", [code for code in facts.active if not units[code].sure]),
        **_half_slots(rng, facts, "upper", rules.UPPER_AUS),
        **_half_slots(rng, facts, "lower", rules.LOWER_AUS),
        **_inactive_slots(rng, facts),
        **present(
            units=", ".join(f"AU{code} {units[code].level}" for code in facts.active),
            told=". ".join(told),
            lines="\n".join(f"- {line}" for line in told),
            bare_codes=", ".join(f"AU{code}" for code in facts.active),
            facs_code="+".join(f"{code}{units[code].level}" for code in facts.active),
            json=as_json(facts),
            count=_count(len(facts.active)),
            uneven=_uneven(rng, facts),
        ),
        **_rank_slots(facts, ranked),
        **_list_conditions(facts),
    }


def _half_slots(rng: random.Random, facts: FaceReading, half: str, codes: Sequence[int]) -> Slots:
    """Return the active units of a half of the face."""
    active = [code for code in facts.active if code in codes]
    told = ". ".join(_told(rng, facts, code) for code in active)
    return {**movement_slots(rng, facts, half, active), **present(**{f"{half}_told": told})}


def _inactive_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return the units that are inactive and those that are not visible."""
    some = sorted(rng.sample(facts.inactive, min(_SAMPLE, len(facts.inactive))))
    return {
        **movement_slots(rng, facts, "some_inactive", some),
        **present(
            inactive_codes=words.codes_listed(facts.inactive),
            absent=words.without(rng, some),
            covered_codes=words.codes_listed(facts.covered),
        ),
    }


def _rank_slots(facts: FaceReading, ranked: Sequence[int]) -> Slots:
    """Return the levels of the strongest and the weakest unit, and whether others share them."""
    if not ranked:
        return {}
    units = facts.units or {}
    ends = {"strongest": ranked[0], "weakest": ranked[-1]}
    slots: dict[str, str | tuple[str, ...]] = {}
    for name, code in ends.items():
        unit = units[code]
        equal = [other for other in facts.active if units[other].band == unit.band]
        slots |= present(
            **{
                f"{name}_level": unit.level,
                f"{name}_equal": words.codes_listed(equal) if len(equal) > 1 else None,
            }
        )
        slots |= conditions(**{f"tie_{name}": len(equal) > 1, f"single_{name}": len(equal) == 1})
    return slots


def _list_conditions(facts: FaceReading) -> Slots:
    return conditions(
        landmarks=facts.units is not None,
        no_landmarks=facts.units is None,
        still=facts.units is not None and not facts.active,
        one=len(facts.active) == 1,
        several=len(facts.active) > 1,
        neutral=facts.emotion == "neutral",
        not_neutral=facts.emotion != "neutral",
        upper_hidden=any(code in rules.UPPER_AUS for code in facts.covered),
    )


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _told(rng: random.Random, facts: FaceReading, code: int) -> str:
    """Return "AU6 (cheek raiser) is at level C: the cheeks are raised", with the side and the doubt."""
    unit = (facts.units or {})[code]
    label = f"AU{code} ({words.name(code)})" if len(facts.active) <= _NAMED else f"AU{code}"
    side = f", more on their {unit.stronger_side}" if unit.stronger_side else ""
    doubt = "" if unit.sure else ", but I am not sure about it"
    return f"{label} is at level {unit.level}{doubt}: {words.clause(rng, code, unit)}{side}"


def as_json(facts: FaceReading) -> str:
    """Return units and emotion as a JSON object."""
    units = {f"AU{code}": (facts.units or {})[code].level for code in facts.active}
    record = {"action_units": units, "emotion": facts.emotion, "certainty": facts.certainty}
    return json.dumps({name: value for name, value in record.items() if value is not None})


def _uneven(rng: random.Random, facts: FaceReading) -> str:
    units = facts.units or {}
    found = [
        f"{words.clause(rng, code)} more on the {side} (AU{code})"
        for code in facts.active
        if (side := units[code].stronger_side)
    ]
    return listed(found)


def part_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return how each part looks.

    brows, eyes, ...: clauses. description: all parts in prose. part_lines: the parts as bullets.
    """
    states = {part: words.part_clauses(rng, facts, part) for part in PARTS}
    lines = "\n".join(f"- {part.capitalize()}: {_bullet(rng, facts, part)}" for part in PARTS)
    known = facts.units is not None
    return present(**states, description=description(rng, facts), part_lines=lines if known else None)


def _bullet(rng: random.Random, facts: FaceReading, part: str) -> str:
    codes = [f"AU{code}" for code in facts.active if code in PART_UNITS[part]]
    if not codes:
        return facts.part(part)
    return f"{words.part_clauses(rng, facts, part)} ({', '.join(codes)})"


def view_slots(facts: FaceReading) -> Slots:
    """Return what limits the view.

    hidden_parts: "the eyes and the mouth"; hidden_are: with the verb. half_hidden: "their left eye", of
    parts of which one side is hidden. fault: "the picture is dark". Conditions: if_hidden; if_fault,
    if_no_fault; if_all_seen (every unit is visible).
    """
    parts = rules.hidden_parts(facts)
    named = listed([f"the {part}" for part in parts])
    halves = [] if facts.units is None else _hidden_halves(facts.hidden)
    return {
        **present(
            hidden_parts=named,
            hidden_are=f"{named} {words.are(parts)} hidden" if named else None,
            half_hidden=listed(halves),
            fault=listed([FAULTS[fault] for fault in facts.faults]),
        ),
        **conditions(
            hidden=bool(named),
            fault=bool(facts.faults),
            no_fault=not facts.faults,
            all_seen=facts.units is not None and not facts.covered,
        ),
    }


_HALVES = {"brow": "their {side} brow", "eye": "their {side} eye", "mouth": "the {side} side of their mouth"}


def _hidden_halves(hidden: frozenset[str]) -> list[str]:
    """Name the parts of which one side is hidden: "their left eye"."""
    found = []
    for part, half in _HALVES.items():
        sides = [side for side in SIDES if f"{part}_{side}" in hidden]
        if len(sides) == 1:
            found.append(half.format(side=sides[0]))
    return found


FAULTS = {
    "bright": "the picture is too bright",
    "dark": "the picture is dark",
    "flat": "the picture has little contrast",
    "small": "the face is small",
    "blurred": "the picture is blurred",
    "turned left": "the head is turned to its left",
    "turned right": "the head is turned to its right",
    "tilted down": "the head is tilted down",
    "tilted up": "the head is tilted up",
}
"""Faults of the view in words."""
