"""Where the regions of :mod:`emola.faba.regions` lie among the landmarks.

Indices are those of MediaPipe's 478 points and of InsightFace's 106; left and right are the subject's.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw

from emola.faba.regions import REGIONS

# The points around each region; their convex hull is the region.
_RINGS: dict[str, tuple[int, ...]] = {
    "brow_right": (70, 63, 105, 66, 107, 55, 65, 52, 53, 46, 68, 104, 69, 108),
    "brow_left": (300, 293, 334, 296, 336, 285, 295, 282, 283, 276, 298, 333, 299, 337),
    "eye_right": (130, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25),
    "eye_left": (359, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255),
    "nose": (197, 49, 98, 2, 327, 279, 5, 4, 1, 129, 358),
    "mouth_right": (0, 37, 39, 40, 185, 61, 146, 91, 181, 84, 17, 18, 200, 199, 208, 32),
    "mouth_left": (0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 18, 200, 199, 428, 262),
}

_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)

_RINGS_106: dict[str, tuple[int, ...]] = {
    "brow_right": (43, 44, 45, 46, 47, 48, 49, 50, 51),
    "brow_left": (97, 98, 99, 100, 101, 102, 103, 104, 105),
    "eye_right": (33, 35, 36, 37, 39, 40, 41, 42),
    "eye_left": (87, 89, 90, 91, 93, 94, 95, 96),
    "nose": (73, 74, 86, 77, 78, 79, 80, 85, 84, 83),
    "mouth_right": (52, 64, 63, 71, 53, 56, 55, 65, 66, 62, 60, 54, 0, 8),
    "mouth_left": (61, 68, 67, 71, 53, 59, 58, 69, 70, 62, 60, 57, 0, 24),
}


def convex_hull(points: np.ndarray) -> np.ndarray:
    """The convex hull of (N, 2) points, in order (Andrew's monotone chain)."""
    ordered = sorted(set(map(tuple, points.tolist())))

    def half(chain: Iterable[tuple[float, ...]]) -> list[tuple[float, ...]]:
        kept: list[tuple[float, ...]] = []
        for p in chain:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], p) <= 0:
                kept.pop()
            kept.append(p)
        return kept

    return np.array(half(ordered)[:-1] + half(reversed(ordered))[:-1] or ordered)


def _turn(a: tuple[float, ...], b: tuple[float, ...], c: tuple[float, ...]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def polygon_mask(polygon: np.ndarray, size: int) -> np.ndarray:
    """(size, size) bool: the pixels of a square picture inside a polygon of (N, 2) pixels."""
    mask = Image.new("1", (size, size))
    ImageDraw.Draw(mask).polygon([tuple(point) for point in polygon.tolist()], fill=1)
    return np.asarray(mask)


def region_masks(landmarks: np.ndarray, size: int) -> dict[str, np.ndarray]:
    """Each region as (size, size) bool. landmarks: (478, 2) pixels of a square picture of that size."""
    return {name: polygon_mask(convex_hull(landmarks[list(_RINGS[name])]), size) for name in REGIONS}


def lips_mask(landmarks: np.ndarray, size: int) -> np.ndarray:
    """(size, size) bool: the pixels within the lips; arguments as for region_masks."""
    return polygon_mask(convex_hull(landmarks[list(_LIPS)]), size)


def regions_outside(landmarks: np.ndarray, picture: tuple[int, int]) -> frozenset[str]:
    """The regions of which more than half lies beyond the edges of a picture.

    landmarks: (478, 2) picture pixels. picture: its width and height.
    """
    beyond = np.any((landmarks < 0) | (landmarks > np.array(picture)), axis=1)
    return frozenset(name for name in REGIONS if beyond[list(_RINGS[name])].mean() > 0.5)


def face_mask(landmarks: np.ndarray, size: int) -> np.ndarray:
    """(size, size) bool: the pixels within the outline of the face; arguments as for region_masks."""
    return polygon_mask(convex_hull(landmarks), size)


def nearest_regions(landmarks: np.ndarray) -> np.ndarray:
    """(N,) int: for each landmark the number of the region in REGIONS that it lies in or nearest to.

    landmarks: (478, 2) or (106, 2) pixels.
    """
    rings = _RINGS_106 if len(landmarks) == 106 else _RINGS
    distances = [
        np.linalg.norm(landmarks[:, None] - landmarks[list(rings[name])], axis=2).min(1) for name in REGIONS
    ]
    return np.argmin(distances, axis=0)
