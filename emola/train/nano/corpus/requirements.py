"""Requirements of written exchanges: the facts of a face on which their answers rely."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from emola.faba import EMOTIONS, NANO_AUS
from emola.faba.face_reading import CERTAINTIES, LEVELS, FaceReading, UnitReading
from emola.faba.regions import SIDES, region
from emola.train.nano.corpus.facts import HIDEABLE, SIDED_AUS

__all__ = ["FAULTS", "Requirements", "UnitRequirement"]

FAULTS = ("dark", "bright", "flat", "blurred", "small", "turned left", "turned right", "tilted")
"""Faults of the view that can be required; "tilted" is "tilted up" or "tilted down"."""

_ACTIVE_SHARE = 0.15


@dataclass(frozen=True)
class UnitRequirement:
    """Requirement of an active unit.

    levels: the levels that it may have, as consecutive letters. sure: None if it may be either. side: "left"
    or "right" where it is stronger, "even", or None if it may be any.
    """

    levels: str = LEVELS
    sure: bool | None = None
    side: str | None = None

    def holds(self, unit: UnitReading) -> bool:
        """Return whether an active unit meets the requirement."""
        return (
            unit.level in self.levels
            and self.sure in (None, unit.sure)
            and (
                self.side is None
                or unit.stronger_side == self.side
                or (self.side == "even" and unit.left is not None and unit.stronger_side is None)
            )
        )

    def example(self, rng: random.Random, sure: bool | None, sides: bool) -> UnitReading:
        """Return a random unit that meets the requirement.

        sure: None to draw it. sides: whether the levels of both sides are known.
        """
        level = rng.choice(self.levels)
        sure = self.sure if self.sure is not None else rng.random() < 0.8 if sure is None else sure
        if self.side in SIDES:
            band = LEVELS.index(level)
            weak = LEVELS[band - 2] if band >= 2 else level
            strong = level if band >= 2 else LEVELS[band + 2]
            return UnitReading(level, sure, *((strong, weak) if self.side == "left" else (weak, strong)))
        return UnitReading(level, sure, level, level) if sides or self.side else UnitReading(level, sure)


@dataclass(frozen=True)
class Requirements:
    """Facts of a face that the answers of an exchange rely on.

    active, inactive: units. only: all other units are visible and inactive. certainties: empty if any will
    do. second: the second candidate; no_second: there is none; excluded: emotions that are not candidates.
    hidden: parts of ``HIDEABLE``. visible: nothing is hidden and the view has no fault.
    """

    active: Mapping[int, UnitRequirement] = field(default_factory=dict)
    inactive: frozenset[int] = frozenset()
    only: bool = False
    emotion: str | None = None
    certainties: tuple[str, ...] = ()
    second: str | None = None
    no_second: bool = False
    excluded: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    visible: bool = False
    no_landmarks: bool = False

    def state(self, code: int) -> str:
        """Return what is entailed for a unit of ``NANO_AUS``: active, inactive, hidden or unknown."""
        if code in self.active:
            return "active"
        if code in self.inactive or (self.only and code in NANO_AUS):
            return "inactive"
        return "hidden" if self.no_landmarks or code in self._hidden_units else "unknown"

    @property
    def hidden_regions(self) -> frozenset[str]:
        """The hidden parts as members of :data:`~emola.faba.regions.REGIONS`."""
        return frozenset(name for part in self.hidden for name in HIDEABLE[part])

    @property
    def _hidden_units(self) -> frozenset[int]:
        regions = self.hidden_regions
        return frozenset(code for code in NANO_AUS if all(region(code, side) in regions for side in SIDES))

    def holds(self, reading: FaceReading) -> bool:
        """Return whether a face has the required facts."""
        return self._units_hold(reading) and self._emotion_holds(reading) and self._view_holds(reading)

    def _units_hold(self, reading: FaceReading) -> bool:
        if self.no_landmarks:
            return reading.units is None
        if not (self.active or self.inactive or self.only):
            return True
        units = reading.units
        inactive = (set(NANO_AUS) - self.active.keys()) if self.only else self.inactive
        return (
            units is not None
            and all(code in units and need.holds(units[code]) for code, need in self.active.items())
            and inactive <= set(reading.inactive)
        )

    def _emotion_holds(self, reading: FaceReading) -> bool:
        return (
            self.emotion in (None, reading.emotion)
            and (not self.certainties or reading.certainty in self.certainties)
            and self.second in (None, reading.second)
            and not (self.no_second and reading.second is not None)
            and not self.excluded & {reading.emotion, reading.second}
        )

    def _view_holds(self, reading: FaceReading) -> bool:
        return (
            self.hidden_regions <= reading.hidden
            and all(any(found.startswith(fault) for found in reading.faults) for fault in self.faults)
            and not (self.visible and not reading.clear_view)
        )

    def example(self, rng: random.Random) -> FaceReading:
        """Return a random face that meets the requirements."""
        candidates = [name for name in EMOTIONS if name not in {self.second, *self.excluded}]
        emotion = self.emotion or rng.choice(candidates)
        others = [name for name in candidates if name != emotion]
        second = self.second
        if second is None and not self.no_second and others and rng.random() < 0.3:
            second = rng.choice(others)
        faults = tuple(f"{fault} down" if fault == "tilted" else fault for fault in self.faults)
        return FaceReading(
            None if self.no_landmarks else self._example_units(rng),
            self.hidden_regions,
            faults,
            emotion,
            rng.choice(self.certainties or CERTAINTIES),
            second,
        )

    def _example_units(self, rng: random.Random) -> dict[int, UnitReading]:
        needs = dict(self.active)
        if not self.only:
            free = [code for code in NANO_AUS if self.state(code) == "unknown"]
            needs |= {code: UnitRequirement() for code in free if rng.random() < _ACTIVE_SHARE}
            if {26, 27} <= needs.keys():  # a jaw cannot do both
                del needs[27 if 26 in self.active else 26]
        sure = False if self.hidden or self.faults else None
        return {
            code: needs[code].example(rng, sure, code in SIDED_AUS and not self.hidden)
            for code in sorted(needs)
        }
