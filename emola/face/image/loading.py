"""Any picture a person may bring, made one plain RGB picture: upright, opaque, eight bits, one frame."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Union

import numpy as np
from PIL import Image

from emola.errors import ImageError
from emola.face.image.colour import to_rgb
from emola.face.image.decoding import check_size, decode
from emola.face.image.eight_bit import to_eight_bits
from emola.face.image.memory import large_image_lock
from emola.face.image.sources import path_label, printable, read_buffer, read_file, read_stream

__all__ = ["ImageSource", "load_image"]

ImageSource = Union[
    str, Path, bytes, bytearray, memoryview, IO[bytes], Image.Image, "np.ndarray[Any, np.dtype[Any]]"
]
_BUFFER, _PICTURE = "The file", "The picture"


def load_image(source: ImageSource) -> Image.Image:
    """Read a picture as RGB, whatever it was.

    ``source`` is a path, a binary file object, the bytes of a file, a PIL image, or an array of shape (H, W),
    (H, W, 1), (H, W, 3) or (H, W, 4) of integers, floats or booleans. ``IMAGE_SUFFIXES`` names the formats
    of files. A path must lead to a regular file.

    EXIF orientation is applied, transparency lies on white, colours of a wider gamut become sRGB, more than
    eight bits become eight (see ``image.eight_bit``), and metadata are dropped. An animated file gives
    its first frame, a PIL image the frame that it stands at. The result shares nothing with ``source``.

    A JPEG of more than ``MAX_PIXELS`` is decoded at half its width and height; all coordinates found in the
    result are pixels of the result.

    Raises ImageError when the picture cannot be read, or is too large or too small.
    """
    if isinstance(source, (str, os.PathLike)) and isinstance(os.fspath(source), str):
        label = path_label(source)
        return _decoded(read_file(source), label)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _decoded(read_buffer(source, _BUFFER), _BUFFER)
    if isinstance(source, Image.Image):
        return _from_picture(source)
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if callable(getattr(source, "read", None)):
        return _decoded(read_stream(source, _BUFFER), _BUFFER)
    raise ImageError(
        f"An object of type {type(source).__name__} is not a picture: give a path, a binary file object, the "
        "bytes of a file, a PIL image or a NumPy array."
    )


@contextmanager
def _explained(label: str) -> Iterator[None]:
    """Make an ImageError of anything raised: each decoder has its own ways to fail on a damaged file."""
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageError(f"{label} cannot be read: there is not enough memory for it.") from error
    except Exception as error:
        reason = printable(str(error))[:80] or type(error).__name__
        raise ImageError(f"{label} is damaged or of a kind that cannot be read ({reason}).") from error


def _decoded(data: bytes, label: str) -> Image.Image:
    if not data:
        raise ImageError(f"{label} is not a picture: it is empty.")
    with _explained(label):
        return decode(data, label)


def _from_picture(image: Image.Image) -> Image.Image:
    width, height = image.size
    check_size(width, height)
    with _explained(_PICTURE), large_image_lock(width * height):
        image.load()
        return to_rgb(image, owned=False)


def _from_array(array: np.ndarray[Any, np.dtype[Any]]) -> Image.Image:
    shape, array = array.shape, np.asarray(array)  # a masked array or a matrix as its levels
    if array.ndim == 3 and shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and shape[2] not in (3, 4)) or 0 in shape:
        raise ImageError(f"An array of shape {shape} is not a picture: (H, W), (H, W, 3) or (H, W, 4) is.")
    if array.dtype.kind not in "biuf":
        raise ImageError(f"An array of {array.dtype} is not a picture: use integers, floats or booleans.")
    height, width = shape[:2]
    check_size(width, height)
    with _explained(_PICTURE), large_image_lock(width * height):
        levels = to_eight_bits(array if array.ndim == 2 else array[..., :3])
        if array.ndim == 3 and shape[2] == 4:
            levels = np.dstack([levels, to_eight_bits(array[..., 3])])
        return to_rgb(Image.fromarray(levels), owned=True)  # RGB is copied from an array
