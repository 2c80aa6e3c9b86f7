"""Path data of SVG from points, in tenths of a pixel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from emola.face.arrays import AnyArray, FloatArray


def dots(points: FloatArray) -> str:
    """Return one dot for each of (N, 2) points, drawn by a stroke with round caps."""
    return "".join(f"M{_pair(point)}h.01" for point in _tenths(points))


def lines(points: FloatArray, pairs: Iterable[tuple[int, int]]) -> str:
    """Return lines between (N, 2) points, joined to few polylines. pairs: indices of their ends."""
    tenths = _tenths(points)
    return "".join(_polyline([tenths[index] for index in trail]) for trail in _trails(pairs))


def closed_curve(points: FloatArray) -> str:
    """Return a smooth closed curve through (N, 2) points, N >= 3.

    A handle is at most a third of its chord long, so the curve does not overshoot where the points lie at
    unequal distances. It is short where the outline turns sharply, so corners stay corners, and neighbouring
    regions share their borders.
    """
    knots = np.asarray(points, dtype=np.float64)
    following = np.roll(knots, -1, axis=0)
    chords, lengths = _unit_vectors(following - knots)
    arriving = np.roll(chords, 1, axis=0)
    tangents, _ = _unit_vectors(chords + arriving)
    softness = np.clip((chords * arriving).sum(1, keepdims=True), 0, 1) / 3  # 0 from a right angle on
    out = knots + tangents * lengths * softness
    into = following - np.roll(tangents * softness, -1, axis=0) * lengths
    start, steps = _tenths(knots), np.stack([out, into, following], axis=1)
    curves = (
        "c" + "".join(_pair([a - b for a, b in zip(end, origin, strict=True)], " ") for end in ends)[1:]
        for origin, ends in zip(start, (_tenths(step) for step in steps), strict=True)
    )
    return f"M{_pair(start[0])}{''.join(curves)}z"


def number(value: float) -> str:
    """Return a number with at most one decimal."""
    return f"{round(value * 10) / 10:g}"


def _unit_vectors(vectors: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return directions and lengths of (N, 2) vectors, (N, 2) and (N, 1)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(lengths, 1e-9), lengths


def _polyline(points: list[list[int]]) -> str:
    steps = ([x1 - x0, y1 - y0] for (x0, y0), (x1, y1) in pairwise(points))
    return f"M{_pair(points[0])}" + "".join(f"l{_pair(step)}" for step in steps)


def _trails(pairs: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Yield trails that use each edge of a graph once."""
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        neighbours[a].add(b)
        neighbours[b].add(a)
    # Trails that start at vertices of odd degree also end there, so most edges need no new start.
    for start in sorted(neighbours, key=lambda vertex: len(neighbours[vertex]) % 2 == 0):
        while neighbours[start]:
            trail = [start]
            while neighbours[trail[-1]]:
                vertex = trail[-1]
                following = min(neighbours[vertex])
                neighbours[vertex].remove(following)
                neighbours[following].remove(vertex)
                trail.append(following)
            yield trail


def _tenths(points: AnyArray) -> list[list[int]]:
    tenths: list[list[int]] = np.rint(points * 10).astype(int).tolist()
    return tenths


def _pair(tenths: list[int], before: str = "") -> str:
    x, y = (f"{value / 10:g}" for value in tenths)
    return f"{before}{x} {y}"
