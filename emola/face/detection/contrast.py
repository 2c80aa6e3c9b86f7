"""Pictures too dark or too flat to be read as they are, and their stretched copies.

Of 492 faces of three data sets like those that the models were trained on, none has a 95th percentile of its
grey levels below 105, and none a range below 72 from the 5th to the 95th percentile. Below 100 and 60 a face
is read from a stretched copy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

_DARK = 100  # 95th percentile of the grey levels of a dark face
_FLAT = 60  # range from the 5th to the 95th percentile of a flat face
_USUAL = (25.0, 190.0)  # 5th and 95th percentile of a usual face: medians of the example photos
_STEEPEST = 16.0  # largest stretching factor: beyond it only noise shows


class Levels(NamedTuple):
    """Grey levels of a picture, 0 to 255 or beyond, that become black and white in its stretched copy."""

    black: float
    white: float

    def stretch(self, image: Image.Image) -> Image.Image:
        """A copy of an RGB picture whose levels are stretched linearly, alike in all colours."""
        values = (np.arange(256) - self.black) * (255 / (self.white - self.black))
        table = np.clip(np.rint(values), 0, 255).astype(int).tolist()
        return image.point(table * 3)


def stretch_levels(image: Image.Image, box: np.ndarray | None = None) -> Levels | None:
    """The levels that make a part of a picture as light as a usual face; None where it is light enough.

    box: (4,) picture pixels, x0 y0 x1 y1; the whole picture without it.
    """
    width, height = image.size
    x0, y0, x1, y1 = (0, 0, width, height) if box is None else (round(float(v)) for v in box)
    x0, x1 = (min(max(x, 0), width) for x in (x0, x1))
    y0, y1 = (min(max(y, 0), height) for y in (y0, y1))
    if x1 <= x0 or y1 <= y0:
        return None
    part = image.reduce(max(1, max(x1 - x0, y1 - y0) // 256), (x0, y0, x1, y1))
    low, high = np.percentile(np.asarray(part.convert("L")), [5, 95])
    if high >= _DARK and high - low >= _FLAT:
        return None
    slope = (high - low) / (_USUAL[1] - _USUAL[0])
    if slope * _STEEPEST < 1:
        return None
    return Levels(low - slope * _USUAL[0], high + slope * (255 - _USUAL[1]))
