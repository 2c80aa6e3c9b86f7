"""A face without a photo: the mean of the landmarks of a few frontal faces, made symmetric."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from emola.face import Face

_FILE = Path(__file__).parents[1] / "fixtures" / "mean_face.txt"
_SIZE = 1000.0


@lru_cache
def mean_landmarks() -> np.ndarray:
    """Return MediaPipe's points of an upright frontal face, (478, 2) from 0 to 1 over its bounding box."""
    return np.loadtxt(_FILE, dtype=np.float32) / _SIZE


def mean_face(box: tuple[float, float, float, float] = (100, 50, 340, 330), **options: Any) -> Face:
    """Return a face with the mean landmarks in a box of x0, y0, x1, y1. options: of ``Face``."""
    x0, y0, x1, y1 = box
    landmarks = mean_landmarks() * (x1 - x0, y1 - y0) + (x0, y0)
    fields: dict[str, Any] = {"prior": None, "crop": Image.new("RGB", (240, 240)), **options}
    return Face(np.array(box, np.float32), landmarks.astype(np.float32), **fields)


def mean_face_106(box: tuple[float, float, float, float] = (100, 50, 340, 330)) -> Face:
    """Return the same face with the points that InsightFace's network would find, approximately."""
    face = mean_face(box)
    points = np.zeros((106, 2), np.float32)
    for index, twin in (pair.split("-") for pair in _TWINS.split()):
        points[int(index)] = face.landmarks[int(twin)]
    for contour, oval in _CONTOURS:
        path = face.landmarks[[int(index) for index in oval.split()]]
        length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
        steps = np.linspace(0, length[-1], len(contour.split()))
        for index, step in zip(contour.split(), steps, strict=True):
            points[int(index)] = [np.interp(step, length, path[:, axis]) for axis in (0, 1)]
    return Face(face.box, points, None, face.crop)


# Points of InsightFace and the nearest ones of MediaPipe.
_TWINS = (
    "43-70 48-63 49-105 51-66 50-107 46-55 47-65 45-52 44-53 35-33 41-160 40-159 42-158 39-133 37-154 33-145 "
    "36-144 34-468 38-468 101-300 105-293 104-334 103-296 102-336 97-285 98-295 99-282 100-283 93-263 96-387 "
    "94-386 95-385 89-362 90-381 87-374 91-373 88-473 92-473 72-168 73-197 74-5 86-4 75-188 76-198 77-129 "
    "78-98 79-97 80-2 81-412 82-420 83-358 84-327 85-326 52-61 64-39 63-37 71-0 67-267 68-269 61-291 58-405 "
    "59-314 53-17 56-84 55-181 65-78 66-81 62-13 70-311 69-308 57-402 60-14 54-178"
)
_CONTOURS = (
    ("1 9 10 11 12 13 14 15 16 2 3 4 5 6 7 8 0", "127 234 93 132 58 172 136 150 149 176 148 152"),
    ("17 25 26 27 28 29 30 31 32 18 19 20 21 22 23 24 0", "356 454 323 361 288 397 365 379 378 400 377 152"),
)
