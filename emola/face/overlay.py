"""Drawing what the prior expert found: points or a mesh over the picture, and numbers for the faces."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emola.face.landmarker import Face

_SELECTED, _OTHER = (64, 224, 208), (200, 200, 200)
_OUTLINE = (16, 24, 32)


def draw_overlay(
    image: Image.Image, faces: Sequence[Face], style: str = "points", selected: int = 0
) -> Image.Image:
    """A copy of an RGB picture with the landmarks of its faces; the selected one stands out.

    style: "points" (each landmark), "mesh" (MediaPipe's triangles), or "off". Several faces are
    framed and numbered from 1 in every style, so that one can be picked.
    """
    # Lines drawn at twice the size and shrunk are smooth; the picture itself is not resampled.
    layer = Image.new("RGBA", (image.width * 2, image.height * 2))
    draw = ImageDraw.Draw(layer)
    for index, face in enumerate(faces):
        colour = _SELECTED if index == selected else _OTHER
        width = float(face.box[2] - face.box[0])
        if style == "mesh" and len(face.landmarks):
            _mesh(draw, face.landmarks * 2, colour, max(1, round(width / 250)))
        elif style == "points":
            _points(draw, face.landmarks * 2, colour, max(1.2, width / 160))
        if len(faces) > 1:
            _frame(draw, face.box * 2, str(index + 1), colour)
    drawn = image.convert("RGB").copy()
    layer = layer.resize(image.size, Image.Resampling.BOX)
    drawn.paste(layer, mask=layer.getchannel("A"))
    return drawn


def _points(
    draw: ImageDraw.ImageDraw, points: np.ndarray, colour: tuple[int, int, int], radius: float
) -> None:
    for x, y in points.tolist():
        outer = radius * 1.5
        draw.ellipse((x - outer, y - outer, x + outer, y + outer), fill=(*_OUTLINE, 110))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*colour, 230))


def _mesh(draw: ImageDraw.ImageDraw, points: np.ndarray, colour: tuple[int, int, int], width: int) -> None:
    for start, end in _triangle_sides():
        draw.line([*points[start], *points[end]], fill=(*colour, 120), width=width)
    for start, end in _contours():
        draw.line([*points[start], *points[end]], fill=(*colour, 240), width=2 * width)


def _frame(draw: ImageDraw.ImageDraw, box: np.ndarray, label: str, colour: tuple[int, int, int]) -> None:
    x0, y0, x1, y1 = (float(v) for v in box)
    size = float(np.clip((x1 - x0) / 5, 28, 80))
    draw.rounded_rectangle((x0, y0, x1, y1), radius=size / 4, outline=(*colour, 255), width=4)
    draw.rounded_rectangle((x0, y0, x0 + size, y0 + size), radius=size / 4, fill=(*colour, 255))
    font = ImageFont.load_default(size=size * 0.7)
    draw.text((x0 + size / 2, y0 + size / 2), label, fill=(*_OUTLINE, 255), font=font, anchor="mm")


@lru_cache
def _triangle_sides() -> tuple[tuple[int, int], ...]:
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarksConnections as Mesh

    sides = {(min(c.start, c.end), max(c.start, c.end)) for c in Mesh.FACE_LANDMARKS_TESSELATION}
    return tuple(sorted(sides))


@lru_cache
def _contours() -> tuple[tuple[int, int], ...]:
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarksConnections as Mesh

    irises = (*Mesh.FACE_LANDMARKS_LEFT_IRIS, *Mesh.FACE_LANDMARKS_RIGHT_IRIS)
    return tuple((c.start, c.end) for c in (*Mesh.FACE_LANDMARKS_CONTOURS, *irises))
