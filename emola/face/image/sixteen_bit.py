"""Levels of more than eight bits in files that Pillow would cut to eight, or read slowly."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from emola.face.image.eight_bit import FULL_SCALES, to_eight_bits

__all__ = ["read_portable_map", "restore_low_bytes"]

_ORDERS = {"L": "B", "B": "L", "N": "B" if sys.byteorder == "little" else "L"}
_LOW_BYTES = {
    f"{mode};16{order}": f"{mode};16{other}"
    for mode in ("RGB", "RGBA", "RGBX")
    for order, other in _ORDERS.items()
}
"""Pillow keeps the high bytes of 16-bit colours; told the other byte order, it keeps the low ones."""
_ROWS = 64

_Bytes = npt.NDArray[np.uint8]


def read_portable_map(image: ImageFile.ImageFile, data: bytes) -> Image.Image | None:
    """A PGM or PPM with an unusual level of white, which Pillow would decode pixel by pixel; None for others.

    image: the header. data: the whole file. Raises ValueError for a file that is too short.
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
    """Scale 16-bit colours that use fewer bits, in place; other pictures are not changed.

    image: as Pillow reads it, with the high bytes of the colours. tiles: its tiles before it was loaded.
    reopen: gives the same picture anew, not loaded.
    """
    if not tiles or not {_rawmode(tile) for tile in tiles} <= _LOW_BYTES.keys():
        return
    extrema: Any = image.getextrema()
    highest = max(high for _, high in extrema[:3])
    if highest >= 64:  # all bits are used
        return
    low = reopen()
    low.tile = [_with_low_bytes(tile) for tile in tiles]
    low.load()
    if all(np.array_equal(high, part) or not part.any() for _, high, part in _strips(image, low)):
        return  # eight bits, saved as sixteen
    white = next(full for full in FULL_SCALES if full >= 256 * highest + 255)
    for top, high, low_bytes in _strips(image, low):
        colours = to_eight_bits(256 * high[..., :3].astype(np.uint16) + low_bytes[..., :3], white)
        image.paste(Image.fromarray(np.dstack([colours, high[..., 3:]])), (0, top))


def _rawmode(tile: Any) -> str | None:
    """How the bytes of a tile are read."""
    args = tile[3]
    return args[0] if isinstance(args, tuple) and args else args


def _with_low_bytes(tile: Any) -> Any:
    """The tile, read with the other byte order."""
    codec, extents, offset, args = tile
    low = _LOW_BYTES[_rawmode(tile) or ""]
    return type(tile)(codec, extents, offset, (low, *args[1:]) if isinstance(args, tuple) else low)


def _strips(first: Image.Image, second: Image.Image) -> Iterator[tuple[int, _Bytes, _Bytes]]:
    """The same rows of two pictures as arrays, with the number of the first row."""
    for top in range(0, first.height, _ROWS):
        box = (0, top, first.width, min(top + _ROWS, first.height))
        yield top, np.asarray(first.crop(box)), np.asarray(second.crop(box))
