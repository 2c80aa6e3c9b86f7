"""Loading of images from any source as RGB: upright, opaque, eight bits, one frame."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np
from PIL import Image

from emola.errors import ImageError
from emola.face.arrays import AnyArray
from emola.face.image.colour import to_rgb
from emola.face.image.decoding import check_size, decode
from emola.face.image.eight_bit import to_eight_bits
from emola.face.image.memory import large_image_lock
from emola.face.image.sources import path_label, printable, read_buffer, read_file, read_stream

__all__ = ["ImageSource", "load_image"]

ImageSource = str | Path | bytes | bytearray | memoryview | IO[bytes] | Image.Image | AnyArray
_FILE_LABEL, _IMAGE_LABEL = "The file", "The picture"


def load_image(source: ImageSource, *, max_pixels: int | None = None) -> Image.Image:
    """Load an image as RGB.

    source: a path to a regular file, a binary file object, the bytes of a file, a PIL image, or an array of
    integers, floats or booleans of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4). ``IMAGE_SUFFIXES`` lists
    the file formats.

    Applies the EXIF orientation, composes transparent images on white, converts wide-gamut colours to sRGB,
    reduces higher bit depths to eight bits (see ``image.eight_bit``) and drops metadata. An animated file
    gives its first frame, a PIL image its current frame. The result shares no memory with ``source``.

    A JPEG of more than ``MAX_PIXELS`` is decoded at half its width and height; coordinates found in the
    result refer to the result. max_pixels: a lower limit for files, checked before they are decoded.

    Raises ImageError if the image cannot be read, or is too large or too small.
    """
    if isinstance(source, (str, os.PathLike)) and isinstance(os.fspath(source), str):
        label = path_label(source)
        return _from_bytes(read_file(source), label, max_pixels)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _from_bytes(read_buffer(source, _FILE_LABEL), _FILE_LABEL, max_pixels)
    if isinstance(source, Image.Image):
        return _from_pil(source)
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if callable(getattr(source, "read", None)):
        return _from_bytes(read_stream(source, _FILE_LABEL), _FILE_LABEL, max_pixels)
    raise ImageError(
        f"An object of type {type(source).__name__} is not a picture: give a path, a binary file object, the "
        "bytes of a file, a PIL image or a NumPy array."
    )


@contextmanager
def _image_errors(label: str) -> Iterator[None]:
    """Turn every exception into an ImageError: decoders raise many types for a damaged file."""
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"{label} cannot be read: there is not enough memory for it.") from error
    except Exception as error:
        reason = printable(str(error))[:80] or type(error).__name__
        raise ImageError(f"{label} is damaged or of a kind that cannot be read ({reason}).") from error


def _from_bytes(data: bytes, label: str, max_pixels: int | None) -> Image.Image:
    if not data:
        raise ImageError(f"{label} is not a picture: it is empty.")
    with _image_errors(label):
        return decode(data, label, max_pixels)


def _from_pil(image: Image.Image) -> Image.Image:
    width, height = image.size
    check_size(width, height)
    with _image_errors(_IMAGE_LABEL), large_image_lock(width * height):
        image.load()
        return to_rgb(image, owned=False)


def _from_array(array: AnyArray) -> Image.Image:
    shape, array = array.shape, np.asarray(array)  # drop the mask or the matrix class
    if array.ndim == 3 and shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (3, 4)) or 0 in shape:
        raise ImageError(f"An array of shape {shape} is not a picture: (H, W), (H, W, 3) or (H, W, 4) is.")
    if array.dtype.kind not in "biuf":
        raise ImageError(f"An array of {array.dtype} is not a picture: use integers, floats or booleans.")
    height, width = shape[:2]
    check_size(width, height)
    with _image_errors(_IMAGE_LABEL), large_image_lock(width * height):
        levels = to_eight_bits(array if array.ndim == 2 else array[..., :3])
        if array.ndim == 3 and shape[2] == 4:
            levels = np.dstack([levels, to_eight_bits(array[..., 3])])
        return to_rgb(Image.fromarray(levels), owned=True)  # Image.fromarray copies RGB
