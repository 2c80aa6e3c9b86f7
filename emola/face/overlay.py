"""Drawing of landmarks, meshes and face numbers over an image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emola.faba.regions import REGIONS
from emola.face.arrays import BoolArray, FloatArray
from emola.face.landmarker import Face
from emola.face.visibility import nearest_regions

# Outlines of InsightFace's 106 points: chin line, brows, eyes, nose and lips, in the numbering of its markup
# image (github.com/deepinsight/insightface, alignment/coordinate_reg).
_OUTLINES_106: tuple[str, ...] = (
    "1 9 10 11 12 13 14 15 16 2 3 4 5 6 7 8 0 24 23 22 21 20 19 18 32 31 30 29 28 27 26 25 17",
    "43 48 49 51 50 46 47 45 44 43",
    "101 105 104 103 102 97 98 99 100 101",
    "35 41 40 42 39 37 33 36 35",
    "89 95 94 96 93 91 87 90 89",
    "72 73 74 86",
    "75 76 77 78 79 80 85 84 83 82 81",
    "52 64 63 71 67 68 61 58 59 53 56 55 52",
    "65 66 62 70 69 57 60 54 65",
)

OVERLAY_STYLES = ("points", "mesh", "off")

Lines = tuple[tuple[int, int], ...]

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
        visible = _visible_landmarks(face)
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


def _visible_landmarks(face: Face) -> BoolArray:
    """Return which landmarks do not belong to a hidden region, (N,) bool."""
    if face.visibility is None or not len(face.landmarks):
        return np.ones(len(face.landmarks), dtype=bool)
    hidden = np.array([name in face.visibility.hidden for name in REGIONS])
    return np.asarray(~hidden[nearest_regions(face.landmarks)])


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
    thin, thick = _lines(len(points))
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


@lru_cache
def _lines(count: int) -> tuple[Lines, Lines]:
    """Return the thin and the thick lines between 106 or 478 landmarks, as pairs of indices."""
    if count == 106:
        chains = [[int(index) for index in chain.split()] for chain in _OUTLINES_106]
        return (), tuple(pair for chain in chains for pair in pairwise(chain))
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarksConnections as Mesh

    edges = {(min(c.start, c.end), max(c.start, c.end)) for c in Mesh.FACE_LANDMARKS_TESSELATION}
    irises = (*Mesh.FACE_LANDMARKS_LEFT_IRIS, *Mesh.FACE_LANDMARKS_RIGHT_IRIS)
    outlines = tuple((c.start, c.end) for c in (*Mesh.FACE_LANDMARKS_CONTOURS, *irises))
    return tuple(sorted(edges)), outlines
