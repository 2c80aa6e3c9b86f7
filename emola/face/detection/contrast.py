"""Contrast stretching of dark or flat images.

Among 492 faces of three data sets that resemble the training data, the 95th percentile of the grey levels is
never below 105, and the range from the 5th to the 95th percentile never below 72. Faces below 100 or 60 are
read from a stretched copy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from emola.face.arrays import FloatArray

_DARK = 100  # 95th percentile of the grey levels below which a face is dark
_FLAT = 60  # range from the 5th to the 95th percentile below which a face is flat
_USUAL = (25.0, 190.0)  # 5th and 95th percentile of a usual face: medians over the example photos
_MAX_GAIN = 16.0  # above this gain only noise appears


class Levels(NamedTuple):
    """Grey levels of an image that become black and white in its stretched copy; may lie outside 0 to 255."""

    black: float
    white: float

    def stretch(self, image: Image.Image) -> Image.Image:
        """Return a copy of an RGB image with all channels stretched linearly."""
        values = (np.arange(256) - self.black) * (255 / (self.white - self.black))
        table = np.clip(np.rint(values), 0, 255).astype(int).tolist()
        return image.point(table * 3)


def stretch_levels(image: Image.Image, box: FloatArray | None = None) -> Levels | None:
    """Return the levels that give a region of an RGB image the contrast of a usual face.

    box: (4,) x0, y0, x1, y1 in image pixels; the whole image if None. Returns None if the region needs no
    stretching or has too little contrast for it.
    """
    width, height = image.size
    x0, y0, x1, y1 = (0, 0, width, height) if box is None else (round(float(v)) for v in box)
    x0, x1 = (min(max(x, 0), width) for x in (x0, x1))
    y0, y1 = (min(max(y, 0), height) for y in (y0, y1))
    if x1 <= x0 or y1 <= y0:
        return None
    part = image.reduce(max(1, max(x1 - x0, y1 - y0) // 256), (x0, y0, x1, y1))
    low, high = (float(level) for level in np.percentile(np.asarray(part.convert("L")), [5, 95]))
    if high >= _DARK and high - low >= _FLAT:
        return None
    slope = (high - low) / (_USUAL[1] - _USUAL[0])
    if slope * _MAX_GAIN < 1:
        return None
    return Levels(low - slope * _USUAL[0], high + slope * (255 - _USUAL[1]))
