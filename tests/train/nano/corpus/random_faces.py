"""Random facts of faces for the corpus."""

import random

from emola.faba import EMOTIONS, NANO_AUS, TYPICAL_AUS
from emola.train.nano.corpus import FaceFacts, UnitFact


def random_unit(rng: random.Random, active: bool) -> UnitFact:
    """Return a unit near or far from its threshold."""
    probability = rng.uniform(0.35, 1.0) if active else rng.uniform(0.0, 0.55) ** 1.5
    intensity = min(1.0, max(0.0, probability + rng.gauss(-0.2, 0.25))) if active else probability * 0.3
    if rng.random() < 0.4:
        return UnitFact(probability, intensity, active)
    skew = rng.choice((0.0, 0.05, 0.2))
    return UnitFact(probability, intensity, active, min(1.0, intensity + skew), max(0.0, intensity - skew))


def random_beliefs(rng: random.Random, emotion: str | None) -> dict[str, float] | None:
    """Return beliefs in which ``emotion`` ranks first or nearly first."""
    if rng.random() < 0.2:
        return None
    shares = {name: rng.random() ** 3 + (name == emotion) * rng.choice((0.3, 1.0, 9.0)) for name in EMOTIONS}
    return {name: share / sum(shares.values()) for name, share in shares.items()}


def random_facts(rng: random.Random) -> FaceFacts:
    """Return a face whose units fit its emotion; it may lack landmarks or a label, or be turned."""
    emotion = None if rng.random() < 0.04 else rng.choice(EMOTIONS)
    yaw = rng.choice((None, rng.uniform(-60, 60), 0.0))
    if rng.random() < 0.05:
        return FaceFacts(emotion, None, yaw, random_beliefs(rng, emotion))
    typical = TYPICAL_AUS[emotion or "neutral"]
    share = rng.choice((0.1, 0.5, 0.8))
    noise = rng.choice((0.0, 0.06, 0.15))
    units = {
        code: random_unit(rng, rng.random() < (share if code in typical else noise)) for code in NANO_AUS
    }
    return FaceFacts(emotion, units, yaw, random_beliefs(rng, emotion))
