"""The face of a photo that a saved conversation is about."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emola.face import Face
from emola.face.detection.candidates import intersection_over_union

MIN_OVERLAP = 0.5
"""Least intersection over union of the two boxes. Another prior expert draws another box around a face."""


def matching_face(box: Sequence[float], faces: Sequence[Face]) -> int | None:
    """Return the index of the face with the highest overlap with a box, None if it is too low.

    box: x0, y0, x1, y1 in pixels of the photo.
    """
    saved = np.array(box, dtype=np.float32)
    overlaps = [intersection_over_union(saved, face.box) for face in faces]
    best = max(range(len(faces)), key=lambda index: overlaps[index], default=None)
    return best if best is not None and overlaps[best] >= MIN_OVERLAP else None
