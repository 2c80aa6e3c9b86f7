"""The reading of a face: its facts in discrete terms, and the line of text that states them.

EmoLA-Nano answers from this line. Its training corpus is written from the same facts, so an answer can state
everything that the line states, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from emola.faba.action_units import NANO_AUS
from emola.faba.regions import SIDES, region

LEVELS = "ABCDE"
"""Intensity levels of FACS, from trace to maximum."""

CERTAINTIES = ("clear", "likely", "unsure")
"""How certain the emotion is."""

PARTS = ("brows", "eyes", "cheeks", "nose", "mouth", "lips", "chin")
"""Parts of the face in the order of the line."""

READING_STYLES = ("written", "measured")
"""Reading styles: the model writes units and emotion, or is given measured units and writes the emotion."""

_UNEVEN = 2  # levels by which the sides differ, at least
_LIDS, _CLOSED = 43, 3  # the unit that lowers the upper lids, and the level from which the eyes are closed
_STATES: dict[str, tuple[tuple[int, str], ...]] = {
    "brows": ((1, "inner ends raised"), (2, "outer ends raised"), (4, "lowered")),
    "eyes": ((5, "wide"), (7, "narrowed"), (43, "closed")),
    "cheeks": ((6, "raised"),),
    "nose": ((9, "wrinkled"),),
    "mouth": ((27, "wide open"), (26, "open"), (25, "open")),
    "lips": (
        (12, "corners up"),
        (15, "corners down"),
        (14, "corners tight"),
        (20, "stretched"),
        (10, "upper raised"),
        (16, "lower pulled down"),
        (23, "tight"),
        (24, "pressed"),
    ),
    "chin": ((17, "pushed up"),),
}
_AT_REST = {
    "brows": "level",
    "eyes": "open",
    "cheeks": "at rest",
    "nose": "smooth",
    "mouth": "closed",
    "lips": "at rest",
    "chin": "at rest",
}

PART_UNITS = {part: tuple(code for code, _ in states) for part, states in _STATES.items()}
"""Units that move each of ``PARTS``, in the order in which the line states them."""


@dataclass(frozen=True)
class UnitReading:
    """An active unit: its level, whether it is sure, and the levels of both sides if they are known."""

    level: str
    sure: bool = True
    left: str | None = None
    right: str | None = None

    @property
    def band(self) -> int:
        """The level as a number, 0 (A) to 4 (E)."""
        return LEVELS.index(self.level)

    @property
    def stronger_side(self) -> str | None:
        """The subject's side on which the movement is stronger by two levels or more, None if it is even."""
        if self.left is None or self.right is None:
            return None
        difference = LEVELS.index(self.left) - LEVELS.index(self.right)
        return None if abs(difference) < _UNEVEN else "left" if difference > 0 else "right"


@dataclass(frozen=True)
class FaceReading:
    """The facts of one face.

    units: the active units by code, None without landmarks. hidden: hidden regions, of
    :data:`~emola.faba.regions.REGIONS`. faults: faults of the view, such as "dark", "small" or "turned left".
    emotion: the likeliest of :data:`~emola.faba.emotions.EMOTIONS`, None if unknown; certainty: one of
    ``CERTAINTIES``; second: the second candidate, None if no other emotion is likely.
    """

    units: Mapping[int, UnitReading] | None
    hidden: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()
    emotion: str | None = None
    certainty: str = "likely"
    second: str | None = None

    @cached_property
    def active(self) -> tuple[int, ...]:
        """Codes of the active units, ascending; empty without landmarks."""
        return tuple(sorted(self.units or ()))

    def shows(self, code: int) -> bool:
        """Whether the region of a unit is visible on at least one side. False without landmarks."""
        return self.units is not None and any(region(code, side) not in self.hidden for side in SIDES)

    @cached_property
    def inactive(self) -> tuple[int, ...]:
        """Codes of the units of ``NANO_AUS`` that are visible and not active, ascending."""
        return tuple(code for code in NANO_AUS if self.shows(code) and code not in self.active)

    @cached_property
    def covered(self) -> tuple[int, ...]:
        """Codes of the units of ``NANO_AUS`` that are not visible, ascending."""
        return tuple(code for code in NANO_AUS if not self.shows(code))

    @property
    def clear_view(self) -> bool:
        """Whether nothing is hidden and the view has no fault."""
        return not self.hidden and not self.faults

    def part(self, name: str) -> str:
        """Return the state of one of ``PARTS`` in words: "raised and lowered", "level" or "hidden"."""
        if not any(self.shows(code) for code in PART_UNITS[name]):
            return "hidden"
        states = [words for code, words in _STATES[name] if code in self.active]
        if "closed" in states and (self.units or {})[_LIDS].band < _CLOSED:
            states[states.index("closed")] = "lids lowered"
        if name == "mouth":
            states = states[:1]
        elif states[:2] == ["inner ends raised", "outer ends raised"]:
            states[:2] = ["raised"]
        return " and ".join(states) or _AT_REST[name]


def given_line(reading: FaceReading, style: str) -> str:
    """Return the part of the line that is given to a model; "" if there is none.

    style: one of ``READING_STYLES``.
    """
    return measured_line(reading) if style == "measured" else view_line(reading)


def measured_line(reading: FaceReading) -> str:
    """Return the units and parts of a face, and the view, in one line.

    "AU6 C, AU12 D left, AU25 B unsure. Brows level, eyes open, ... View: turned left."
    """
    return " ".join(filter(None, (movement_line(reading), view_line(reading))))


def is_measured_line(given: str) -> bool:
    """Return whether a line that was given to a model is a ``measured_line``.

    Such a model is told the measured units before each answer, except without the prior of the face: it is
    then told "No landmarks.".
    """
    return given.startswith(("AU", "No units", "No landmarks"))


def movement_line(reading: FaceReading) -> str:
    """Return the units and parts of a face in one line, without the view."""
    return " ".join(filter(None, (_units(reading), _parts(reading))))


def view_line(reading: FaceReading) -> str:
    """Return what limits the view: "View: mouth hidden, dark.", or "" if nothing does."""
    limits = (*_hidden_parts(reading.hidden), *reading.faults)
    return f"View: {', '.join(limits)}." if limits else ""


def emotion_line(reading: FaceReading) -> str:
    """Return the emotion: "Happiness clear, then surprise.", or "" if it is unknown."""
    if reading.emotion is None:
        return ""
    second = f", then {reading.second}" if reading.second else ""
    return f"{reading.emotion.capitalize()} {reading.certainty}{second}."


def _units(reading: FaceReading) -> str:
    if reading.units is None:
        return "No landmarks."
    return (", ".join(_unit(code, reading.units[code]) for code in reading.active) or "No units") + "."


def _unit(code: int, unit: UnitReading) -> str:
    marks = (f"AU{code} {unit.level}", unit.stronger_side or "", "" if unit.sure else "unsure")
    return " ".join(filter(None, marks))


def _parts(reading: FaceReading) -> str:
    if reading.units is None:
        return ""
    return ", ".join(f"{name} {reading.part(name)}" for name in PARTS).capitalize() + "."


def _hidden_parts(hidden: frozenset[str]) -> list[str]:
    """Name hidden regions: "eyes hidden", "left eye hidden"."""
    names = {"brow": "brows", "eye": "eyes", "mouth": "mouth"}
    found = []
    for part, plural in names.items():
        sides = [side for side in SIDES if f"{part}_{side}" in hidden]
        if len(sides) == len(SIDES):
            found.append(f"{plural} hidden")
        elif sides:
            found.append(f"{sides[0]} {'side of the mouth' if part == 'mouth' else part} hidden")
    if "nose" in hidden:
        found.append("nose hidden")
    return found
