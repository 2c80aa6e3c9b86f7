"""Supported image formats, detected by a file's first bytes; only the decoder of that format runs.

The list covers what cameras, phones, scanners, browsers and face data sets write. It excludes formats whose
decoders run other programs (EPS), that hold drawings, icons or video, or that are not used for photographs.
``PIL.Image.open`` is not used: it tries one decoder after another, imports all of them for an unknown file,
and has a single pixel limit for the whole process.
"""

from __future__ import annotations

import importlib
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from PIL import ImageFile, PngImagePlugin

__all__ = ["FORMATS", "IMAGE_SUFFIXES", "Format", "detect_format", "open_header"]


class Format(NamedTuple):
    """An image format: name in messages, file suffixes, and the module and class of the decoder."""

    name: str
    suffixes: str
    decoder: tuple[str, str]


_JPEG = Format("JPEG", ".jpg .jpeg .jpe .jfif .mpo", ("PIL.JpegImagePlugin", "JpegImageFile"))
_PNG = Format("PNG", ".png .apng", ("PIL.PngImagePlugin", "PngImageFile"))
_GIF = Format("GIF", ".gif", ("PIL.GifImagePlugin", "GifImageFile"))
_BMP = Format("BMP", ".bmp .dib", ("PIL.BmpImagePlugin", "BmpImageFile"))
_TIFF = Format("TIFF", ".tif .tiff", ("PIL.TiffImagePlugin", "TiffImageFile"))
_WEBP = Format("WebP", ".webp", ("PIL.WebPImagePlugin", "WebPImageFile"))
_AVIF = Format("AVIF", ".avif .avifs", ("PIL.AvifImagePlugin", "AvifImageFile"))
# Registering HEIC with Pillow would change Image.open for the whole process.
_HEIC = Format("HEIC", ".heic .heif .hif .heics .heifs", ("pillow_heif", "HeifImageFile"))
_JP2 = Format("JPEG 2000", ".jp2 .j2k .j2c .jpc .jpf .jpx", ("PIL.Jpeg2KImagePlugin", "Jpeg2KImageFile"))
# Binary maps only: bitmaps hold no photographs, and text files decode slowly.
_PNM = Format("PGM/PPM", ".pgm .ppm .pnm", ("PIL.PpmImagePlugin", "PpmImageFile"))

FORMATS = (_JPEG, _PNG, _GIF, _BMP, _TIFF, _WEBP, _AVIF, _HEIC, _JP2, _PNM)
IMAGE_SUFFIXES = frozenset(suffix for format_ in FORMATS for suffix in format_.suffixes.split())
"""Lower-case suffixes, with the dot, of files that ``load_image`` reads; the content decides the format."""

_SIGNATURES = (
    (b"\xff\xd8\xff", _JPEG),  # also MPO: a JPEG followed by a second view or a depth map
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"BM", _BMP),
    (b"II*\0", _TIFF),
    (b"MM\0*", _TIFF),
    (b"II+\0", _TIFF),
    (b"MM\0+", _TIFF),
    (b"\xff\x4f\xff\x51", _JP2),
    (b"\0\0\0\x0cjP  \r\n\x87\n", _JP2),
    (b"P5", _PNM),
    (b"P6", _PNM),
)
_HEIC_BRANDS = frozenset(b"heic heix heim heis hevc hevx hevm hevs".split())


def detect_format(data: bytes) -> Format | None:
    """Return the format of a file by its first bytes, None if it is not supported."""
    if data[4:8] == b"ftyp":
        return _detect_isobmff(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _WEBP
    return next((format_ for signature, format_ in _SIGNATURES if data.startswith(signature)), None)


def _detect_isobmff(data: bytes) -> Format | None:
    """Distinguish AVIF from HEIC by the brands in the first box (ISO/IEC 14496-12, ``ftyp``)."""
    size = min(struct.unpack(">I", data[:4])[0], 256)
    brands = {data[8:12], *(data[i : i + 4] for i in range(16, size, 4))}
    if data[8:12] in _HEIC_BRANDS:
        return _HEIC
    if brands & {b"avif", b"avis"}:
        return _AVIF
    return _HEIC if brands & {b"mif1", b"msf1", *_HEIC_BRANDS} else None


def open_header(data: bytes, format_: Format) -> ImageFile.ImageFile:
    """Open an image and read only its header. Raises any exception of the decoder."""
    module, name = format_.decoder
    decoder: Any = getattr(importlib.import_module(module), name)
    if format_ is _PNG:
        data = b"".join(_needed_chunks(data))
    image: ImageFile.ImageFile = decoder(BytesIO(data))
    return image


_PNG_CHUNKS = frozenset(b"IHDR PLTE IDAT IEND tRNS eXIf".split())
_PLAIN_XMP = b"XML:com.adobe.xmp\0\0"


def _needed_chunks(data: bytes) -> Iterator[bytes | memoryview]:
    """Yield a PNG file without the chunks that decoding does not need.

    Pillow refuses files with long or damaged text chunks or profiles. Uncompressed XMP stays, because it may
    hold the orientation.
    """
    yield data[:8]
    view, start = memoryview(data), 8
    while start + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, start)
        end = start + 12 + length
        needed = kind in _PNG_CHUNKS
        if kind == b"iTXt":
            needed = data.startswith(_PLAIN_XMP, start + 8)
        elif kind == b"iCCP":
            needed = _is_usable_profile(view[start + 8 : end - 4])
        if needed:
            yield view[start:end]
        start = end


def _is_usable_profile(profile: memoryview) -> bool:
    """Whether Pillow accepts the content of an iCCP chunk: name, NUL, compression method, profile."""
    inflater = zlib.decompressobj()
    try:
        inflater.decompress(bytes(profile).partition(b"\0")[2][1:], PngImagePlugin.MAX_TEXT_CHUNK)
    except zlib.error:
        return False
    return not inflater.unconsumed_tail
