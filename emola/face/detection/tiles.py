"""The square tiles in which a picture is searched for faces that are too small to be seen from afar."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from emola.face.crop import UprightSquare

LARGE = 480
"""Pictures whose shorter side is at least so long are searched in halves, whatever was found."""
_STRIP = 1.6  # a picture whose long side is so many short sides is searched in squares
_SMALLEST_STRIP = 20  # a picture with a shorter side in pixels is not searched in tiles
_SMALLEST_TILE = 112
_FACES_IN_TILE = 7.0  # a tile is searched for faces down to this part of its side
_BACKGROUND = 0.25  # faces smaller than this part of the largest are not searched for


def tile_sides(size: tuple[int, int], largest: float, *, turned: bool = False) -> Iterator[float]:
    """Sides of the tiles for a picture whose largest face has a known side, from large to small.

    The tiles of the short side and beyond serve long pictures, and those whose largest face is turned; others
    were searched whole, and in halves if they were large enough.
    """
    short, long = min(size), max(size)
    if short < _SMALLEST_STRIP:
        return
    strip = long > _STRIP * short
    first = 0 if strip or turned else 1 if short < LARGE else 2
    smallest = max(_SMALLEST_TILE, _BACKGROUND * largest * _FACES_IN_TILE)
    calls = 0
    for side in [*([1.5 * short] if strip else []), *(short / 2**power for power in range(first, 12))]:
        calls += len(tiles(size, side))
        if (side < short and side < smallest) or calls > max_tiles(size):
            return
        yield side


def max_tiles(size: tuple[int, int]) -> int:
    """The most tiles that are searched: they grow with the root of the area, and with the length of a strip.

    120 up to a megapixel, 415 for 12 megapixels, 600 from 25 megapixels; two more for each square that a
    picture is long, up to 1000. A tile takes about 5 milliseconds.
    """
    pixels, squares = size[0] * size[1], max(size) / min(size)
    return int(120 * min(5.0, max(1.0, math.sqrt(pixels / 1e6))) + min(1000.0, 2 * squares))


def tiles(size: tuple[int, int], side: float, turn: float = 0.0) -> list[UprightSquare]:
    """Squares that cover a picture and overlap by a third or more.

    turn: degrees by which each is turned clockwise; it is then larger, so that it covers its tile.
    """
    along = []
    for length in size:
        steps = math.ceil(max(0.0, length - side) / (side * 2 / 3))
        along.append(np.linspace(side / 2, length - side / 2, steps + 1) if steps else [length / 2])
    angle = math.radians(turn)
    grown = side * (abs(math.cos(angle)) + abs(math.sin(angle)))
    return [UprightSquare.turned(np.array([x, y]), grown, turn) for y in along[1] for x in along[0]]
