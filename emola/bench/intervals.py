"""Confidence intervals by the bootstrap: faces are drawn again, with replacement, a thousand times.

Percentile intervals of 95 %. Faces of one person are not independent, so where a set has few people the
true intervals are wider.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from emola.bench.scoring import Scored

__all__ = ["Interval", "mean_interval", "unit_intervals"]

_TIMES, _AT_ONCE = 1000, 100
_ENDS = (2.5, 97.5)


class Interval(NamedTuple):
    """Where a figure lies with 95 % confidence."""

    low: float
    high: float


def mean_interval(values: Sequence[float], seed: int = 0) -> Interval:
    """Of the mean of these values, one of each face."""
    means = [weights @ np.asarray(values, float) / len(values) for weights in _draws(len(values), seed)]
    return _interval(np.concatenate(means))


def unit_intervals(scored: Scored, seed: int = 0) -> tuple[dict[int, Interval], Interval | None]:
    """Of the F1 of each action unit that has one, and of their mean."""
    codes = [code for code, one in scored.unit_scores.items() if one.f1 is not None]
    if not codes:
        return {}, None
    so, said, coded = (
        np.array([[code in units for code in codes] for units in of_faces], dtype=bool)
        for of_faces in (scored.unit_labels, scored.units, [outcome.uncoded for outcome in scored.outcomes])
    )
    coded = ~coded
    hits, errors = so & said & coded, (so ^ said) & coded
    parts = []
    for weights in _draws(len(so), seed):
        doubled = 2 * weights @ hits
        all_ = doubled + weights @ errors
        parts.append(np.divide(doubled, all_, out=np.full(all_.shape, np.nan), where=all_ > 0))
    drawn = np.concatenate(parts)
    each = {code: _interval(drawn[:, place]) for place, code in enumerate(codes)}
    some = drawn[~np.isnan(drawn).all(axis=1)]  # a draw may hold no face to which any unit matters
    return each, _interval(np.nanmean(some, axis=1))


def _draws(faces: int, seed: int) -> Iterator[np.ndarray]:
    """How often each face is drawn: arrays (some, faces), ``_TIMES`` rows in all."""
    random = np.random.default_rng(seed)
    for _ in range(0, _TIMES, _AT_ONCE):
        yield random.multinomial(faces, np.full(faces, 1 / faces), size=_AT_ONCE).astype(float)


def _interval(drawn: np.ndarray) -> Interval:
    low, high = np.nanpercentile(drawn, _ENDS)
    return Interval(float(low), float(high))
