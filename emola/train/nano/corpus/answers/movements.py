"""The movement of each action unit in words, drawn from :data:`emola.faba.movements.MOVEMENTS`."""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ACTION_UNITS
from emola.faba.face_reading import PART_UNITS, FaceReading, UnitReading
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus.grammar import listed

_REST = {
    "brows": ("the brows are level", "the brows are at rest", "the brows stay level"),
    "eyes": ("the eyes are open and at rest", "the eyes are open", "the lids are at rest"),
    "cheeks": ("the cheeks are at rest", "the cheeks do not move"),
    "nose": ("the nose is smooth", "the nose is at rest"),
    "mouth": ("the mouth is closed", "the mouth stays closed"),
    "lips": ("the lip corners are level", "the lips are at rest"),
    "chin": ("the chin is at rest", "the chin does not move"),
}
_SINGULAR = ("nose", "mouth", "chin")


def clause(rng: random.Random, code: int, unit: UnitReading | None = None) -> str:
    """Return a clause: "the nose is strongly wrinkled"; without ``unit``, no word of intensity."""
    return rng.choice(MOVEMENTS[code].clauses).format(how=_adverb(code, unit))


def thing(rng: random.Random, code: int, unit: UnitReading | None = None) -> str:
    """Return a noun phrase: "a strongly wrinkled nose"; without ``unit``, no word of intensity."""
    return rng.choice(MOVEMENTS[code].things).format(how=_adverb(code, unit))


def act(rng: random.Random, code: int) -> str:
    """Return a predicate: "wrinkles the nose"."""
    return rng.choice(MOVEMENTS[code].acts)


def clauses(rng: random.Random, facts: FaceReading, codes: Sequence[int]) -> str:
    """List active units: "the cheeks are raised and the lips are slightly parted"."""
    return listed([clause(rng, code, _unit(facts, code)) for code in codes])


def coded_clauses(rng: random.Random, facts: FaceReading, codes: Sequence[int]) -> str:
    """List active units: "the cheeks are raised (AU6) and the lips are slightly parted (AU25)"."""
    return listed([f"{clause(rng, code, _unit(facts, code))} (AU{code})" for code in codes])


def things(rng: random.Random, facts: FaceReading, codes: Sequence[int]) -> str:
    """List units as noun phrases, active ones with their intensity: "raised cheeks and parted lips"."""
    return listed([thing(rng, code, _unit(facts, code)) for code in codes])


def coded_things(rng: random.Random, codes: Sequence[int]) -> str:
    """List units as noun phrases with codes: "raised cheeks (AU6) and parted lips (AU25)"."""
    return listed([f"{thing(rng, code)} (AU{code})" for code in codes])


def inactive(codes: Sequence[int]) -> str:
    """Say that units are not active: "AU6 is not active", "neither AU6 nor AU12 is active"."""
    if len(codes) == 1:
        return f"AU{codes[0]} is not active"
    return f"neither {codes_listed(codes, 'nor')} is active"


def regions(codes: Sequence[int]) -> str:
    """List the moving parts of units, each once: "the cheeks and the mouth"."""
    return listed([f"the {part}" for part in dict.fromkeys(MOVEMENTS[code].part for code in codes)])


def acts(rng: random.Random, codes: Sequence[int]) -> str:
    """List units: "AU6 raises the cheeks and AU12 pulls the lip corners up"."""
    return listed([f"AU{code} {act(rng, code)}" for code in codes])


def part_clauses(rng: random.Random, facts: FaceReading, part: str) -> str:
    """Say how a part of ``emola.faba.face_reading.PARTS`` looks; "" if it is hidden."""
    codes = [code for code in PART_UNITS[part] if code in facts.active]
    if part == "mouth":
        codes = codes[:1]  # the widest opening includes the others
    if codes:
        return clauses(rng, facts, codes)
    return "" if facts.part(part) == "hidden" else rng.choice(_REST[part])


def rest_clause(rng: random.Random, facts: FaceReading, code: int) -> str:
    """Say how the part that a unit moves looks without it: "the brows are level"; "" where others move it."""
    part = next(part for part, codes in PART_UNITS.items() if code in codes)
    return rng.choice(_REST[part]) if not set(PART_UNITS[part]) & set(facts.active) else ""


def without(rng: random.Random, codes: Sequence[int]) -> str:
    """Deny movements: "the brows are not lowered and the nose is not wrinkled"."""
    return listed([rng.choice(MOVEMENTS[code].clauses).format(how="not ") for code in codes])


def are(parts: Sequence[str]) -> str:
    """Return "is" or "are", to follow the names of parts of the face."""
    return "is" if len(parts) == 1 and parts[0] in _SINGULAR else "are"


def name(code: int) -> str:
    """Return the name of a unit in running text: "nose wrinkler"."""
    return ACTION_UNITS[code].name.lower()


def the_name(code: int) -> str:
    """Return the name as a noun phrase: "the nose wrinkler"; "lips part", which is none, in quotes."""
    return f'"{name(code)}"' if code in (25, 43) else f"the {name(code)}"


def codes_listed(codes: Sequence[int], word: str = "and") -> str:
    """Return "AU6, AU12 and AU25"."""
    return listed([f"AU{code}" for code in codes], word)


def _unit(facts: FaceReading, code: int) -> UnitReading | None:
    return (facts.units or {}).get(code)


def _adverb(code: int, unit: UnitReading | None) -> str:
    return "" if unit is None else MOVEMENTS[code].adverbs[unit.band]
