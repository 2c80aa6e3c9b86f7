"""Random readings of faces for the corpus."""

import random

from emola.faba import EMOTIONS, NANO_AUS, TYPICAL_AUS
from emola.faba.face_reading import CERTAINTIES, LEVELS, FaceReading, UnitReading
from emola.faba.regions import REGIONS

_PARTS = ("brow", "eye", "nose", "mouth")


def random_unit(rng: random.Random) -> UnitReading:
    """Return an active unit, with or without sides."""
    sides = (rng.choice(LEVELS), rng.choice(LEVELS)) if rng.random() < 0.5 else (None, None)
    return UnitReading(rng.choice(LEVELS), rng.random() < 0.7, *sides)


def random_hidden(rng: random.Random) -> frozenset[str]:
    """Return hidden regions: mostly none, else one or two parts, or one side."""
    if rng.random() < 0.7:
        return frozenset()
    if rng.random() < 0.2:
        return frozenset(region for region in REGIONS if region.endswith("left"))
    parts = rng.sample(_PARTS, rng.choice((1, 2)))
    return frozenset(region for region in REGIONS if region.startswith(tuple(parts)))


def random_facts(rng: random.Random) -> FaceReading:
    """Return a face whose units mostly fit its emotion; it may lack landmarks or parts, or be badly lit."""
    emotion = rng.choice(EMOTIONS)
    second = rng.choice([None, *(name for name in EMOTIONS if name != emotion)])
    hidden = random_hidden(rng)
    faults = (rng.choice(("dark", "small", "turned left")),) if rng.random() < 0.15 else ()
    clear = not hidden and not faults
    certainty = rng.choice(CERTAINTIES if clear else CERTAINTIES[1:])
    if rng.random() < 0.08:
        return FaceReading(None, frozenset(), faults, emotion, certainty, second)
    share, noise = rng.choice((0.1, 0.5, 0.8)), rng.choice((0.0, 0.06, 0.15))
    typical = TYPICAL_AUS[emotion]
    empty = FaceReading({}, hidden)
    units = {
        code: random_unit(rng)
        for code in NANO_AUS
        if empty.shows(code) and rng.random() < (share if code in typical else noise)
    }
    if 27 in units:  # FACS codes the opening of the jaw as one of both
        units.pop(26, None)
    return FaceReading(units, hidden, faults, emotion, certainty, second)
