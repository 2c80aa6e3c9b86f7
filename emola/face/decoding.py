"""The bytes of a picture's file, decoded within limits of memory and time."""

from __future__ import annotations

from PIL import Image, ImageFile

from emola.errors import ImageError
from emola.face.colour import plain_rgb
from emola.face.depth import deepen, from_portable_map
from emola.face.formats import FORMATS, Format, format_of, open_header
from emola.face.jpeg import scans
from emola.face.memory import large_picture

__all__ = ["MAX_PIXELS", "MIN_SIDE", "check_size", "decode"]

MAX_PIXELS = 64_000_000
"""A larger picture is refused before it is decoded, or a JPEG decoded at half its scale.

The sensors of phones and cameras have 48, 50 or 61 megapixels. A decoded picture takes four bytes a pixel.
"""
MIN_SIDE = 16
"""A picture with a shorter side, in pixels, has no face that could be read."""
_MAX_JPEG_PIXELS = 4 * MAX_PIXELS  # half the width and half the height are within MAX_PIXELS
_MAX_SCANS = 100  # a progressive JPEG has about ten


def decode(data: bytes, label: str) -> Image.Image:
    """A file as plain RGB. Raises ImageError, or whatever its decoder raises for a damaged file."""
    format_ = format_of(data)
    if format_ is None:
        names = ", ".join(known.name for known in FORMATS)
        raise ImageError(f"{label} is not a picture in a format that can be read: {names}.")
    image = open_header(data, format_)
    if format_.name == "JPEG":
        _prepare_jpeg(image, data)
    width, height = image.size
    check_size(width, height)
    with large_picture(width * height):
        return _load(image, data, format_)


def check_size(width: int, height: int, limit: int | None = None) -> None:
    """Raise ImageError unless a picture of these pixels can be read; the limit is ``MAX_PIXELS``."""
    if width * height > (MAX_PIXELS if limit is None else limit):
        raise ImageError(
            f"The picture is too large: {width} x {height} pixels, and at most {MAX_PIXELS // 1_000_000} "
            f"megapixels can be read ({_MAX_JPEG_PIXELS // 1_000_000} in a JPEG that is not progressive)."
        )
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The picture is too small: {width} x {height} pixels, and {MIN_SIDE} are needed.")


def _prepare_jpeg(image: ImageFile.ImageFile, data: bytes) -> None:
    """Halve the scale of a large JPEG; refuse one that takes too much memory or time."""
    width, height = image.size
    count, by_line = scans(data)
    if count > _MAX_SCANS:
        raise ImageError(f"The picture is a JPEG of more than {_MAX_SCANS} scans: save it anew.")
    check_size(width, height, _MAX_JPEG_PIXELS if by_line else MAX_PIXELS)
    if width * height > MAX_PIXELS:
        image.draft(None, (width // 2, height // 2))


def _load(image: ImageFile.ImageFile, data: bytes, format_: Format) -> Image.Image:
    if format_.name == "PGM/PPM" and (picture := from_portable_map(image, data)):
        return picture
    tiles = list(image.tile)
    image.load()
    check_size(*image.size)  # a header may lie about the size
    deepen(image, tiles, lambda: open_header(data, format_))
    return plain_rgb(image, owned=True)
