"""Drawing of landmarks, meshes and face numbers over an image."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emola.face.arrays import BoolArray, FloatArray
from emola.face.face_map import mesh_lines, visible_landmarks
from emola.face.landmarker import Face

OVERLAY_STYLES = ("points", "mesh", "off")

_SELECTED, _OTHER = (64, 224, 208), (200, 200, 200)
_OUTLINE = (16, 24, 32)


def draw_overlay(
    image: Image.Image, faces: Sequence[Face], style: str = "points", selected: int = 0
) -> Image.Image:
    """Return a copy of an RGB image with the landmarks of its faces.

    style: "points" (each landmark), "mesh" (MediaPipe's triangles, or the outlines of InsightFace's 106
    points) or "off". selected: index of the highlighted face. Landmarks of hidden regions are guesses and are
    not drawn. If there are several faces, each is framed and numbered from 1, in every style. Raises
    ValueError for an unknown style.
    """
    if style not in OVERLAY_STYLES:
        raise ValueError(f"There is no style {style!r}; use one of {', '.join(OVERLAY_STYLES)}.")
    # Lines are drawn at twice the size and reduced to smooth them; the image itself is not resampled.
    layer = Image.new("RGBA", (image.width * 2, image.height * 2))
    draw = ImageDraw.Draw(layer)
    for index, face in enumerate(faces):
        colour = _SELECTED if index == selected else _OTHER
        width = float(face.box[2] - face.box[0])
        visible = visible_landmarks(face)
        if style == "mesh" and len(face.landmarks):
            _draw_mesh(draw, face.landmarks * 2, visible, colour, max(1, round(width / 250)))
        elif style == "points":
            density = max(60.0, 5 * math.sqrt(len(face.landmarks)))  # fewer points are drawn larger
            _draw_points(draw, face.landmarks[visible] * 2, colour, max(1.2, width / density))
        if len(faces) > 1:
            _draw_frame(draw, face.box * 2, str(index + 1), colour, max(layer.size))
    drawn = image.convert("RGB").copy()
    layer = layer.resize(image.size, Image.Resampling.BOX)
    drawn.paste(layer, mask=layer.getchannel("A"))
    return drawn


def _draw_points(
    draw: ImageDraw.ImageDraw, points: FloatArray, colour: tuple[int, int, int], radius: float
) -> None:
    for x, y in points.tolist():
        outer = radius * 1.5
        draw.ellipse((x - outer, y - outer, x + outer, y + outer), fill=(*_OUTLINE, 110))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*colour, 230))


def _draw_mesh(
    draw: ImageDraw.ImageDraw,
    points: FloatArray,
    visible: BoolArray,
    colour: tuple[int, int, int],
    width: int,
) -> None:
    thin, thick = mesh_lines(len(points))
    for lines, opacity, line_width in ((thin, 120, width), (thick, 240, 2 * width)):
        for start, end in lines:
            if visible[start] and visible[end]:
                draw.line([*points[start], *points[end]], fill=(*colour, opacity), width=line_width)


def _draw_frame(
    draw: ImageDraw.ImageDraw, box: FloatArray, label: str, colour: tuple[int, int, int], longest: int
) -> None:
    """Draw a frame and its number, which stays legible when the whole image is shown small."""
    x0, y0, x1, y1 = (float(v) for v in box)
    smallest = max(28.0, 0.03 * longest)
    size = float(np.clip((x1 - x0) / 5, smallest, max(80.0, smallest)))
    line = max(4, round(longest / 300))
    draw.rounded_rectangle((x0, y0, x1, y1), radius=size / 4, outline=(*colour, 255), width=line)
    draw.rounded_rectangle((x0, y0, x0 + size, y0 + size), radius=size / 4, fill=(*colour, 255))
    font = ImageFont.load_default(size=size * 0.7)
    draw.text((x0 + size / 2, y0 + size / 2), label, fill=(*_OUTLINE, 255), font=font, anchor="mm")
