"""The prior vector of the expert ``mediapipe-face``: a face as named numbers.

``PRIOR_NAMES`` lists the names in order. There are three groups:

1. **Blendshapes** (51): MediaPipe's coefficients without ``_neutral``, 0 (absent) to 1 (full).
2. **Geometry** (``GEOMETRY``): distances on the face after undoing the head's rotation, in units of the
   distance between the outer corners of the eyes, so the values do not depend on image size and head pose.
   Most lie between -0.5 and 1.5. ``right`` and ``left`` are the subject's.
3. **Pose** (3): yaw, pitch and roll divided by 90 degrees, -1 to 1.

A face without landmarks has no prior; the model then reads zeros, which no face with landmarks has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from emola.face.arrays import FloatArray

PRIOR_EXPERT = "mediapipe-face"

BLENDSHAPES: tuple[str, ...] = tuple(
    """browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft
    cheekSquintRight eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft
    eyeLookInRight eyeLookOutLeft eyeLookOutRight eyeLookUpLeft eyeLookUpRight eyeSquintLeft
    eyeSquintRight eyeWideLeft eyeWideRight jawForward jawLeft jawOpen jawRight mouthClose
    mouthDimpleLeft mouthDimpleRight mouthFrownLeft mouthFrownRight mouthFunnel mouthLeft
    mouthLowerDownLeft mouthLowerDownRight mouthPressLeft mouthPressRight mouthPucker mouthRight
    mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft mouthSmileRight
    mouthStretchLeft mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft
    noseSneerRight""".split()
)

_X, _Y, _Z = 0, 1, 2

GEOMETRY: dict[str, tuple[int, int, int]] = {  # name: axis, from, to
    "brow_inner_height_right": (_Y, 55, 133),
    "brow_inner_height_left": (_Y, 285, 362),
    "brow_middle_height_right": (_Y, 52, 133),
    "brow_middle_height_left": (_Y, 282, 362),
    "brow_outer_height_right": (_Y, 46, 33),
    "brow_outer_height_left": (_Y, 276, 263),
    "brow_gap": (_X, 285, 55),
    "brow_root_depth": (_Z, 9, 168),
    "eye_opening_right": (_Y, 159, 145),
    "eye_opening_left": (_Y, 386, 374),
    "lower_lid_height_right": (_Y, 145, 33),
    "lower_lid_height_left": (_Y, 374, 263),
    "cheek_height_right": (_Y, 50, 133),
    "cheek_height_left": (_Y, 280, 362),
    "cheek_depth_right": (_Z, 50, 133),
    "cheek_depth_left": (_Z, 280, 362),
    "nose_length": (_Y, 168, 2),
    "nose_width": (_X, 327, 98),
    "nose_wing_height_right": (_Y, 98, 133),
    "nose_wing_height_left": (_Y, 327, 362),
    "upper_lip_below_nose": (_Y, 2, 0),
    "upper_lip_thickness": (_Y, 0, 13),
    "lower_lip_thickness": (_Y, 14, 17),
    "upper_lip_depth": (_Z, 0, 2),
    "lower_lip_depth": (_Z, 17, 2),
    "lip_gap": (_Y, 13, 14),
    "mouth_width": (_X, 291, 61),
    "mouth_corner_height_right": (_Y, 61, 13),
    "mouth_corner_height_left": (_Y, 291, 13),
    "mouth_corner_depth_right": (_Z, 61, 2),
    "mouth_corner_depth_left": (_Z, 291, 2),
    "eye_to_mouth_corner_right": (_Y, 33, 61),
    "eye_to_mouth_corner_left": (_Y, 263, 291),
    "lower_lip_above_chin": (_Y, 17, 152),
    "chin_boss_depth": (_Z, 199, 2),
    "chin_below_nose": (_Y, 2, 152),
    "chin_shift": (_X, 152, 2),
}
"""Distances: coordinate of the landmark ``from`` minus that of ``to``, as MediaPipe's mesh indices.

Axes, after undoing the head's rotation: x to the subject's left, y up, z out of the face.
"""

PRIOR_NAMES: tuple[str, ...] = (*BLENDSHAPES, *GEOMETRY, "yaw", "pitch", "roll")
PRIOR_DIM = len(PRIOR_NAMES)

_EYE_OUTER_RIGHT, _EYE_OUTER_LEFT = 33, 263


def face_prior(blendshapes: Mapping[str, float], xyz: FloatArray, matrix: FloatArray) -> FloatArray:
    """Return the prior vector of one face, (PRIOR_DIM,) float32.

    blendshapes: coefficients by MediaPipe's names. xyz: (478, 3) image pixels, x right, y down, z away from
    the camera. matrix: (4, 4), from canonical face to camera coordinates.
    """
    points = _undo_rotation(xyz, matrix)
    shapes = [blendshapes[name] for name in BLENDSHAPES]
    distances = [points[a, axis] - points[b, axis] for axis, a, b in GEOMETRY.values()]
    pose = [angle / 90 for angle in head_angles(matrix)]
    return np.array([*shapes, *distances, *pose], dtype=np.float32)


def _undo_rotation(xyz: FloatArray, matrix: FloatArray) -> FloatArray:
    """Undo the head's rotation and scale to the distance between the outer eye corners, (478, 3)."""
    camera = np.asarray(xyz, dtype=np.float64) * np.array([1, -1, -1])
    points = (camera - camera.mean(0)) @ _rotation(matrix)
    return np.asarray(points / np.linalg.norm(points[_EYE_OUTER_LEFT] - points[_EYE_OUTER_RIGHT]))


def head_angles(matrix: FloatArray) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees: positive to the image's right, down, and clockwise.

    matrix: (4, 4), from canonical face to camera coordinates.
    """
    r = _rotation(matrix)
    yaw = math.degrees(math.atan2(r[0, 2], r[2, 2]))
    pitch = math.degrees(math.asin(float(np.clip(-r[1, 2], -1, 1))))
    roll = -math.degrees(math.atan2(r[1, 0], r[1, 1]))
    return yaw, pitch, roll


def _rotation(matrix: FloatArray) -> FloatArray:
    rotation = np.asarray(matrix, dtype=np.float64)[:3, :3]
    return np.asarray(rotation / np.linalg.norm(rotation, axis=0, keepdims=True))
