"""What each question asks about: slots drawn from the face, so that answers yes and no both occur."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from emola.bench.asked.facts import Facts, Slots, Stated
from emola.bench.asked.propositions import PROPOSITIONS
from emola.faba import ACTION_UNITS, ADJECTIVES, EMOTIONS, NANO_AUS
from emola.faba.movements import MOVEMENTS

__all__ = ["draw_slots", "fill", "suits"]

_MORE = {
    "happiness": "happier",
    "sadness": "sadder",
    "surprise": "more surprised",
    "anger": "angrier",
    "disgust": "more disgusted",
    "fear": "more afraid",
    "neutral": "more neutral",
}
_PARTS = ("eyes", "cheeks", "nose", "mouth", "chin")
_POSED = ("posed",)
_TWO_SIDES = ("unit_side", "other_side")
_ACTIVE = (
    *("why_unit", "where", "confusion", "it_strength", "it_why", "it_look", "it_muscle", "strongest"),
    *("weakest", "levels", "facs_code", "key_units", "unit_side", "other_side"),
)  # fmt: skip
_MOSTLY_ACTIVE = ("level", "unit_scale", "unit_percent", "sure_unit")
_MOSTLY_INACTIVE = ("correct_unit",)
_GENERAL = ("what_is", "code_of", "look", "muscle", "difference", "same_unit")
_NEIGHBOURS = ("difference", "confusion")


def suits(kind: str, facts: Facts) -> bool:
    """Return whether a question of a kind makes sense for a face."""
    if kind == "compare":
        return len(facts.active) >= 2
    if kind in _POSED:
        return 12 in facts.active
    if kind in _TWO_SIDES:
        return bool(facts.active & facts.sides.keys())
    return kind not in _ACTIVE or bool(facts.active)


def draw_slots(kind: str, number: int, facts: Facts, stated: Stated, rng: random.Random) -> Slots:
    """Draw what question ``number`` of a kind asks about; even numbers ask for what is there."""
    emotion = stated.emotion or "neutral"
    if kind == "prototype":
        emotion = rng.choice(EMOTIONS[:-1])
    others = [other for other in EMOTIONS if other != emotion]
    if kind in ("change", "why_not"):
        others = [other for other in others if other != "neutral"]
    rival = rng.choice(others)
    if kind in ("emotion_yes_no", "correct_emotion") and number % (2 if kind == "emotion_yes_no" else 4) == 1:
        emotion, rival = rival, emotion
    if kind == "choice" and number % 2:
        emotion, rival = rival, emotion
    unit = _unit(kind, number, facts, rng)
    other = _other(kind, number, unit, facts, rng)
    name = other if kind == "same_unit" and number % 2 else unit
    part = _PARTS[number % len(_PARTS)]
    return Slots(unit, other, name, emotion, rival, _movement(number, facts, rng), part)


def fill(phrasing: str, slots: Slots) -> str:
    """Return a phrasing with its slots filled; the first letter becomes a capital if a slot begins it."""
    name = ACTION_UNITS[slots.name].name.lower()
    proposition = PROPOSITIONS[slots.movement]
    return phrasing.format(
        unit=f"AU{slots.unit}",
        other=f"AU{slots.other}",
        name=name,
        label=name,
        gist=MOVEMENTS[slots.unit].gists[0],
        emotion=slots.emotion if slots.emotion != "neutral" else "a neutral expression",
        adjective=ADJECTIVES[slots.emotion],
        choice_a=ADJECTIVES[slots.emotion],
        choice_b=ADJECTIVES[slots.rival],
        rival=ADJECTIVES[slots.rival],
        rival_noun=slots.rival if slots.rival != "neutral" else "a neutral face",
        more=_MORE[slots.rival],
        movement=proposition.clause,
        asked=proposition.question,
        part=slots.part,
    )


def _unit(kind: str, number: int, facts: Facts, rng: random.Random) -> int:
    if kind in _GENERAL:
        return rng.choice(NANO_AUS)
    active = sorted(facts.active & facts.sides.keys() if kind in _TWO_SIDES else facts.active)
    inactive = sorted(facts.inactive)
    is_active = number % 2 == 0
    if kind in _ACTIVE:
        is_active = True
    elif kind in _MOSTLY_ACTIVE:
        is_active = number % 5 != 4
    elif kind in _MOSTLY_INACTIVE:
        is_active = number % 5 == 4
    elif kind == "pair":
        is_active = number % 3 < 2
    first, second = (active, inactive) if is_active else (inactive, active)
    return rng.choice(first or second or list(NANO_AUS))


def _other(kind: str, number: int, unit: int, facts: Facts, rng: random.Random) -> int:
    """Draw the second unit: a neighbour, or one that is active for every second question."""
    if kind in _NEIGHBOURS or kind == "same_unit":
        near = [n.code for n in ACTION_UNITS[unit].neighbours if n.code in NANO_AUS]
        return rng.choice(near or [code for code in NANO_AUS if code != unit])
    active, inactive = sorted(facts.active - {unit}), sorted(facts.inactive - {unit})
    is_active = {"pair": number % 3 == 1, "compare": True}.get(kind, number % 2 == 1)
    first, second = (active, inactive) if is_active else (inactive, active)
    return rng.choice(first or second or [code for code in NANO_AUS if code != unit])


def _movement(number: int, facts: Facts, rng: random.Random) -> str:
    """Draw a statement that holds for even numbers and does not for odd ones, where the face allows it."""

    def chosen(wanted: Callable[[bool | None], bool]) -> Sequence[str]:
        return [name for name, proposition in PROPOSITIONS.items() if wanted(proposition.holds(facts))]

    names = chosen(lambda holds: holds is (number % 2 == 0)) or chosen(lambda holds: holds is not None)
    # Opposites take turns, or else nearly all true statements would be about rest.
    opposite = number % 4 >= 2
    preferred = [name for name in names if PROPOSITIONS[name].opposite is opposite]
    return rng.choice(preferred or names or list(PROPOSITIONS))
