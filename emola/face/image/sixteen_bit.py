"""Images of more than eight bits that Pillow truncates to eight bits or decodes slowly."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image, ImageFile

from emola.face.arrays import ByteArray
from emola.face.image.eight_bit import FULL_SCALES, to_eight_bits

__all__ = ["read_portable_map", "restore_low_bytes"]

_OPPOSITE_ORDERS = {"L": "B", "B": "L", "N": "B" if sys.byteorder == "little" else "L"}
_LOW_BYTE_MODES = {
    f"{mode};16{order}": f"{mode};16{opposite}"
    for mode in ("RGB", "RGBA", "RGBX")
    for order, opposite in _OPPOSITE_ORDERS.items()
}
"""Raw modes of 16-bit colours, from which Pillow keeps the high bytes, to those that give the low bytes."""
_STRIP_ROWS = 64


def read_portable_map(image: ImageFile.ImageFile, data: bytes) -> Image.Image | None:
    """Read a PGM or PPM file with an unusual white level, which Pillow would decode pixel by pixel.

    image: the opened header. data: the whole file. Returns None for other files. Raises ValueError if the
    file is too short.
    """
    tile: Any = image.tile[0]
    codec, _, offset, args = tile
    if codec != "ppm":
        return None
    (width, height), white = image.size, args[1]
    shape = (height, width, 3) if image.mode == "RGB" else (height, width)
    dtype = np.dtype(">u2" if white > 255 else np.uint8)
    levels = np.frombuffer(data, dtype, math.prod(shape), offset).reshape(shape)
    return Image.fromarray(to_eight_bits(levels, None if white == 65535 else white)).convert("RGB")


def restore_low_bytes(
    image: Image.Image, tiles: list[Any], reopen: Callable[[], ImageFile.ImageFile]
) -> None:
    """Rescale 16-bit colours that use fewer bits, in place; leave other images unchanged.

    Pillow keeps only the high byte of such colours, so an image of 10 or 12 bits comes out nearly black.

    image: loaded by Pillow. tiles: its tiles before loading. reopen: opens the same image again, unloaded.
    """
    if not tiles or not {_raw_mode(tile) for tile in tiles} <= _LOW_BYTE_MODES.keys():
        return
    extrema: Any = image.getextrema()
    highest = max(high for _, high in extrema[:3])
    if highest >= 64:  # all 16 bits are used
        return
    low = reopen()
    low.tile = [_with_low_bytes(tile) for tile in tiles]
    low.load()
    if all(np.array_equal(high, part) or not part.any() for _, high, part in _strips(image, low)):
        return  # an eight-bit image saved with 16 bits
    white = next(full for full in FULL_SCALES if full >= 256 * highest + 255)
    for top, high, low_bytes in _strips(image, low):
        colours = to_eight_bits(256 * high[..., :3].astype(np.uint16) + low_bytes[..., :3], white)
        image.paste(Image.fromarray(np.dstack([colours, high[..., 3:]])), (0, top))


def _raw_mode(tile: Any) -> str:
    """Return the raw mode of a tile, "" if it has none."""
    args = tile[3]
    return str(args[0]) if isinstance(args, tuple) and args else str(args or "")


def _with_low_bytes(tile: Any) -> Any:
    """Return the tile with the opposite byte order."""
    codec, extents, offset, args = tile
    low = _LOW_BYTE_MODES[_raw_mode(tile)]
    return type(tile)(codec, extents, offset, (low, *args[1:]) if isinstance(args, tuple) else low)


def _strips(first: Image.Image, second: Image.Image) -> Iterator[tuple[int, ByteArray, ByteArray]]:
    """Yield the top row and the pixels of matching strips of two images of equal size."""
    for top in range(0, first.height, _STRIP_ROWS):
        box = (0, top, first.width, min(top + _STRIP_ROWS, first.height))
        yield top, np.asarray(first.crop(box)), np.asarray(second.crop(box))
