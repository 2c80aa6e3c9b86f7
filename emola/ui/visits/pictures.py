"""The pictures of a visit: digests of decoded photos, and JPEGs for the browser."""

from __future__ import annotations

import hashlib
from io import BytesIO

from PIL import Image

PHOTO_SIDE = 2048
"""Longest side of the photo that a visit keeps for the page, in pixels. The model reads the original."""

REPORT_SIDE = 1600
"""Longest side of the photo in a report, in pixels."""

CROP_SIDE = 168
"""Side of the shown crop of a face, in pixels."""

_ROWS = 256  # hashed at a time


def photo_digest(photo: Image.Image) -> str:
    """Return the SHA-256, in hex, of the size and the pixels of an RGB photo."""
    digest = hashlib.sha256(f"{photo.width}x{photo.height}\n".encode())
    for top in range(0, photo.height, _ROWS):
        rows = photo.crop((0, top, photo.width, min(top + _ROWS, photo.height)))
        digest.update(rows.tobytes())
    return digest.hexdigest()


def as_jpeg(picture: Image.Image, longest: int) -> bytes:
    """Return a picture as a JPEG whose longest side is at most ``longest`` pixels."""
    scale = longest / max(picture.size)
    if scale < 1:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def smaller(jpeg: bytes, longest: int) -> bytes:
    """Return a JPEG whose longest side is at most ``longest`` pixels."""
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as picture:
        return as_jpeg(picture, longest) if max(picture.size) > longest else jpeg
