"""The prior vector: names, invariance to pose and size, and signs of the angles."""

import math

import numpy as np
import pytest

from emola.face.prior import BLENDSHAPES, GEOMETRY, PRIOR_DIM, PRIOR_NAMES, face_prior, head_angles

RNG = np.random.default_rng(0)
HEAD = RNG.normal(size=(478, 3)) * [6, 8, 4]  # x to the subject's left, y up, z out of the face
SHAPES = {name: float(value) for name, value in zip(BLENDSHAPES, RNG.random(51), strict=True)}
GEOMETRY_ROWS = slice(len(BLENDSHAPES), len(BLENDSHAPES) + len(GEOMETRY))


def rotation_about(axis: str, degrees: float) -> np.ndarray:
    """Return a right-handed rotation about x (right), y (up) or z (to the camera)."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return {
        "x": np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]]),
        "y": np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]]),
        "z": np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]),
    }[axis]


def project(rotation: np.ndarray, scale: float = 1.0, shift: tuple[float, ...] = (0, 0, 0)) -> np.ndarray:
    """Project the rotated head to picture pixels, (478, 3)."""
    return ((HEAD @ rotation.T) * scale + np.array(shift)) * [1, -1, -1]


def pose_matrix(rotation: np.ndarray, scale: float = 1.0) -> np.ndarray:
    transform = np.eye(4)
    transform[:3, :3] = rotation * scale
    transform[:3, 3] = 3, -4, -50
    return transform


def test_every_number_has_a_unique_name():
    assert len(BLENDSHAPES) == 51 and "_neutral" not in BLENDSHAPES
    assert PRIOR_DIM == len(PRIOR_NAMES) == len(set(PRIOR_NAMES)) == 51 + len(GEOMETRY) + 3
    assert PRIOR_NAMES[-3:] == ("yaw", "pitch", "roll")
    assert all(0 <= index < 468 for _, *pair in GEOMETRY.values() for index in pair)


def test_sided_distances_come_in_pairs():
    """Each distance on the right has a counterpart on the left along the same axis."""
    for name, (axis, *_) in GEOMETRY.items():
        if name.endswith("_right"):
            assert GEOMETRY[name.removesuffix("right") + "left"][0] == axis
    assert sum(name.endswith("_left") for name in GEOMETRY) == sum(
        name.endswith("_right") for name in GEOMETRY
    )


def test_blendshapes_come_first_in_their_order():
    prior = face_prior({"_neutral": 0.9, **SHAPES}, project(np.eye(3)), pose_matrix(np.eye(3)))
    assert (prior.shape, prior.dtype) == ((PRIOR_DIM,), np.float32)
    np.testing.assert_allclose(prior[:51], list(SHAPES.values()), rtol=1e-6)


def test_distances_match_their_names():
    prior = face_prior(SHAPES, project(np.eye(3)), pose_matrix(np.eye(3)))
    unit = np.linalg.norm(HEAD[263] - HEAD[33])
    value = dict(zip(PRIOR_NAMES, prior.tolist(), strict=True))
    assert value["lip_gap"] == pytest.approx((HEAD[13] - HEAD[14])[1] / unit, abs=1e-5)
    assert value["mouth_width"] == pytest.approx((HEAD[291] - HEAD[61])[0] / unit, abs=1e-5)
    assert value["brow_root_depth"] == pytest.approx((HEAD[9] - HEAD[168])[2] / unit, abs=1e-5)


@pytest.mark.parametrize(
    "rotation",
    [
        rotation_about("y", 35),
        rotation_about("x", -20),
        rotation_about("z", 50),
        rotation_about("y", -25) @ rotation_about("x", 15) @ rotation_about("z", -40),
    ],
)
@pytest.mark.parametrize("scale", [0.1, 30.0])
def test_geometry_is_invariant_to_pose_size_and_position(rotation, scale):
    straight = face_prior(SHAPES, project(np.eye(3)), pose_matrix(np.eye(3)))
    turned = face_prior(SHAPES, project(rotation, scale, (400, -300, 70)), pose_matrix(rotation, scale=2.5))
    np.testing.assert_allclose(turned[GEOMETRY_ROWS], straight[GEOMETRY_ROWS], atol=1e-5)
    np.testing.assert_array_equal(turned[:51], straight[:51])
    assert np.abs(turned[-3:] - straight[-3:]).max() > 0.1


@pytest.mark.parametrize(
    ("rotation", "angles"),
    [
        (rotation_about("y", 20), (20, 0, 0)),  # the nose moves right in the picture
        (rotation_about("y", -20), (-20, 0, 0)),
        (rotation_about("x", 15), (0, 15, 0)),  # the nose moves down
        (rotation_about("x", -15), (0, -15, 0)),
        (rotation_about("z", -30), (0, 0, 30)),  # the crown moves right in the picture
        (rotation_about("z", 30), (0, 0, -30)),
    ],
)
def test_angles_have_the_documented_signs(rotation, angles):
    nose, crown = (rotation @ np.array(axis) for axis in ([0, 0, 1], [0, 1, 0]))
    yaw, pitch, roll = angles
    for coordinate, angle in ((nose[0], yaw), (-nose[1], pitch), (crown[0], roll)):
        if angle:
            assert math.copysign(1, coordinate) == math.copysign(1, angle)
    np.testing.assert_allclose(head_angles(pose_matrix(rotation, scale=3.0)), angles, atol=1e-6)
    prior = face_prior(SHAPES, project(rotation), pose_matrix(rotation))
    np.testing.assert_allclose(prior[-3:], np.array(angles) / 90, atol=1e-6)
