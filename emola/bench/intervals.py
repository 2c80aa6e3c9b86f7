"""Confidence intervals of 95 %: Wilson's for shares, the bootstrap for F1.

A share of yes/no outcomes (accuracy, agreement) has Wilson's score interval, which holds for few samples and
for shares of 0 and 1. F1 is no share; its interval is the percentile bootstrap over faces. Samples are taken
as independent: faces of one person, and answers about one face, are not, so true intervals are wider.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emola.bench.scoring import Scored

__all__ = ["Interval", "share_interval", "unit_intervals"]

_Z = 1.959964  # of the normal distribution, 95 % two-sided
_RESAMPLES, _CHUNK = 1000, 100
_PERCENTILES = (2.5, 97.5)

_Floats = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """The ends of a 95 % confidence interval."""

    low: float
    high: float


def share_interval(count: int, n: int) -> Interval:
    """Return the interval of the share ``count / n`` (Wilson, 1927); ``n`` must be at least 1."""
    share = count / n
    centre = share + _Z**2 / (2 * n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    scale = 1 + _Z**2 / n
    return Interval(max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale))


def unit_intervals(scored: Scored, seed: int = 0) -> tuple[dict[int, Interval], Interval | None]:
    """Return the intervals of each action unit's F1, by code, and of their mean.

    Units without an F1 are left out; the mean is None when no unit has one.
    """
    codes = [code for code, score in scored.unit_scores.items() if score.f1 is not None]
    if not codes:
        return {}, None
    active, predicted, uncoded = (
        np.array([[code in units for code in codes] for units in per_face], dtype=bool)
        for per_face in (scored.unit_labels, scored.units, [outcome.uncoded for outcome in scored.outcomes])
    )
    hits, errors = active & predicted & ~uncoded, (active ^ predicted) & ~uncoded
    chunks = []
    for weights in _resamples(len(active), seed):
        doubled = 2 * weights @ hits
        total = doubled + weights @ errors
        chunks.append(np.divide(doubled, total, out=np.full(total.shape, np.nan), where=total > 0))
    f1 = np.concatenate(chunks)
    by_code = {code: _percentiles(f1[:, column]) for column, code in enumerate(codes)}
    counted = f1[~np.isnan(f1).all(axis=1)]  # a resample may have no face with a scored unit
    return by_code, _percentiles(np.nanmean(counted, axis=1))


def _resamples(faces: int, seed: int) -> Iterator[_Floats]:
    """Yield how often each face is drawn: arrays (``_CHUNK``, faces), ``_RESAMPLES`` rows in all."""
    random = np.random.default_rng(seed)
    for _ in range(0, _RESAMPLES, _CHUNK):
        yield random.multinomial(faces, np.full(faces, 1 / faces), size=_CHUNK).astype(float)


def _percentiles(values: _Floats) -> Interval:
    low, high = np.nanpercentile(values, _PERCENTILES)
    return Interval(float(low), float(high))
