"""Contrast stretching: selection of images and resulting levels."""

import numpy as np
import pytest
from PIL import Image

from emola.face.detection.contrast import Levels, stretch_levels


def grey(low: float, high: float, size: int = 64) -> Image.Image:
    """Return a ramp of grey levels."""
    ramp = np.tile(np.linspace(low, high, size), (size, 1)).round().astype(np.uint8)
    return Image.fromarray(ramp).convert("RGB")


@pytest.mark.parametrize(("low", "high"), [(0, 255), (0, 120), (100, 255), (180, 255), (20, 160)])
def test_a_well_lit_image_is_not_stretched(low, high):
    assert stretch_levels(grey(low, high)) is None


@pytest.mark.parametrize(("low", "high"), [(0, 80), (0, 25), (100, 140), (230, 255)])
def test_a_dark_or_flat_image_gets_normal_levels(low, high):
    picture = grey(low, high)
    stretched = np.asarray(stretch_levels(picture).stretch(picture))
    np.testing.assert_allclose(np.percentile(stretched, [5, 95]), [25, 190], atol=12)


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_uniform_image_is_not_stretched(level):
    assert stretch_levels(grey(level, level)) is None


def test_only_the_box_is_measured():
    picture = Image.new("RGB", (200, 100), "white")
    picture.paste(grey(0, 60, 100), (0, 0))
    assert stretch_levels(picture, np.array([0, 0, 100, 100])) is not None
    assert stretch_levels(picture, np.array([-30, -20, 100, 120])) is not None
    assert stretch_levels(grey(0, 255), np.array([500, 500, 600, 600])) is None


def test_stretching_keeps_hues():
    stretched = Levels(0, 51).stretch(Image.new("RGB", (1, 1), (10, 20, 40)))
    assert stretched.getpixel((0, 0)) == (50, 100, 200)
