"""The prior vector: names, invariance to pose and size, and signs of the angles."""

import math

import numpy as np
import pytest

from emola.face.prior import BLENDSHAPES, GEOMETRY, PRIOR_DIM, PRIOR_NAMES, face_prior, head_angles

DRAWN = np.random.default_rng(0)
HEAD = DRAWN.normal(size=(478, 3)) * [6, 8, 4]  # x to the subject's left, y up, z out of the face
SHAPES = {name: float(value) for name, value in zip(BLENDSHAPES, DRAWN.random(51), strict=True)}
GEOMETRY_ROWS = slice(len(BLENDSHAPES), len(BLENDSHAPES) + len(GEOMETRY))


def turn(axis: str, degrees: float) -> np.ndarray:
    """Rotation by the right hand about x (right), y (up) or z (to the camera)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return {
        "x": np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]]),
        "y": np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]),
        "z": np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]),
    }[axis]


def seen(rotation: np.ndarray, scale: float = 1.0, shift: tuple[float, ...] = (0, 0, 0)) -> np.ndarray:
    """The head turned before the camera, as (478, 3) picture pixels."""
    return ((HEAD @ rotation.T) * scale + np.array(shift)) * [1, -1, -1]


def matrix(rotation: np.ndarray, scale: float = 1.0) -> np.ndarray:
    whole = np.eye(4)
    whole[:3, :3] = rotation * scale
    whole[:3, 3] = 3, -4, -50
    return whole


def test_every_number_has_a_name_of_its_own():
    assert len(BLENDSHAPES) == 51 and "_neutral" not in BLENDSHAPES
    assert PRIOR_DIM == len(PRIOR_NAMES) == len(set(PRIOR_NAMES)) == 51 + len(GEOMETRY) + 3
    assert PRIOR_NAMES[-3:] == ("yaw", "pitch", "roll")
    assert all(0 <= index < 468 for _, *pair in GEOMETRY.values() for index in pair)


def test_left_and_right_are_each_other_in_the_mirror():
    """Each sided distance has a twin along the same axis."""
    for name, (axis, *_) in GEOMETRY.items():
        if name.endswith("_right"):
            assert GEOMETRY[name.removesuffix("right") + "left"][0] == axis
    assert sum(name.endswith("_left") for name in GEOMETRY) == sum(
        name.endswith("_right") for name in GEOMETRY
    )


def test_blendshapes_come_first_in_their_order():
    prior = face_prior({"_neutral": 0.9, **SHAPES}, seen(np.eye(3)), matrix(np.eye(3)))
    assert (prior.shape, prior.dtype) == ((PRIOR_DIM,), np.float32)
    np.testing.assert_allclose(prior[:51], list(SHAPES.values()), rtol=1e-6)


def test_a_distance_means_what_its_name_says():
    prior = face_prior(SHAPES, seen(np.eye(3)), matrix(np.eye(3)))
    unit = np.linalg.norm(HEAD[263] - HEAD[33])
    value = dict(zip(PRIOR_NAMES, prior.tolist(), strict=True))
    assert value["lip_gap"] == pytest.approx((HEAD[13] - HEAD[14])[1] / unit, abs=1e-5)
    assert value["mouth_width"] == pytest.approx((HEAD[291] - HEAD[61])[0] / unit, abs=1e-5)
    assert value["brow_root_depth"] == pytest.approx((HEAD[9] - HEAD[168])[2] / unit, abs=1e-5)


@pytest.mark.parametrize(
    "rotation",
    [turn("y", 35), turn("x", -20), turn("z", 50), turn("y", -25) @ turn("x", 15) @ turn("z", -40)],
)
@pytest.mark.parametrize("scale", [0.1, 30.0])
def test_geometry_knows_neither_pose_nor_size_nor_place(rotation, scale):
    straight = face_prior(SHAPES, seen(np.eye(3)), matrix(np.eye(3)))
    turned = face_prior(SHAPES, seen(rotation, scale, (400, -300, 70)), matrix(rotation, scale=2.5))
    np.testing.assert_allclose(turned[GEOMETRY_ROWS], straight[GEOMETRY_ROWS], atol=1e-5)
    np.testing.assert_array_equal(turned[:51], straight[:51])
    assert np.abs(turned[-3:] - straight[-3:]).max() > 0.1


@pytest.mark.parametrize(
    ("rotation", "angles"),
    [
        (turn("y", 20), (20, 0, 0)),  # the nose goes to the picture's right
        (turn("y", -20), (-20, 0, 0)),
        (turn("x", 15), (0, 15, 0)),  # the nose goes down
        (turn("x", -15), (0, -15, 0)),
        (turn("z", -30), (0, 0, 30)),  # the crown goes to the picture's right
        (turn("z", 30), (0, 0, -30)),
    ],
)
def test_signs_of_the_angles(rotation, angles):
    nose, crown = (rotation @ np.array(axis) for axis in ([0, 0, 1], [0, 1, 0]))
    yaw, pitch, roll = angles
    for place, angle in ((nose[0], yaw), (-nose[1], pitch), (crown[0], roll)):
        if angle:
            assert math.copysign(1, place) == math.copysign(1, angle)
    np.testing.assert_allclose(head_angles(matrix(rotation, scale=3.0)), angles, atol=1e-6)
    prior = face_prior(SHAPES, seen(rotation), matrix(rotation))
    np.testing.assert_allclose(prior[-3:], np.array(angles) / 90, atol=1e-6)
