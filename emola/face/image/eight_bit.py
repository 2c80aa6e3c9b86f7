"""Pictures of any depth as eight bits.

A file or array does not say which level is white: cameras of 10, 12 or 14 bits write into files of 16, and
thermal cameras write temperatures. The rule:

1. Integers from 0 to 255, and floats that are such integers, are eight bits: nothing is changed. So are the
   same levels times 256 or 257, an eight-bit picture saved as 16 bits.
2. Floats from 0 to 1 are scaled by 255; those from -1 to 1 are shifted first. One tenth of overshoot, as
   interpolation leaves, is cut off.
3. Otherwise white is the smallest usual full scale, of 8, 10, 12, 14 or 16 bits, that holds the highest
   level.
4. Where the levels use less than a fifth of that, or are negative or higher, they are stretched: the lowest
   becomes black and the highest white.

Lowest and highest leave out one level in a thousand on each side: a sensor has dead pixels. NaN is black.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from emola.errors import ImageError

__all__ = ["FULL_SCALES", "to_eight_bits"]

FULL_SCALES = (255, 1023, 4095, 16383, 65535)
_OVERSHOOT = 0.1
_NARROW = 1 / 5
_SAMPLE = 1_000_000
_STRIP = 1_000_000

_Levels = np.ndarray[Any, np.dtype[Any]]


def to_eight_bits(levels: _Levels, full: float | None = None) -> npt.NDArray[np.uint8]:
    """Integers, floats or booleans of shape (H, W) or (H, W, C) as uint8 of the same shape.

    ``full`` is the level of white where the file says it. Raises ImageError when there is no finite level.
    """
    if levels.dtype == np.uint8 and full in (None, 255):
        return levels
    low, high = (0.0, full) if full is not None else _black_and_white(levels)
    short = levels.dtype.kind == "u" and levels.itemsize <= 2
    table = _scaled(np.arange(65536), low, high) if short else None
    out = np.empty(levels.shape, np.uint8)
    rows = max(1, _STRIP // max(1, levels[0].size))  # in strips: a double takes eight bytes
    for top in range(0, len(levels), rows):
        strip = levels[top : top + rows]
        out[top : top + rows] = table[strip] if table is not None else _scaled(strip, low, high)
    return out


def _scaled(levels: _Levels, low: float, high: float) -> npt.NDArray[np.uint8]:
    """From ``low`` to ``high`` as from 0 to 255."""
    with np.errstate(all="ignore"):  # infinite levels
        scaled = (levels.astype(np.float64) - low) * (255 / (high - low))
    np.nan_to_num(scaled, copy=False, nan=0.0, posinf=255.0, neginf=0.0)
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def _black_and_white(levels: _Levels) -> tuple[float, float]:
    """The levels of black and white."""
    if levels.dtype.kind == "b":
        return 0.0, 1.0
    sample = _sample(levels)
    if (white := _white_of_eight_bits(levels, sample)) is not None:
        return 0.0, white
    low, high = (float(level) for level in np.percentile(sample, (0.1, 99.9)))
    if levels.dtype.kind == "f" and low >= -1 - _OVERSHOOT and high <= 1 + _OVERSHOOT:
        return (0.0, 1.0) if low >= -_OVERSHOOT else (-1.0, 1.0)
    full = next((float(full) for full in FULL_SCALES if high <= 1.02 * full), high)
    if low >= -0.02 * full and high - low >= _NARROW * full:
        return 0.0, full
    if high == low:  # one colour: nothing to stretch
        return (0.0, full) if low >= 0 else (low, low + 1)
    return low, high


def _sample(levels: _Levels) -> npt.NDArray[np.float64]:
    """About a million finite levels, evenly spread."""
    step = max(1, int((levels.size / _SAMPLE) ** 0.5))
    sample = levels[::step, ::step].astype(np.float64)
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        raise ImageError("The picture holds no finite level.")
    return sample


def _white_of_eight_bits(levels: _Levels, sample: npt.NDArray[np.float64]) -> float | None:
    """The level of white, if the levels are 0 to 255 times 1, 256 or 257."""
    whole = levels.dtype.kind in "iu"
    # One integer over 255 counts, so that all are looked at, which takes no memory.
    low, high = (levels.min(), levels.max()) if whole else (sample.min(), sample.max())
    if low < 0 or (high <= 1 and not whole):
        return None
    fits = (step for step in (1, 256, 257) if high <= 255 * step and not (sample % step).any())
    return next((255.0 * step for step in fits), None)
