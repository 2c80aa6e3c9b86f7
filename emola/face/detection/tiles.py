"""Square tiles in which an image is searched for small faces."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from emola.face.crop import UprightSquare

LARGE_SIDE = 480
"""Shorter side, in pixels, from which the halves of an image are always searched."""
_STRIP_RATIO = 1.6  # ratio of the sides above which an image is searched in tiles of its shorter side
_SMALLEST_STRIP = 20  # pixels; images with a shorter side below this are not tiled
_SMALLEST_TILE = 112  # pixels
_TILE_OVER_FACE = 7.0  # side of a tile divided by the smallest face that is found in it
_BACKGROUND = 0.25  # faces below this fraction of the largest are background


def tile_sides(size: tuple[int, int], largest: float, *, rotated: bool = False) -> Iterator[float]:
    """Yield the sides of the tiles in which an image is searched, from large to small.

    size: width and height. largest: side of the largest face found so far, 0 if none. rotated: whether that
    face is rotated. Tiles of the whole shorter side are only needed for long images and rotated faces, since
    the search has already covered the whole image and, if it is large, its halves.
    """
    short, long = min(size), max(size)
    if short < _SMALLEST_STRIP:
        return
    strip = long > _STRIP_RATIO * short
    first = 0 if strip or rotated else 1 if short < LARGE_SIDE else 2
    smallest = max(_SMALLEST_TILE, _BACKGROUND * largest * _TILE_OVER_FACE)
    count = 0
    for side in [*([1.5 * short] if strip else []), *(short / 2**power for power in range(first, 12))]:
        count += len(tiles(size, side))
        if (side < short and side < smallest) or count > max_tiles(size):
            return
        yield side


def max_tiles(size: tuple[int, int]) -> int:
    """Return the maximum number of tiles for an image of (width, height) pixels.

    120 up to one megapixel, growing with the square root of the area to 415 at 12 and 600 from 25 megapixels,
    plus two for each time the shorter side fits into the longer one, up to 1000. A tile takes about 5 ms.
    """
    pixels, ratio = size[0] * size[1], max(size) / min(size)
    return int(120 * min(5.0, max(1.0, math.sqrt(pixels / 1e6))) + min(1000.0, 2 * ratio))


def tiles(size: tuple[int, int], side: float, rotation: float = 0.0) -> list[UprightSquare]:
    """Return squares that cover an image and overlap by a third or more.

    rotation: clockwise rotation of each square in degrees; it is then enlarged to cover its unrotated tile.
    """
    centres = []
    for length in size:
        steps = math.ceil(max(0.0, length - side) / (side * 2 / 3))
        centres.append(np.linspace(side / 2, length - side / 2, steps + 1) if steps else [length / 2])
    angle = math.radians(rotation)
    enlarged = side * (abs(math.cos(angle)) + abs(math.sin(angle)))
    xs, ys = centres
    return [UprightSquare.rotated(np.array([x, y]), enlarged, rotation) for y in ys for x in xs]
