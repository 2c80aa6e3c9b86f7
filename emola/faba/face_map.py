"""Twelve regions of the face, and the action units that move each of them.

The regions are finer than those of :mod:`emola.faba.regions`, which tell what can be hidden. Their outlines
are in ``emola.face.face_map``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from emola.faba.regions import SIDES, region


class FaceRegion(NamedTuple):
    """A part of the face.

    key: identifier. name: English name. sided: whether there is one on each side. units: the units that show
    there; first those whose main region it is, the most common ones first.
    """

    key: str
    name: str
    sided: bool
    units: tuple[int, ...]

    @property
    def sides(self) -> tuple[str | None, ...]:
        """The subject's sides on which there is such a region, ``(None,)`` for one in the middle."""
        return SIDES if self.sided else (None,)

    def is_hidden(self, side: str | None, hidden: Collection[str]) -> bool:
        """Return whether the region cannot be seen on a side.

        hidden: hidden regions of :data:`emola.faba.regions.REGIONS`. A region in the middle is hidden when
        both of its sides are.
        """
        return all(region(self.units[0], part) in hidden for part in ((side,) if side else SIDES))


_NAMES = {
    "inner_brow": "inner brow",
    "outer_brow": "outer brow",
    "glabella": "glabella",
    "upper_lid": "upper lid",
    "lower_lid": "lower lid",
    "cheek": "cheek",
    "nose": "nose",
    "upper_lip": "upper lip",
    "lips": "lips",
    "lip_corner": "lip corner",
    "chin": "chin",
    "jaw": "jaw",
}

_IN_THE_MIDDLE = frozenset({"glabella", "nose", "lips", "chin", "jaw"})

# The main region of each unit first. The order of the units is their order within a region.
_REGIONS: dict[int, tuple[str, ...]] = {
    1: ("inner_brow",),
    2: ("outer_brow",),
    4: ("glabella", "inner_brow"),
    5: ("upper_lid",),
    43: ("upper_lid",),
    45: ("upper_lid",),
    7: ("lower_lid", "upper_lid"),
    6: ("cheek", "lower_lid"),
    9: ("nose",),
    10: ("upper_lip",),
    11: ("upper_lip", "cheek"),
    12: ("lip_corner", "cheek"),
    15: ("lip_corner",),
    14: ("lip_corner",),
    20: ("lip_corner", "lips"),
    13: ("lip_corner",),
    25: ("lips",),
    24: ("lips",),
    23: ("lips",),
    16: ("lips",),
    18: ("lips",),
    22: ("lips",),
    28: ("lips",),
    17: ("chin",),
    26: ("jaw",),
    27: ("jaw", "lips"),
}


def regions_of(code: int) -> tuple[str, ...]:
    """Return the keys of the regions in which a unit shows, its main region first.

    Raises KeyError for a unit that is not in the catalogue.
    """
    return _REGIONS[code]


def _region(key: str) -> FaceRegion:
    shown = [code for code in _REGIONS if key in _REGIONS[code]]
    units = sorted(shown, key=lambda code: _REGIONS[code][0] != key)
    return FaceRegion(key, _NAMES[key], key not in _IN_THE_MIDDLE, tuple(units))


FACE_REGIONS: dict[str, FaceRegion] = {key: _region(key) for key in _NAMES}
"""The regions by key, from the brows down to the jaw."""
