"""Decoding of image files within limits of memory and time."""

from __future__ import annotations

from PIL import Image, ImageFile

from emola.errors import ImageError
from emola.face.image.colour import to_rgb
from emola.face.image.formats import FORMATS, Format, detect_format, open_header
from emola.face.image.jpeg import count_scans
from emola.face.image.memory import large_image_lock
from emola.face.image.sixteen_bit import read_portable_map, restore_low_bytes

__all__ = ["MAX_PIXELS", "MIN_SIDE", "check_size", "decode"]

MAX_PIXELS = 64_000_000
"""Pixel limit. A larger JPEG is decoded at half scale; other larger images are refused before decoding.

The sensors of phones and cameras have 48, 50 or 61 megapixels. A decoded image takes four bytes per pixel.
"""
MIN_SIDE = 16
"""Minimum length of the shorter side, in pixels."""
_MAX_JPEG_PIXELS = 4 * MAX_PIXELS  # MAX_PIXELS after halving both sides
_MAX_JPEG_2000_PIXELS = MAX_PIXELS // 4  # this decoder is 20 times slower than others and needs more memory
_MAX_SCANNED_PIXELS = 20 * MAX_PIXELS  # a progressive JPEG has about ten scans


def decode(data: bytes, label: str, max_pixels: int | None = None) -> Image.Image:
    """Decode an image file to RGB.

    label: name of the file in messages. max_pixels: a limit below that of the format. Raises ImageError, or
    any exception of the decoder if the file is damaged.
    """
    format_ = detect_format(data)
    if format_ is None:
        names = ", ".join(known.name for known in FORMATS)
        raise ImageError(f"{label} is not a picture in a format that can be read: {names}.")
    image = open_header(data, format_)
    width, height = image.size
    limit, kind = _pixel_limit(format_, data, width * height)
    check_size(width, height, limit if max_pixels is None else min(limit, max_pixels), kind)
    if width * height > MAX_PIXELS:
        image.draft(None, (width // 2, height // 2))
    with large_image_lock(width * height):
        return _load(image, data, format_)


def check_size(width: int, height: int, limit: int | None = None, kind: str = "picture") -> None:
    """Raise ImageError if an image is too large or too small.

    limit: maximum number of pixels, ``MAX_PIXELS`` by default. kind: description of the image in messages.
    """
    limit = MAX_PIXELS if limit is None else limit
    if width * height > limit:
        most = limit // 1_000_000
        raise ImageError(
            f"The {kind} is too large: {width} x {height} pixels, and at most {most} "
            f"megapixel{'' if most == 1 else 's'} can be read."
        )
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The picture is too small: {width} x {height} pixels, and {MIN_SIDE} are needed.")


def _pixel_limit(format_: Format, data: bytes, pixels: int) -> tuple[int, str]:
    """Return the maximum number of pixels of a file and its description in messages.

    Raises ImageError for a JPEG with too many scans.
    """
    if format_.name == "JPEG 2000":
        return _MAX_JPEG_2000_PIXELS, "JPEG 2000 picture"
    if format_.name != "JPEG":
        return MAX_PIXELS, "picture"
    scans, line_by_line = count_scans(data)
    if line_by_line:
        return _MAX_JPEG_PIXELS, "JPEG"
    if scans * pixels > _MAX_SCANNED_PIXELS:
        raise ImageError(
            f"The picture is a JPEG of {scans} scans, which takes too long to read: save it as a "
            "baseline JPEG."
        )
    return MAX_PIXELS, "progressive JPEG"


def _load(image: ImageFile.ImageFile, data: bytes, format_: Format) -> Image.Image:
    if format_.name == "PGM/PPM" and (rgb := read_portable_map(image, data)):
        return rgb
    tiles = list(image.tile)
    image.load()
    check_size(*image.size)  # the header may have declared another size
    restore_low_bytes(image, tiles, lambda: open_header(data, format_))
    return to_rgb(image, owned=True)
