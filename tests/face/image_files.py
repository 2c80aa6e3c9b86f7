"""Small encoded pictures."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw


def drawn(size=(96, 64)) -> Image.Image:
    """Return a disc on a plain background."""
    picture = Image.new("RGB", size, (30, 60, 90))
    ImageDraw.Draw(picture).ellipse((8, 8, 56, 56), fill=(230, 180, 150))
    return picture


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
