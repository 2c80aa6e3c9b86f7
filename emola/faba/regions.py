"""The parts of a face that action units need in view, the subject's right and left apart.

Which parts a unit needs follows from where its muscle moves the skin (:mod:`emola.faba.action_units`).
"""

from __future__ import annotations

SIDES = ("right", "left")
"""The subject's own sides."""

REGIONS = ("brow_right", "brow_left", "eye_right", "eye_left", "nose", "mouth_right", "mouth_left")
"""The regions that can be hidden. A brow comes with the forehead above it, a mouth with the chin."""

PARTS: dict[int, str] = {
    **dict.fromkeys((1, 2, 4), "brow"),
    **dict.fromkeys((5, 6, 7, 43, 45), "eye"),
    9: "nose",
    **dict.fromkeys((10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 23, 24, 25, 26, 27, 28), "mouth"),
}
"""The part of the face in which each action unit is seen."""


def region(au: int, side: str) -> str:
    """The region in which a unit is seen on one side: ``region(12, "left")`` is "mouth_left".

    Raises KeyError for a unit that is not in :data:`PARTS`.
    """
    part = PARTS[au]
    return part if part in REGIONS else f"{part}_{side}"
