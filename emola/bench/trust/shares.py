"""Shares as JSON-ready figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from emola.bench.intervals import share_interval

__all__ = ["EXAMPLES", "Figures", "cells", "percent", "share", "terciles"]

EXAMPLES = 12
"""How many wrong answers of each kind are quoted."""

Figures = dict[str, Any]


def share(flags: Iterable[bool]) -> Figures:
    """Return the share of true flags: "share", "low", "high", "count", "n"; the first three None of none."""
    flags = list(flags)
    if not flags:
        return {"share": None, "low": None, "high": None, "count": 0, "n": 0}
    count, n = sum(flags), len(flags)
    return {"share": count / n, **share_interval(count, n)._asdict(), "count": count, "n": n}


def terciles(values: Sequence[float]) -> tuple[float, float]:
    """Return the two values that split ``values`` into thirds."""
    ordered = sorted(values)
    return ordered[len(ordered) // 3], ordered[2 * len(ordered) // 3]


def cells(figures: Figures) -> tuple[str, str, str]:
    """Return the table cells of a share: the share, its interval and the number of answers."""
    if figures["low"] is None:
        return percent(None), "–", str(figures["n"])
    interval = f"{percent(figures['low'])} to {percent(figures['high'])}"
    return percent(figures["share"]), interval, str(figures["n"])


def percent(value: float | None) -> str:
    """Return a share with one decimal, or a dash for None."""
    return "–" if value is None else f"{100 * value:.1f} %"
