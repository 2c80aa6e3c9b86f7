"""Returning freed memory to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

__all__ = ["release_memory"]


def release_memory() -> None:
    """Return freed memory to the system, where glibc keeps it for the process.

    glibc serves blocks of up to 32 MB from arenas of its own, several for a process with many threads, and
    keeps what is freed between blocks that are in use.
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
