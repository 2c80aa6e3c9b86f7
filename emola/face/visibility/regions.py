"""Positions of the regions of :mod:`emola.faba.regions` among the landmarks.

Indices refer to MediaPipe's 478 points or InsightFace's 106. Left and right are the subject's.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from emola.faba.regions import REGIONS
from emola.face.arrays import BoolArray, FloatArray

# A region is the convex hull of these points.
_REGION_POINTS: dict[str, tuple[int, ...]] = {
    "brow_right": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 68, 104, 69, 108),
    "brow_left": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276, 298, 333, 299, 337),
    "eye_right": (130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25),
    "eye_left": (359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255),
    "nose": (197, 49, 98, 2, 327, 279, 5, 4, 1, 129, 358),
    "mouth_right": (0, 37, 39, 40, 185, 61, 146, 91, 181, 84, 17, 18, 200, 199, 208, 32),
    "mouth_left": (0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 18, 200, 199, 428, 262),
}

_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)

_REGION_POINTS_106: dict[str, tuple[int, ...]] = {
    "brow_right": (43, 44, 45, 46, 47, 48, 49, 50, 51),
    "brow_left": (97, 98, 99, 100, 101, 102, 103, 104, 105),
    "eye_right": (33, 35, 36, 37, 39, 40, 41, 42),
    "eye_left": (87, 89, 90, 91, 93, 94, 95, 96),
    "nose": (73, 74, 86, 77, 78, 79, 80, 85, 84, 83),
    "mouth_right": (52, 64, 63, 71, 53, 56, 55, 65, 66, 62, 60, 54, 0, 8),
    "mouth_left": (61, 68, 67, 71, 53, 59, 58, 69, 70, 62, 60, 57, 0, 24),
}


def convex_hull(points: FloatArray) -> npt.NDArray[np.float64]:
    """Return the convex hull of (N, 2) points as (M, 2) ordered points (Andrew's monotone chain)."""
    ordered = sorted(set(map(tuple, points.tolist())))

    def half(points: Iterable[tuple[float, ...]]) -> list[tuple[float, ...]]:
        chain: list[tuple[float, ...]] = []
        for point in points:
            while len(chain) > 1 and _cross(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain

    return np.array(half(ordered)[:-1] + half(reversed(ordered))[:-1] or ordered)


def _cross(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    """Return the cross product of a -> b and a -> c."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def polygon_mask(polygon: FloatArray, size: int) -> BoolArray:
    """Return the pixels inside a polygon of (N, 2) pixels, (size, size) bool."""
    mask = Image.new("1", (size, size))
    ImageDraw.Draw(mask).polygon([tuple(point) for point in polygon.tolist()], fill=1)
    return np.asarray(mask)


def region_masks(landmarks: FloatArray, size: int) -> dict[str, BoolArray]:
    """Return each region as (size, size) bool. landmarks: (478, 2) pixels of a (size, size) image."""
    return {name: polygon_mask(convex_hull(landmarks[list(_REGION_POINTS[name])]), size) for name in REGIONS}


def lips_mask(landmarks: FloatArray, size: int) -> BoolArray:
    """Return the pixels of the lips, (size, size) bool. Arguments as for ``region_masks``."""
    return polygon_mask(convex_hull(landmarks[list(_LIPS)]), size)


def regions_outside(landmarks: FloatArray, size: tuple[int, int]) -> frozenset[str]:
    """Return the regions of which more than half of the points lie outside the image.

    landmarks: (478, 2) image pixels. size: width and height of the image.
    """
    outside = np.any((landmarks < 0) | (landmarks > np.array(size)), axis=1)
    return frozenset(name for name in REGIONS if outside[list(_REGION_POINTS[name])].mean() > 0.5)


def face_mask(landmarks: FloatArray, size: int) -> BoolArray:
    """Return the pixels of the face, (size, size) bool. Arguments as for ``region_masks``."""
    return polygon_mask(convex_hull(landmarks), size)


def nearest_regions(landmarks: FloatArray) -> npt.NDArray[np.intp]:
    """Return the index in ``REGIONS`` of the region nearest to each landmark, (N,) int.

    landmarks: (478, 2) or (106, 2) pixels.
    """
    points = _REGION_POINTS_106 if len(landmarks) == 106 else _REGION_POINTS
    regions = (landmarks[list(points[name])] for name in REGIONS)
    distances = [np.linalg.norm(landmarks[:, None] - region, axis=2).min(1) for region in regions]
    return np.asarray(np.argmin(distances, axis=0))
