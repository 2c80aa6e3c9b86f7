"""Any picture a person may bring, made one plain RGB picture: upright, opaque, eight bits, one frame."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, Union

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from emola.errors import ImageError

__all__ = ["MAX_PIXELS", "MIN_SIDE", "PICTURE_SUFFIXES", "ImageSource", "load_image"]

MAX_PIXELS = 120_000_000
"""A larger picture is refused before it is decoded; 120 million is beyond any phone's camera."""
PICTURE_SUFFIXES: frozenset[str] = frozenset(
    ".jpg .jpeg .jpe .jfif .png .gif .bmp .tif .tiff .webp .avif .heic .heif .jp2 .ppm .pgm .pnm".split()
)
"""The endings, in lower case, of files that are taken for pictures when a folder is searched."""
MIN_SIDE = 16
"""A picture with a shorter side, in pixels, has no face that could be read."""

ImageSource = Union[str, Path, bytes, Image.Image, "np.ndarray[Any, Any]"]


def load_image(source: ImageSource) -> Image.Image:
    """Read a picture as RGB, whatever it was.

    ``source`` is a path, the bytes of a file, a PIL image, or an array of shape (H, W), (H, W, 1),
    (H, W, 3) or (H, W, 4): integers of 8 or 16 bits, or floats from 0 to 1. EXIF orientation is applied
    and then dropped, transparency lies on white, an animation gives its first frame, 16 bits become 8.
    The result shares nothing with ``source``.

    Raises ImageError, saying why, when it cannot be read or is too large or too small.
    """
    if isinstance(source, np.ndarray):
        image = _from_array(source)
        _check_size(image.size)
        return image
    if isinstance(source, Image.Image):
        return _upright_rgb(source, "the picture")
    if isinstance(source, bytes):
        return _decode(BytesIO(source), "the uploaded picture")
    return _decode(Path(source), str(source))


def _decode(file: Path | BytesIO, label: str) -> Image.Image:
    try:
        with Image.open(file) as image:
            return _upright_rgb(image, label)
    except FileNotFoundError as error:
        raise ImageError(f"There is no picture at {label}.") from error
    except IsADirectoryError as error:
        raise ImageError(f"{label} is a folder, not a picture.") from error
    except PermissionError as error:
        raise ImageError(f"{label} may not be read: check its permissions.") from error
    except Image.DecompressionBombError as error:
        raise ImageError(_too_large("more than Pillow opens")) from error
    except UnidentifiedImageError as error:
        raise ImageError(f"{label} is not a picture in a format that can be read.") from error


def _upright_rgb(image: Image.Image, label: str) -> Image.Image:
    _check_size(image.size)
    try:
        image.seek(0)
        image.load()
    except Exception as error:  # each decoder has its own ways to fail on a damaged file
        raise ImageError(f"{label} is damaged and cannot be read ({error}).") from error
    try:
        image = ImageOps.exif_transpose(image)
    except Exception:  # a picture whose EXIF block is broken has no known orientation, but is a picture
        pass
    return _rgb(image)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        return _from_array(_from_zero_to_one(image))
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info:
        opaque = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", opaque.size, "white"), opaque)
    # A new picture, without the EXIF block, colour profile and comments of the old one.
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _from_zero_to_one(image: Image.Image) -> np.ndarray[Any, Any]:
    """Grey levels of 16 bits, or of 32 bits or floats in the smallest usual range that holds them."""
    levels = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0.0, neginf=0.0)
    highest = float(levels.max())
    usual = (65535.0,) if image.mode.startswith("I;16") else (1.0, 255.0, 65535.0)
    full = next((range_ for range_ in usual if highest <= range_), highest)
    return np.clip(levels / full, 0.0, 1.0)


def _from_array(array: np.ndarray[Any, Any]) -> Image.Image:
    shape = array.shape
    if array.ndim == 3 and shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)) or 0 in shape:
        raise ImageError(f"An array of shape {shape} is not a picture: (H, W), (H, W, 3) or (H, W, 4) is.")
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    elif array.dtype.kind == "f":
        if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
            raise ImageError("An array of floats must hold values from 0 to 1.")
        array = np.round(array * 255).astype(np.uint8)
    elif array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    elif array.dtype != np.uint8:
        raise ImageError(
            f"An array of {array.dtype} is not a picture: use uint8, uint16 or floats from 0 to 1."
        )
    return _rgb(Image.fromarray(np.ascontiguousarray(array)))


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageError(_too_large(f"{width} x {height} pixels"))
    if min(size) < MIN_SIDE:
        raise ImageError(f"The picture is too small: {width} x {height} pixels, and {MIN_SIDE} are needed.")


def _too_large(what: str) -> str:
    return f"The picture is too large: {what}, and at most {MAX_PIXELS // 1_000_000} megapixels can be read."
