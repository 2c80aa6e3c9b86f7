"""Descriptions of the whole face in prose, part by part, without an emotion."""

from __future__ import annotations

import random

from emola.faba.face_reading import PART_UNITS, PARTS, FaceReading
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.grammar import listed

_REST = {
    "brows": (
        "the brows are level, neither raised nor drawn together",
        "the brows stay level, with no lifting and no frown",
    ),
    "eyes": (
        "the eyes are open and at rest, neither widened nor narrowed",
        "the eyes are open in the ordinary way, and the lids do not tighten",
    ),
    "cheeks": (
        "the cheeks are at rest and do not rise towards the eyes",
        "the cheeks do not move, so nothing pushes up below the eyes",
    ),
    "nose": ("the nose is smooth from its bridge down", "the nose is smooth, without wrinkles at its bridge"),
    "mouth": (
        "the mouth is closed, with no gap between the lips",
        "the mouth is closed and the jaw is not lowered",
    ),
    "lips": (
        "the lip corners are level, and the lips are neither tightened nor pressed",
        "the lips are at rest, with level corners and without any pressing or stretching",
    ),
    "chin": ("the chin is at rest and is not pushed up", "the chin does not move"),
}
_OTHERWISE = {
    1: "the inner ends do not go up",
    2: "the outer ends are not raised",
    4: "the brows are not drawn together",
    5: "the upper lids are not raised",
    7: "the lids are not tightened",
    43: "they are not closed",
    12: "the lip corners are not pulled up",
    15: "the lip corners are not pulled down",
    24: "the lips are not pressed together",
    26: "the jaw is not lowered",
}
"""What stays at rest in a part where another unit is active."""
_WITH = {
    "brows": "the brows",
    "eyes": "the eyes with the cheeks",
    "nose": "the nose",
    "mouth": "the mouth with the chin",
}
"""Parts that can be hidden, with the parts that are hidden along with them."""
_OPENINGS = ("starting at the top, ", "from the top down: ", "at the top, ")
_FEW_WORDS = 62
"""Length below which a description gets a closing sentence, as it needs at least 60 words."""


def part_sentence(rng: random.Random, facts: FaceReading, part: str) -> str:
    """Describe a part, its active units with code, level and side; "" if it is hidden."""
    if facts.part(part) == "hidden":
        return ""
    active = [code for code in facts.active if code in PART_UNITS[part]]
    if not active:
        return at_rest(rng, part)
    text = listed([coded(rng, facts, code) for code in active])
    still = otherwise(facts, part)
    return f"{text}, and {still}" if still else text


def at_rest(rng: random.Random, part: str) -> str:
    """Say how a part looks at rest: "the brows are level, neither raised nor drawn together"."""
    return rng.choice(_REST[part])


def otherwise(facts: FaceReading, part: str) -> str:
    """Say what stays at rest in a part that moves: "the jaw is not lowered"; "" if nothing is."""
    active = [code for code in facts.active if code in PART_UNITS[part]]
    if part == "mouth" and 27 in active:
        return ""
    near = [code for code in facts.inactive if code in PART_UNITS[part] and code in _OTHERWISE]
    if 12 in active or 15 in active:
        near = [code for code in near if code not in (12, 15)]
    if 43 in active:
        near = [code for code in near if code != 5]
    return _OTHERWISE[near[-1]] if near else ""


def coded(rng: random.Random, facts: FaceReading, code: int) -> str:
    """Return a clause with strength, side and code: "the nose is strongly wrinkled (AU9)"."""
    unit = (facts.units or {})[code]
    text = words.clause(rng, code, unit)
    strength = "" if MOVEMENTS[code].adverbs[unit.band] else f" at a {rules.STRENGTHS[unit.band]} level"
    side = f", more on their {unit.stronger_side}" if unit.stronger_side else ""
    return f"{text}{strength} (AU{code}{side})"


def hidden_sentence(facts: FaceReading) -> str:
    """Name the hidden parts: "the nose is hidden, so I cannot judge what moves there"; "" without any."""
    parts = rules.hidden_parts(facts)
    if not parts:
        return ""
    named = listed([_WITH[part] for part in parts])
    return f"{named} {words.are(parts)} hidden, so I cannot judge what moves there"


def description(rng: random.Random, facts: FaceReading) -> str:
    """Describe all parts from the brows to the chin in sentences, with what is hidden or not sure.

    "" without landmarks.
    """
    told = {part: text for part in PARTS if (text := part_sentence(rng, facts, part))}
    found = list(told.values())
    if not found:
        return hidden_sentence(facts)
    text = (rng.choice(_OPENINGS) if "brows" in told else "") + ". ".join(found)
    units = facts.units or {}
    unsure = [code for code in facts.active if not units[code].sure]
    extra = [hidden_sentence(facts)]
    if unsure:
        extra.append(f"I am not sure about {words.codes_listed(unsure)}")
    text = ". ".join(filter(None, (text, *extra)))
    return text if len(text.split()) >= _FEW_WORDS else f"{text}. {_closing(facts)}"


def _closing(facts: FaceReading) -> str:
    seen = "in the parts that can be seen" if facts.covered else "from the brows down to the chin"
    if not facts.active:
        return f"So I find no movement {seen}, and no action unit is active there"
    strongest = rules.by_strength(facts)[0]
    if len(facts.active) == 1:
        return f"So AU{strongest} is the only movement that I find {seen}"
    return f"Of all the movements that I find {seen}, none is stronger than AU{strongest}"
