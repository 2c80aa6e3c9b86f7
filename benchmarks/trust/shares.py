"""Shares of a count, with the interval in which the true share lies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

_Z = 1.959964  # 95 %

EXAMPLES = 12
"""How many answers that went wrong are quoted, of each kind."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson, 1927); of must be at least 1."""
    share = hits / of
    middle = share + _Z**2 / (2 * of)
    half = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    scale = 1 + _Z**2 / of
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def share(flags: Iterable[bool]) -> dict[str, Any]:
    """How many of the flags are up: "share", "low" and "high" (None of nothing), "count" and "n"."""
    flags = list(flags)
    if not flags:
        return {"share": None, "low": None, "high": None, "count": 0, "n": 0}
    low, high = wilson(sum(flags), len(flags))
    return {"share": sum(flags) / len(flags), "low": low, "high": high, "count": sum(flags), "n": len(flags)}


def terciles(values: Sequence[float]) -> tuple[float, float]:
    """The two values that part them into thirds."""
    ordered = sorted(values)
    return ordered[len(ordered) // 3], ordered[2 * len(ordered) // 3]
