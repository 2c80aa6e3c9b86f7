"""Returning freed memory to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

__all__ = ["release_memory"]


def release_memory() -> None:
    """Return freed memory to the system, where glibc keeps it for the process.

    glibc serves blocks of up to 32 MB from arenas, of which a process with many threads has several. Without
    this call, a freed block stays with the process while a later block of its arena is in use.
    """
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], int] | None:
    """Return glibc's ``malloc_trim``; None on other systems."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # macOS, musl; Windows does not take None
        return None
