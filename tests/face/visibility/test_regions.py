"""Positions of the regions among the landmarks."""

import numpy as np
import pytest
from example_faces import PORTRAITS, example_face

from emola.faba import REGIONS
from emola.face import UprightSquare
from emola.face.visibility.regions import convex_hull, face_mask, nearest_regions, region_masks

INSIDE = {"eye_right": 468, "eye_left": 473, "nose": 4, "mouth_right": 91, "mouth_left": 321,
          "brow_right": 105, "brow_left": 334}  # fmt: skip
"""A landmark within each region: the pupils, the tip of the nose, the lower lip, the brows."""


def test_convex_hull_omits_inner_points():
    square = np.array([[0, 0], [4, 0], [4, 4], [0, 4]])
    points = np.concatenate([square, [[1, 1], [2, 3], [2, 0]]])
    assert {tuple(p) for p in convex_hull(points)} == {tuple(p) for p in square}
    assert len(convex_hull(np.ones((5, 2)))) == 1


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_regions_lie_at_their_landmarks(name):
    _, face = example_face(name)
    points = UprightSquare.around(face.landmarks).to_crop(face.landmarks, 240)
    masks = region_masks(points, 240)
    assert tuple(masks) == REGIONS
    face_area = face_mask(points, 240)
    for region, landmark in INSIDE.items():
        x, y = points[landmark].astype(int)
        assert masks[region][y, x], region
        assert (masks[region] & ~face_area).sum() < 30, region
    centres = {region: np.argwhere(mask).mean(0) for region, mask in masks.items()}
    for part in ("brow", "eye", "mouth"):
        assert centres[f"{part}_right"][1] < centres[f"{part}_left"][1], (
            "the subject's right is on the left of the picture"
        )
    assert centres["brow_left"][0] < centres["eye_left"][0] < centres["nose"][0] < centres["mouth_left"][0]


@pytest.mark.network
def test_each_landmark_belongs_to_the_nearest_region():
    _, face = example_face("astronaut.png")
    numbers = nearest_regions(face.landmarks)
    for region, landmark in INSIDE.items():
        assert REGIONS[numbers[landmark]] == region
    assert REGIONS[numbers[150]] == "mouth_right", "the jaw belongs to the mouth"
    assert set(numbers) == set(range(len(REGIONS)))
