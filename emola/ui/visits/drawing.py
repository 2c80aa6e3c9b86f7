"""The photo with its landmarks drawn into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

from PIL import Image

from emola.face import Face, draw_overlay
from emola.face.overlay import OVERLAY_STYLES
from emola.ui.visits.pictures import as_jpeg

SHOWN_SIDE = (900, 1400)
"""Range of the longer side of the shown photo, in pixels. A small photo is enlarged, so that lines drawn on
it are sharp, and a large one is reduced."""


def shown_scale(size: tuple[int, int]) -> float:
    """Return the scale of the shown photo. size: of the original photo, in pixels."""
    smallest, largest = (side / max(size) for side in SHOWN_SIDE)
    return min(largest, max(1.0, smallest))


def drawn(
    jpeg: bytes, size: tuple[int, int], faces: Sequence[Face], style: str, selected: int
) -> bytes | None:
    """Return the shown photo with its landmarks as a JPEG; None for an unknown style."""
    if style not in OVERLAY_STYLES:
        return None
    scale = shown_scale(size)
    shown = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    with Image.open(BytesIO(jpeg), formats=["JPEG"]) as picture:
        photo = picture.resize(shown, Image.Resampling.LANCZOS)
    scaled = [replace(face, box=face.box * scale, landmarks=face.landmarks * scale) for face in faces]
    return as_jpeg(draw_overlay(photo, scaled, style=style, selected=selected), max(shown))


def face_at(x: float, y: float, size: tuple[int, int], faces: Sequence[Face]) -> int | None:
    """Return the index of the face at a point of the shown photo, the smallest if several overlap."""
    scale = shown_scale(size)
    hits = [
        index
        for index, face in enumerate(faces)
        if face.box[0] <= x / scale <= face.box[2] and face.box[1] <= y / scale <= face.box[3]
    ]
    return min(hits, key=lambda index: faces[index].area, default=None)
