"""Memory limits for large images: decode one at a time, and return the memory to the system.

Pillow stores pixels in blocks of 16 MB. Once such blocks have been freed, glibc serves the next ones from
its arenas and keeps them per thread, so a process that has decoded a few large images holds gigabytes.
Blocks over 32 MB are always mapped from the system and returned to it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from PIL import Image

from emola.system_memory import release_memory

__all__ = ["LARGE_PIXELS", "large_image_lock"]

LARGE_PIXELS = 8_000_000
"""Number of pixels from which an image takes more than 32 MB, at four bytes per pixel."""
_BLOCK_BYTES = 2**30
_lock = threading.Lock()


@contextmanager
def large_image_lock(pixels: int) -> Iterator[None]:
    """Hold the lock for decoding a large image; on leaving, return free memory to the system.

    Does nothing for an image of fewer than ``LARGE_PIXELS``.
    """
    if pixels < LARGE_PIXELS:
        yield
        return
    _use_one_block_per_image()
    with _lock:
        try:
            yield
        finally:
            release_memory()


@cache
def _use_one_block_per_image() -> None:
    """Set Pillow's block size for the whole process, unless the user has set it."""
    if "PILLOW_BLOCK_SIZE" not in os.environ:
        core: Any = Image.core  # type: ignore[attr-defined]  # Pillow's C module is not in its stubs
        core.set_block_size(_BLOCK_BYTES)
