"""SVG path data."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest

from emola.face.face_map import mesh_lines
from emola.ui.face_view import paths

SQUARE = np.array([[10, 10], [30, 10], [30, 30.26], [10, 30]], np.float32)


def numbers(data: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", data)]


def drawn_lines(data: str) -> list[frozenset[tuple[float, float]]]:
    """Return the lines of relative polylines as pairs of absolute points, in tenths."""
    found = []
    for polyline in data.split("M")[1:]:
        steps = [np.rint(np.array(numbers(step)) * 10) for step in polyline.split("l")]
        points = [tuple(point) for point in np.cumsum(steps, axis=0)]
        found += [frozenset(pair) for pair in pairwise(points)]
    return found


def test_dots_are_strokes_of_nearly_no_length_at_the_points() -> None:
    assert paths.dots(SQUARE) == "M10 10h.01M30 10h.01M30 30.3h.01M10 30h.01"


def test_lines_draw_every_pair_once() -> None:
    points = np.random.default_rng(0).integers(0, 900, (478, 2)).astype(np.float32)
    pairs, _ = mesh_lines(478)
    data = paths.lines(points, pairs)
    expected = [frozenset(tuple(point * 10) for point in points[list(pair)]) for pair in pairs]
    assert sorted(map(sorted, drawn_lines(data))) == sorted(map(sorted, expected))
    assert data.count("M") < len(pairs) / 4, "joined to polylines"


def test_no_pairs_draw_nothing() -> None:
    assert paths.lines(SQUARE, []) == ""


def test_a_closed_curve_passes_through_every_point_and_ends_where_it_began() -> None:
    data = paths.closed_curve(SQUARE)
    assert data.startswith("M10 10c") and data.endswith("z") and data.count("c") == 4
    start, *curves = data[1:-1].split("c")
    position, passed = np.array(numbers(start)), []
    for curve in curves:
        position = position + numbers(curve)[-2:]
        passed.append(position)
    np.testing.assert_allclose(passed, np.roll(SQUARE, -1, axis=0), atol=0.06)


def test_a_closed_curve_does_not_overshoot_where_points_are_close() -> None:
    points = np.array([[0, 0], [100, 0], [101, 1], [100, 40], [0, 40]], np.float32)
    start, *curves = paths.closed_curve(points)[1:-1].split("c")
    position = np.array(numbers(start))
    for curve in curves:
        handles = np.array(numbers(curve)).reshape(3, 2) + position
        assert (handles > -40).all() and (handles < 141).all()
        position = handles[-1]


def test_points_that_coincide_give_finite_numbers() -> None:
    assert "nan" not in paths.closed_curve(np.zeros((6, 2), np.float32))


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (0.25, "0.2"), (1399.96, "1400"), (-3.04, "-3")])
def test_numbers_have_one_decimal_at_most(value: float, text: str) -> None:
    assert paths.number(value) == text
