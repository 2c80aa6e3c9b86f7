"""Words for the slots of answers, from the facts of the face.

A slot whose fact is missing is left out, and so are the phrases that need it. Slots that begin with ``if_``
have no words: they only leave a phrase out where their condition does not hold.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

from emola.faba import ADJECTIVES
from emola.faba.emotions import CORE_AUS
from emola.faba.face_reading import PARTS, FaceReading
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.grammar import listed, with_article
from emola.train.nano.corpus.phrases import Slots

_ATTRIBUTE = {**ADJECTIVES, "fear": "fearful"}
_SURELY = {"clear": "clearly", "likely": "probably", "unsure": "perhaps"}
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SAMPLE = 3
_WEAK, _STRONG = 1, 3


def present(**slots: str | Sequence[str] | None) -> dict[str, str | tuple[str, ...]]:
    """Return the slots that have words, each as a tuple of alternatives."""
    return {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in slots.items() if value
    }


def conditions(**holds: bool) -> dict[str, tuple[str, ...]]:
    """Return the slots ``if_<name>`` of the conditions that hold; their words are empty."""
    return {f"if_{name}": ("",) for name, value in holds.items() if value}


def face_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return all slots about the face: its emotion, units, parts and view."""
    return {
        **emotion_slots(rng, facts),
        **list_slots(rng, facts),
        **part_slots(rng, facts),
        **view_slots(facts),
    }


def emotion_names(prefix: str, emotion: str | None) -> Slots:
    """Return "emotion", "adjective" and "a_adjective" of an emotion, with a prefix: "second_emotion"."""
    if emotion is None:
        return {}
    return present(
        **{
            f"{prefix}emotion": as_noun(emotion),
            f"{prefix}adjective": ADJECTIVES[emotion],
            f"{prefix}a_adjective": with_article(_ATTRIBUTE[emotion]),
        }
    )


def as_noun(emotion: str) -> str:
    """Return the emotion as a noun: "fear", "a neutral face"."""
    return "a neutral face" if emotion == "neutral" else emotion


def emotion_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return slots about the emotion of the face.

    emotion, adjective, a_adjective, second_...: the candidates. surely, certainty: "clearly", "clear".
    percent, second_percent, scale. Movements as for :func:`movement_slots`: support_ (up to three, the most
    specific first), contrary_ (active), missing_ (core units that are not active), second_support_.
    Conditions: if_clear, if_likely, if_unsure; if_second, if_no_second; if_support, if_no_support;
    if_contrary, if_no_contrary; if_no_missing; if_strong, if_weak (the highest level among the support).
    """
    if facts.emotion is None:
        return {}
    found = rules.evidence(facts)
    support = rules.distinct(found.supporting, 3)
    peak = rules.peak(facts)
    share = rules.EMOTION_PERCENT[facts.certainty]
    ruled_out = rules.ruled_out(facts)
    return {
        **emotion_names("", facts.emotion),
        **emotion_names("second_", facts.second),
        **present(
            name=facts.emotion,
            second_name=facts.second,
            certainty=facts.certainty,
            surely=_SURELY[facts.certainty],
            percent=str(share),
            second_percent=str(rules.SECOND_PERCENT),
            scale=str(rules.score(peak)) if support else None,
            peak=rules.STRENGTHS[peak] if support else None,
            ruled_out=listed(ruled_out),
            ruled_out_adjectives=listed([ADJECTIVES[name] for name in ruled_out], "or"),
        ),
        **movement_slots(rng, facts, "support", support),
        **movement_slots(rng, facts, "contrary", rules.distinct(found.contrary, 2)),
        **movement_slots(rng, facts, "missing", rules.distinct(found.missing, 2)),
        **movement_slots(rng, facts, "second_support", _supports_second(facts)),
        **_emotion_conditions(facts),
    }


def _emotion_conditions(facts: FaceReading) -> Slots:
    found, peak = rules.evidence(facts), rules.peak(facts)
    return conditions(
        **{facts.certainty: True},
        second=facts.second is not None,
        no_second=facts.second is None,
        support=bool(found.supporting),
        no_support=not found.supporting,
        contrary=bool(found.contrary),
        no_contrary=not found.contrary,
        no_missing=not found.missing,
        strong=peak >= _STRONG,
        weak=0 <= peak <= _WEAK,
    )


def _supports_second(facts: FaceReading) -> list[int]:
    return rules.distinct(rules.evidence(facts, facts.second).supporting, 2) if facts.second else []


def asked_emotion_slots(rng: random.Random, facts: FaceReading, emotion: str) -> Slots:
    """Return slots about an emotion that the question names.

    asked_emotion, asked_adjective, ...; asked_support_, asked_missing_ and asked_contrary_: its movements.
    """
    found = rules.evidence(facts, emotion)
    return {
        **emotion_names("asked_", emotion),
        **movement_slots(rng, facts, "asked_support", rules.distinct(found.supporting, 2)),
        **movement_slots(rng, facts, "asked_missing", rules.distinct(found.missing, 2)),
        **movement_slots(rng, facts, "asked_contrary", rules.distinct(found.contrary, 2)),
        **present(asked_core=words.codes_listed(sorted(CORE_AUS[emotion]))),
    }


def movement_slots(rng: random.Random, facts: FaceReading, prefix: str, codes: Sequence[int]) -> Slots:
    """Return the same units in five forms, none if there are no units.

    <prefix>_clauses: "the cheeks are raised". _coded: "the cheeks are raised (AU6)". _things: "raised
    cheeks". _bare_things: without intensity and article, to follow "no". _acts: "AU6 raises the cheeks".
    _codes: "AU6".
    """
    if not codes:
        return {}
    bare = [words.thing(rng, code).removeprefix("a ") for code in codes]
    return present(
        **{
            f"{prefix}_clauses": words.clauses(rng, facts, codes),
            f"{prefix}_coded": words.coded_clauses(rng, facts, codes),
            f"{prefix}_things": words.things(rng, facts, codes),
            f"{prefix}_bare_things": listed(bare, "or"),
            f"{prefix}_acts": words.acts(rng, codes),
            f"{prefix}_codes": words.codes_listed(codes),
        }
    )


def list_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return slots about the active units as a whole.

    all_ and strongest_, weakest_: movements. units: "AU6 C, AU12 D". named: with names and strengths.
    facs_code: "6C+12D". json. count: "three". inactive_codes: all; some_inactive_: up to three. unsure_:
    not sure. covered_codes: not visible. upper_, lower_: active units of each half. uneven: units that are
    stronger on one side, with the side. Conditions: if_landmarks, if_no_landmarks; if_still (no unit is
    active), if_one, if_several; if_upper_hidden, if_lower_hidden (some units of the half are not visible).
    """
    units = facts.units or {}
    ranked = rules.by_strength(facts)
    unsure = [code for code in facts.active if not units[code].sure]
    some = rng.sample(facts.inactive, min(_SAMPLE, len(facts.inactive)))
    return {
        **movement_slots(rng, facts, "all", facts.active),
        **movement_slots(rng, facts, "strongest", ranked[:1]),
        **movement_slots(rng, facts, "weakest", ranked[-1:]),
        **movement_slots(rng, facts, "unsure", unsure),
        **movement_slots(rng, facts, "some_inactive", sorted(some)),
        **movement_slots(rng, facts, "upper", [code for code in facts.active if code in rules.UPPER_AUS]),
        **movement_slots(rng, facts, "lower", [code for code in facts.active if code in rules.LOWER_AUS]),
        **present(
            units=", ".join(f"AU{code} {units[code].level}" for code in facts.active),
            named=listed([_named(facts, code) for code in facts.active]),
            lines="\n".join(f"- {_named(facts, code)}" for code in facts.active),
            numbers=", ".join(map(str, facts.active)),
            facs_code="+".join(f"{code}{units[code].level}" for code in facts.active),
            json=as_json(facts),
            count=_count(len(facts.active)),
            strongest_level=units[ranked[0]].level if ranked else None,
            strongest_strength=rules.STRENGTHS[units[ranked[0]].band] if ranked else None,
            weakest_strength=rules.STRENGTHS[units[ranked[-1]].band] if ranked else None,
            inactive_codes=words.codes_listed(facts.inactive),
            covered_codes=words.codes_listed(facts.covered),
            uneven=_uneven(rng, facts),
        ),
        **_list_conditions(facts),
    }


def _list_conditions(facts: FaceReading) -> Slots:
    return conditions(
        landmarks=facts.units is not None,
        no_landmarks=facts.units is None,
        still=facts.units is not None and not facts.active,
        one=len(facts.active) == 1,
        several=len(facts.active) > 1,
        upper_hidden=any(code in rules.UPPER_AUS for code in facts.covered),
        lower_hidden=any(code in rules.LOWER_AUS for code in facts.covered),
    )


def _count(number: int) -> str:
    return _COUNTS[number] if number < len(_COUNTS) else str(number)


def _named(facts: FaceReading, code: int) -> str:
    unit = (facts.units or {})[code]
    unsure = ", not sure" if not unit.sure else ""
    return f"AU{code} ({words.name(code)}), {rules.STRENGTHS[unit.band]}{unsure}"


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
    """Return how each part looks: "brows", "eyes", ... as clauses; "description", all of them in prose."""
    states = {part: words.part_clauses(rng, facts, part) for part in PARTS}
    prose = ". ".join(text for text in states.values() if text)
    return present(**states, description=prose)


def view_slots(facts: FaceReading) -> Slots:
    """Return what limits the view.

    hidden_parts: "the eyes and the mouth". fault: "the picture is dark". Conditions: if_hidden, if_fault,
    if_visible (neither).
    """
    parts = [part for part in ("brows", "eyes", "nose", "mouth") if facts.part(part) == "hidden"]
    named = listed([f"the {part}" for part in parts]) if facts.units is not None else ""
    return {
        **present(hidden_parts=named, fault=listed([FAULTS[fault] for fault in facts.faults])),
        **conditions(hidden=bool(named), fault=bool(facts.faults), visible=facts.clear_view),
    }


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
