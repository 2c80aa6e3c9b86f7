"""Regions of the face that must be visible to judge an action unit, for the subject's right and left side.

The region of a unit is where its muscle moves the skin, see :mod:`emola.faba.action_units`.
"""

from __future__ import annotations

SIDES = ("right", "left")
"""Sides of the face, from the subject's point of view."""

REGIONS = ("brow_right", "brow_left", "eye_right", "eye_left", "nose", "mouth_right", "mouth_left")
"""Regions that can be hidden. The brows include the forehead above them, the mouth includes the chin."""

PARTS: dict[int, str] = {
    **dict.fromkeys((1, 2, 4), "brow"),
    **dict.fromkeys((5, 6, 7, 43, 45), "eye"),
    9: "nose",
    **dict.fromkeys((10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 26, 27, 28), "mouth"),
}
"""Part of the face that shows each action unit."""


def region(au: int, side: str) -> str:
    """Return the region that shows a unit on one side: ``region(12, "left")`` is "mouth_left".

    Raises KeyError for a unit that is not in :data:`PARTS`.
    """
    part = PARTS[au]
    return part if part in REGIONS else f"{part}_{side}"
