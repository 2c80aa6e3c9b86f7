"""Fake faces and cases for the tests of ``emola.bench.asked``."""

from dataclasses import dataclass, replace

from emola.bench.asked.facts import Case, Facts, Slots, Stated
from emola.bench.trust import Subject
from emola.faba import NANO_AUS


@dataclass(frozen=True)
class Estimate:
    active: bool
    probability: float | None
    intensity: float | None
    left: float | None = None
    right: float | None = None


LEVEL = {letter: index / 5 + 0.1 for index, letter in enumerate("ABCDE")}


def estimate(level, uneven=False):
    if level is None:
        return Estimate(False, 0.1, 0.0)
    intensity = LEVEL[level]
    return Estimate(True, 0.9, intensity, intensity, 0.05 if uneven else intensity)


def subject(name="a", label="happiness", active=None, found=True, hidden=(), doubtful=()):
    """active: levels by unit."""
    evidence = {code: estimate((active or {}).get(code)) for code in NANO_AUS}
    evidence |= {code: Estimate(False, None, None) for code in hidden}
    evidence |= {code: Estimate(False, 0.45, 0.2) for code in doubtful}
    return Subject(name, f"face of {name}", label, found, evidence if found else None, 100.0, 0.0, 50.0)


def facts(doubtful=(), hidden=(), uneven=(), **active):
    """Return facts about a face; active: levels by unit, such as AU6="C"."""
    levels = {int(name.removeprefix("AU")): "ABCDE".index(level) for name, level in active.items()}
    rest = frozenset(NANO_AUS) - levels.keys() - set(doubtful) - set(hidden)
    sides = {code: (level, max(0, level - 3) if code in uneven else level) for code, level in levels.items()}
    return Facts(
        True,
        frozenset(levels),
        rest,
        frozenset(doubtful),
        frozenset(hidden),
        frozenset(levels),
        {**dict.fromkeys(NANO_AUS, 0), **levels},
        {code: pair for code, pair in sides.items() if code not in (17, 25, 26, 27)},
    )


SMILE = facts(AU6="C", AU12="D", AU25="B")
FROWN = facts(AU4="D", AU7="B", AU24="C", AU1="B")
REST = facts()
UNKNOWN = Facts(known=False)
HAPPY = Stated("happiness", frozenset(), "strong")


def case(kind, face=SMILE, stated=HAPPY, question="?", before="", **slots):
    defaults = {"emotion": stated.emotion or "neutral", "rival": "anger", "unit": 6, "other": 12, "name": 6}
    return replace(Case(kind, question, face, stated, Slots(**{**defaults, **slots})), before=before)
