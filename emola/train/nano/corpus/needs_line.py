"""Parser of the ``needs:`` line of a written exchange.

Items are separated by ";" or ","; "not", "not candidate" and "hidden" hold for the following
items too, up to the next ";"::

    AU6, AU12 C-E, AU25 B sure, AU4 left    active: at such levels, surely, stronger on that side
    not AU4, AU9                            visible and inactive
    only                                    every unit that is not listed is visible and inactive
    happiness clear/likely; then fear       the emotion, how certain it is, and the second candidate
    no second; not candidate anger          no second candidate; anger is neither first nor second
    hidden mouth; dark; turned left         hidden parts, faults of the view
    visible                                 nothing is hidden and the view has no fault
    no landmarks                            no unit is known
"""

from __future__ import annotations

import re

from emola.errors import DataError
from emola.faba import EMOTIONS, NANO_AUS
from emola.faba.face_reading import CERTAINTIES, LEVELS
from emola.faba.regions import PARTS, SIDES
from emola.train.nano.corpus.facts import HIDEABLE, SIDED_AUS
from emola.train.nano.corpus.requirements import (
    FAULTS,
    Requirements,
    UnitRequirement,
)

__all__ = ["parse_requirements"]

_LEVELS = re.compile(r"([A-E])(?:([+-])|-([A-E]))?")


def parse_requirements(text: str) -> Requirements:
    """Parse the items of a ``needs:`` line. Raises DataError with the reason if it is invalid."""
    parser = _Parser()
    for group in text.split(";"):
        prefix = ""
        for item in group.split(","):
            words = " ".join(item.split())
            if words:
                prefix = parser.add(words, prefix)
            elif text.strip():
                raise DataError("there is an empty item in the needs")
    return parser.finish()


class _Parser:
    """Collects the items of a line."""

    def __init__(self) -> None:
        self.units: dict[int, UnitRequirement] = {}
        self.inactive: set[int] = set()
        self.emotion: tuple[str, tuple[str, ...]] | None = None
        self.second: str | None = None
        self.excluded: set[str] = set()
        self.hidden: set[str] = set()
        self.faults: list[str] = []
        self.flags: set[str] = set()

    def add(self, item: str, prefix: str) -> str:
        """Add an item; return the prefix that holds for the items after it."""
        for word in ("not candidate", "not", "hidden"):
            if item.startswith(f"{word} "):
                prefix, item = word, item[len(word) + 1 :]
                break
        else:
            carries = {"not candidate": item in EMOTIONS, "not": bool(re.fullmatch(r"AU\d+", item))}
            if prefix and not carries.get(prefix, item in HIDEABLE):
                prefix = ""
        if prefix == "not candidate":
            self.excluded.add(_emotion(item))
        elif prefix == "not":
            self._unit_once(code := _code(item))
            self.inactive.add(code)
        elif prefix == "hidden":
            if item not in HIDEABLE:
                raise DataError(f"{item!r} cannot be hidden; {', '.join(HIDEABLE)} can")
            self.hidden.add(item)
        else:
            self._add_plain(item)
        return prefix

    def _add_plain(self, item: str) -> None:
        words = item.split()
        if item.startswith("AU"):
            self._unit_once(code := _code(words[0]))
            self.units[code] = _unit(code, words[1:])
        elif words[0] in EMOTIONS:
            if self.emotion:
                raise DataError(f"two emotions are required: {self.emotion[0]} and {item}")
            self.emotion = (words[0], _certainties(words[1:]))
        elif words[0] == "then":
            if self.second:
                raise DataError("two second candidates are required")
            self.second = _emotion(" ".join(words[1:]))
        elif item in FAULTS:
            self.faults.append(item)
        elif item in ("only", "visible", "no second", "no landmarks"):
            self.flags.add(item)
        else:
            raise DataError(f"{item!r} is not an item of the needs")

    def _unit_once(self, code: int) -> None:
        if code in self.units or code in self.inactive:
            raise DataError(f"AU{code} is required twice")

    def finish(self) -> Requirements:
        """Return the requirements. Raises DataError if no face can meet them."""
        emotion, certainties = self.emotion or (None, ())
        needs = Requirements(
            self.units,
            frozenset(self.inactive),
            "only" in self.flags,
            emotion,
            certainties,
            self.second,
            "no second" in self.flags,
            frozenset(self.excluded),
            frozenset(self.hidden),
            tuple(self.faults),
            "visible" in self.flags,
            "no landmarks" in self.flags,
        )
        if conflict := _conflict(needs):
            raise DataError(conflict)
        return needs


def _conflict(needs: Requirements) -> str | None:
    """Return why no face can meet the requirements, or None."""
    limited = needs.hidden or needs.faults
    hidden = [
        code
        for code in (*needs.active, *needs.inactive)
        if all(f"{PARTS[code]}_{side}" in needs.hidden_regions for side in SIDES)
        or PARTS[code] in needs.hidden_regions
    ]
    conflicts = {
        "AU26 and AU27 are not active together": {26, 27} <= needs.active.keys(),
        f"AU{hidden[0] if hidden else ''} cannot be known where its region is hidden": bool(hidden),
        "no unit is known without landmarks": needs.no_landmarks
        and bool(needs.active or needs.inactive or needs.only),
        "'only' and 'hidden' exclude each other": needs.only and bool(needs.hidden),
        "'visible' excludes hidden parts and faults": needs.visible and bool(limited),
        "no unit is sure where a part is hidden or the view has a fault": bool(limited)
        and any(unit.sure for unit in needs.active.values()),
        "the second candidate is the emotion itself": needs.second is not None
        and needs.second == needs.emotion,
        "there is a second candidate and none": needs.second is not None and needs.no_second,
        "an excluded emotion is a candidate": bool(needs.excluded & {needs.emotion, needs.second}),
    }
    return next((reason for reason, found in conflicts.items() if found), None)


def _code(word: str) -> int:
    match = re.fullmatch(r"AU(\d{1,2})", word)
    if not match or int(match[1]) not in NANO_AUS:
        raise DataError(f"{word!r} is not an action unit that a reading has")
    return int(match[1])


def _emotion(word: str) -> str:
    if word not in EMOTIONS:
        raise DataError(f"{word!r} is not an emotion; they are {', '.join(EMOTIONS)}")
    return word


def _certainties(words: list[str]) -> tuple[str, ...]:
    named = words[0].split("/") if words else []
    if len(words) > 1 or not set(named) <= set(CERTAINTIES) or len(set(named)) < len(named):
        raise DataError(f"{' '.join(words)!r} is not a certainty; they are {', '.join(CERTAINTIES)}")
    return tuple(named)


def _unit(code: int, words: list[str]) -> UnitRequirement:
    """Parse what follows a code: "C-E sure left"."""
    levels, sure, side = None, None, None
    for word in words:
        if levels is None and (match := _LEVELS.fullmatch(word)):
            levels = _level_range(match)
        elif sure is None and word in ("sure", "unsure"):
            sure = word == "sure"
        elif side is None and word in (*SIDES, "even") and code in SIDED_AUS:
            side = word
        else:
            raise DataError(f"{word!r} cannot be required of AU{code}")
    return UnitRequirement(levels or LEVELS, sure, side)


def _level_range(match: re.Match[str]) -> str:
    first, sign, last = match.groups()
    start = 0 if sign == "-" else LEVELS.index(first)
    end = LEVELS.index(last) if last else len(LEVELS) - 1 if sign == "+" else LEVELS.index(first)
    if end < start:
        raise DataError(f"{match.group()!r} is not a range of levels")
    return LEVELS[start : end + 1]
