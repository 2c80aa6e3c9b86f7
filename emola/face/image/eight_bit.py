"""Reduction of images of any bit depth to eight bits.

Neither a file nor an array states which level is white: cameras with 10, 12 or 14 bits write 16-bit files,
and thermal cameras write temperatures. The rules:

1. Integers from 0 to 255, as integers or floats, are eight-bit levels and stay unchanged. The same levels
   times 256 or 257 are an eight-bit image saved with 16 bits.
2. Floats from 0 to 1 are multiplied by 255; floats from -1 to 1 are shifted to 0 to 1 first. Overshoot of up
   to one tenth, as interpolation leaves, is clipped.
3. Otherwise white is the smallest full scale of 8, 10, 12, 14 or 16 bits that includes the highest level.
4. If the levels span less than a fifth of that scale, or lie outside it, they are stretched: the lowest
   becomes black and the highest white.

Lowest and highest are the 0.1st and 99.9th percentile, since sensors have dead pixels. NaN becomes black.
"""

from __future__ import annotations

import numpy as np

from emola.errors import ImageError
from emola.face.arrays import AnyArray, ByteArray, FloatArray

__all__ = ["FULL_SCALES", "to_eight_bits"]

FULL_SCALES = (255, 1023, 4095, 16383, 65535)
"""White levels of 8, 10, 12, 14 and 16 bits."""
_OVERSHOOT = 0.1
_NARROW = 1 / 5
_SAMPLE_SIZE = 1_000_000
_STRIP_SIZE = 1_000_000


def to_eight_bits(levels: AnyArray, white: float | None = None) -> ByteArray:
    """Convert levels of shape (H, W) or (H, W, C) to uint8.

    levels: integers, floats or booleans. white: the white level if the file states it. Raises ImageError if
    no level is finite.
    """
    if levels.dtype == np.uint8 and white in (None, 255):
        return levels
    low, high = (0.0, white) if white is not None else _black_and_white(levels)
    short = levels.dtype.kind == "u" and levels.itemsize <= 2
    table = _scale(np.arange(65536), low, high) if short else None
    out = np.empty(levels.shape, np.uint8)
    rows = max(1, _STRIP_SIZE // max(1, levels[0].size))  # in strips, because float64 takes eight bytes
    for top in range(0, len(levels), rows):
        strip = levels[top : top + rows]
        out[top : top + rows] = table[strip] if table is not None else _scale(strip, low, high)
    return out


def _scale(levels: AnyArray, low: float, high: float) -> ByteArray:
    """Map ``low`` to 0 and ``high`` to 255, and clip."""
    with np.errstate(all="ignore"):  # infinite levels
        scaled = (levels.astype(np.float64) - low) * (255 / (high - low))
    np.nan_to_num(scaled, copy=False, nan=0.0, posinf=255.0, neginf=0.0)
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def _black_and_white(levels: AnyArray) -> tuple[float, float]:
    """Return the black and the white level, by the rules of this module."""
    if levels.dtype.kind == "b":
        return 0.0, 1.0
    sample = _sample(levels)
    if (white := _eight_bit_white(levels, sample)) is not None:
        return 0.0, white
    low, high = (float(level) for level in np.percentile(sample, (0.1, 99.9)))
    if levels.dtype.kind == "f" and low >= -1 - _OVERSHOOT and high <= 1 + _OVERSHOOT:
        return (0.0, 1.0) if low >= -_OVERSHOOT else (-1.0, 1.0)
    full = next((float(full) for full in FULL_SCALES if high <= 1.02 * full), high)
    if low >= -0.02 * full and high - low >= _NARROW * full:
        return 0.0, full
    if high == low:  # a uniform image cannot be stretched
        return (0.0, full) if low >= 0 else (low, low + 1)
    return low, high


def _sample(levels: AnyArray) -> FloatArray:
    """Return about a million finite levels, evenly spread over the image."""
    step = max(1, int((levels.size / _SAMPLE_SIZE) ** 0.5))
    sample = levels[::step, ::step].astype(np.float64)
    finite: FloatArray = sample[np.isfinite(sample)]
    if not finite.size:
        raise ImageError("The picture holds no finite level.")
    return finite


def _eight_bit_white(levels: AnyArray, sample: FloatArray) -> float | None:
    """Return the white level if the levels are 0 to 255 times 1, 256 or 257, else None."""
    integers = levels.dtype.kind in "iu"
    # One integer above 255 is enough to decide, so integers are not sampled; min and max need no memory.
    low, high = (levels.min(), levels.max()) if integers else (sample.min(), sample.max())
    if low < 0 or (high <= 1 and not integers):
        return None
    factors = (f for f in (1, 256, 257) if high <= 255 * f and not (sample % f).any())
    return next((255.0 * factor for factor in factors), None)
