"""Memory for large pictures: one is decoded at a time, and what it took goes back to the system.

Pillow keeps pixels in blocks of 16 MB. glibc serves blocks of that size from its arenas, after the first
ones were freed, and keeps them for each thread: gigabytes stay with a process that decoded a few large
pictures. Blocks over 32 MB always come from the system and go back to it.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from PIL import Image

__all__ = ["LARGE_PIXELS", "large_image_lock"]

LARGE_PIXELS = 8_000_000
"""Pictures of so many pixels take blocks over 32 MB, four bytes a pixel."""
_BLOCK = 2**30
_turn = threading.Lock()


@contextmanager
def large_image_lock(pixels: int) -> Iterator[None]:
    """Wait until no other large picture is being decoded; afterwards return free memory to the system.

    Does nothing for a picture of fewer than ``LARGE_PIXELS`` pixels.
    """
    if pixels < LARGE_PIXELS:
        yield
        return
    _use_one_block_per_picture()
    with _turn:
        try:
            yield
        finally:
            if trim := _trimmer():
                trim(0)


@cache
def _use_one_block_per_picture() -> None:
    """Set Pillow's block size, for the whole process, unless the user has set it."""
    if "PILLOW_BLOCK_SIZE" not in os.environ:
        Image.core.set_block_size(_BLOCK)


@cache
def _trimmer() -> Callable[[int], int] | None:
    """glibc's ``malloc_trim``, which returns the buffers of decoders; other systems return them unasked."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # macOS, musl; Windows does not take None
        return None
