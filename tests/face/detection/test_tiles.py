"""Tiles cover every image, overlap enough for a face on a border, and are limited in number."""

import numpy as np
import pytest

from emola.face.detection.tiles import max_tiles, tile_sides, tiles

SIZES = [
    (640, 427),
    (427, 640),
    (1920, 1080),
    (4000, 3000),
    (512, 2000),
    (6000, 1000),
    (64, 41000),
    (33, 900),
]


@pytest.mark.parametrize("size", SIZES)
def test_a_face_of_a_third_of_a_tile_fits_into_a_tile(size):
    for side in tile_sides(size, 0):
        squares = [(square.centre - side / 2, square.centre + side / 2) for square in tiles(size, side)]
        face = side / 3 - 1
        for corner in np.random.default_rng(0).uniform(0, 1, (50, 2)) * np.maximum(0, np.array(size) - face):
            inside = np.minimum(corner + face, size)
            assert any((low <= corner + 0.5).all() and (inside <= high + 0.5).all() for low, high in squares)


@pytest.mark.parametrize("size", [*SIZES, (12_000, 10_000), (16, 41_000), (100_000, 700)])
def test_the_number_of_tiles_is_limited(size):
    number = sum(len(tiles(size, side)) for side in tile_sides(size, 0))
    assert number <= max_tiles(size) <= 1600


def test_max_tiles_grows_with_the_root_of_the_area():
    assert [max_tiles((side, side)) for side in (500, 1000, 2000, 5000, 10_000)] == [122, 122, 242, 602, 602]


def test_small_faces_beside_a_large_one_are_not_searched_for():
    assert list(tile_sides((1000, 800), largest=400)) == []
    assert list(tile_sides((1000, 800), largest=0)) == [200]


@pytest.mark.parametrize("turn", [30, 45, 180])
def test_rotated_tiles_cover_the_image(turn):
    """Every point of the image lies in a rotated square."""
    squares = tiles((900, 600), 300, turn)
    for point in np.random.default_rng(0).uniform(0, 1, (200, 2)) * [900, 600]:
        offsets = [(point - square.centre) @ inverse_rotation(turn) for square in squares]
        assert any(np.abs(o).max() <= s.side / 2 for o, s in zip(offsets, squares, strict=True))
    assert {round(square.degrees) % 360 for square in squares} == {turn}


def inverse_rotation(degrees: float) -> np.ndarray:
    """Return the matrix from the axes of a square to those of the picture."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin], [sin, cos]])


def test_a_narrow_strip_is_not_tiled():
    assert list(tile_sides((16, 41_000), 0)) == []
