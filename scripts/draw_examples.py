"""Draw the example faces of the page into ``assets/examples``: python scripts/draw_examples.py

Drawings can show an expression that no free photo shows, and show nobody. Coordinates are those of a picture
of 512 by 512; left is the left of the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "examples"

Point = tuple[float, float]
Colour = tuple[int, int, int]

UNITS = 512  # of a coordinate system
SMOOTH = 2048  # pixels drawn for a side, which are scaled down
BACKGROUND: Colour = (170, 180, 190)
CLOTHES: Colour = (70, 90, 120)
LIPS: Colour = (178, 92, 88)
MOUTH: Colour = (70, 25, 28)
TEETH: Colour = (238, 234, 228)


@dataclass(frozen=True)
class Look:
    """Colours of a face."""

    skin: Colour
    hair: Colour


@dataclass(frozen=True)
class Expression:
    """What moves in a face; all zeros are a face at rest.

    inner, outer, middle: how far the ends and the middle of the brows are raised, in coordinates; below 0
    they are lowered. nearer: how far the inner ends are drawn together. eyes: opening, 1 at rest. cheeks: how
    far they are raised, 0 to 1. corners: of the mouth, raised above 0 and lowered below. open: the mouth, 0
    to 1.5. width: of the mouth, 1 at rest. thin: how far the lips are pressed, 0 to 1. frown: lines between
    the brows.
    """

    inner: float = 0.0
    outer: float = 0.0
    middle: float = 0.0
    nearer: float = 0.0
    eyes: float = 1.0
    cheeks: float = 0.0
    corners: float = 0.0
    open: float = 0.0
    width: float = 1.0
    thin: float = 0.0
    frown: bool = False


HAPPINESS = Expression(corners=1.1, open=0.55, width=1.15, cheeks=1.0, eyes=0.85)
SURPRISE = Expression(inner=20, outer=16, middle=8, eyes=1.5, open=1.2, width=0.72)
ANGER = Expression(
    inner=-30, outer=-6, middle=-16, nearer=10, eyes=0.7, corners=-0.6, width=0.9, thin=0.3, frown=True
)
SADNESS = Expression(
    inner=8, outer=-14, middle=-6, nearer=6, eyes=0.6, corners=-0.7, width=0.8, thin=0.2, frown=True
)
REST = Expression()

LOOKS = (
    Look((198, 150, 118), (30, 25, 22)),
    Look((232, 192, 168), (90, 60, 35)),
    Look((150, 105, 80), (25, 20, 18)),
    Look((224, 180, 150), (70, 45, 30)),
    Look((110, 76, 58), (18, 15, 14)),
)


class Canvas:
    """A picture with shapes in coordinates, drawn large."""

    def __init__(self, colour: Colour) -> None:
        self.image = Image.new("RGB", (SMOOTH, SMOOTH), colour)

    def fill(self, points: Iterable[Point], colour: Colour) -> None:
        """Fill a polygon."""
        ImageDraw.Draw(self.image).polygon([_pixels(point) for point in points], fill=colour)

    def line(self, points: Iterable[Point], colour: Colour, width: float) -> None:
        """Draw a line."""
        draw = ImageDraw.Draw(self.image)
        draw.line([_pixels(point) for point in points], fill=colour, width=_length(width), joint="curve")

    def blend(self, mask: Image.Image, colour: Colour) -> None:
        """Blend a colour into the picture, as strongly as the mask is light."""
        self.image = Image.composite(Image.new("RGB", self.image.size, colour), self.image, mask)


def _pixels(point: Point) -> Point:
    return point[0] * SMOOTH / UNITS, point[1] * SMOOTH / UNITS


def _length(width: float) -> int:
    return round(width * SMOOTH / UNITS)


def curve(start: Point, control: Point, end: Point, steps: int = 40) -> list[Point]:
    """Return the points of a quadratic Bezier curve."""
    shares = [step / steps for step in range(steps + 1)]
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * (1 - t) * t * control[0] + t * t * end[0],
            (1 - t) ** 2 * start[1] + 2 * (1 - t) * t * control[1] + t * t * end[1],
        )
        for t in shares
    ]


def oval(left: float, top: float, right: float, bottom: float) -> list[Point]:
    """Return the points of an ellipse."""
    middle, centre = (left + right) / 2, (top + bottom) / 2
    angles = [step * math.tau / 90 for step in range(90)]
    return [
        (middle + (right - left) / 2 * math.cos(angle), centre + (bottom - top) / 2 * math.sin(angle))
        for angle in angles
    ]


def mask(*shapes: tuple[Sequence[Point], float], blur: float) -> Image.Image:
    """Return a soft mask of shapes, each with its strength from 0 to 1."""
    found = Image.new("L", (SMOOTH, SMOOTH), 0)
    for points, strength in shapes:
        ImageDraw.Draw(found).polygon([_pixels(point) for point in points], fill=round(255 * strength))
    return found.filter(ImageFilter.GaussianBlur(_length(blur)))


def tinted(colour: Colour, factor: float) -> Colour:
    """Return a lighter or darker colour."""
    red, green, blue = (min(255, round(part * factor)) for part in colour)
    return red, green, blue


def head_outline() -> list[Point]:
    """Return the outline of the head: an oval with a narrow chin."""
    angles = [step * math.tau / 200 for step in range(200)]
    return [
        (
            256 + 128 * math.cos(angle) * (1 - 0.22 * max(0.0, math.sin(angle)) ** 2),
            235 + (195 if math.sin(angle) > 0 else 165) * math.sin(angle),
        )
        for angle in angles
    ]


def draw_head(canvas: Canvas, look: Look) -> None:
    """Draw shoulders, neck, head, ears and hair."""
    shade = tinted(look.skin, 0.86)
    canvas.fill(oval(60, 440, 452, 700), CLOTHES)
    canvas.fill([(200, 380), (312, 380), (330, 480), (182, 480)], shade)
    canvas.fill(oval(108, 40, 404, 380), look.hair)
    canvas.fill(head_outline(), look.skin)
    for left in (118, 370):
        canvas.fill(oval(left, 215, left + 24, 285), shade)
    fringe = [
        *curve((120, 215), (120, 60), (256, 62)),
        *curve((256, 62), (392, 60), (392, 215)),
        *curve((392, 215), (370, 120), (256, 118)),
        *curve((256, 118), (142, 120), (120, 215)),
    ]
    canvas.fill(fringe, look.hair)


def shade_face(canvas: Canvas, look: Look, face: Expression) -> None:
    """Shade sockets, nose, cheeks, chin and the folds beside the mouth, and light the raised parts."""
    bridge = [(236, 250), (230, 318), (256, 336), (282, 318), (276, 250), (268, 320), (244, 320)]
    dark: list[tuple[Sequence[Point], float]] = [
        (bridge, 0.31),
        (oval(226, 312, 286, 340), 0.43),
        (oval(216, 408, 296, 424), 0.35),
    ]
    light: list[tuple[Sequence[Point], float]] = [
        (oval(206, 130, 306, 190), 0.47),
        (oval(246, 240, 266, 325), 0.59),
    ]
    fold = 0.35 + 0.35 * max(face.cheeks, 0.4 * abs(face.corners))
    for side in (-1, 1):
        eye = 256 + 66 * side
        dark.append((oval(eye - 48, 212, eye + 48, 268), 0.35))
        jaw = [(120, 250), (135, 330), (90, 400), (105, 330)]
        dark.append(([(256 + x * side, y) for x, y in jaw], 0.43))
        lift = 10 * face.corners
        beside = [
            *curve((26, 320), (62, 335 - 0.8 * lift), (70, 385 - lift)),
            *curve((78, 385 - lift), (70, 332 - 0.8 * lift), (26, 312)),
        ]
        dark.append(([(256 + x * side, y) for x, y in beside], fold))
        cheek = 256 + 78 * side
        raised = 8 * face.cheeks
        light.append((oval(cheek - 32, 285 - raised, cheek + 32, 335 - raised), 0.43 + 0.24 * face.cheeks))
    inside = mask((head_outline(), 1.0), blur=2)
    canvas.blend(ImageChops.multiply(mask(*dark, blur=9), inside), tinted(look.skin, 0.72))
    canvas.blend(mask(*light, blur=12), tinted(look.skin, 1.08))
    for left in (235, 265):
        canvas.fill(oval(left, 322, left + 12, 330), tinted(look.skin, 0.45))


def draw_eye(canvas: Canvas, look: Look, face: Expression, side: int) -> None:
    """Draw an eye with its lids."""
    x, y, upper, lower = 256 + 66 * side, 240, 30 * face.eyes, 20 * (1 - 0.45 * face.cheeks)
    opening = [
        *curve((x - 34, y + 3), (x, y - upper + 3), (x + 34, y + 1)),
        *curve((x + 34, y + 1), (x, y + lower), (x - 34, y + 3)),
    ]
    eyeball = Canvas((240, 238, 235))
    eyeball.fill(oval(x - 14, y - 15, x + 14, y + 13), (80, 60, 40))
    eyeball.fill(oval(x - 7, y - 8, x + 7, y + 6), (15, 12, 10))
    eyeball.fill(oval(x + 2, y - 9, x + 7, y - 4), (255, 255, 255))
    canvas.image.paste(eyeball.image, (0, 0), mask((opening, 1.0), blur=0))
    crease = y - 14 - 0.15 * upper
    shade = tinted(look.skin, 0.72)
    canvas.line(curve((x - 36, y + 4), (x, y - upper + 2), (x + 36, y + 1)), (50, 35, 28), 4.5)
    canvas.line(curve((x - 32, crease), (x, y - upper - 12), (x + 34, crease)), shade, 2.5)
    canvas.line(curve((x - 30, y + 8), (x, y + lower), (x + 32, y + 5)), shade, 2)


def draw_brow(canvas: Canvas, look: Look, face: Expression, side: int) -> None:
    """Draw a brow."""
    inner = (256 + (30 - face.nearer) * side, 204 - face.inner)
    outer = (256 + 110 * side, 206 - face.outer)
    x, y = (inner[0] + outer[0]) / 2, 190 - face.middle - (face.inner + face.outer) / 2
    upper = curve((inner[0], inner[1] - 6), (x, y - 10), outer)
    canvas.fill([*upper, *curve(outer, (x, y + 2), (inner[0], inner[1] + 7))], look.hair)
    if face.frown:
        line = [(256 + 9 * side, 190), (256 + 7 * side, 215)]
        canvas.line(line, tinted(look.skin, 0.72), 3)


def draw_mouth(canvas: Canvas, face: Expression) -> None:
    """Draw the mouth, open or closed."""
    width, y, gap = 50 * face.width, 372, 34 * face.open
    left, right = (256 - width, y - 16 * face.corners), (256 + width, y - 16 * face.corners)
    if not face.open:
        full = 1 - face.thin
        upper = [
            *curve(left, (240, y - 18 * full), (256, y - 10 * full)),
            *curve((256, y - 10 * full), (272, y - 18 * full), right),
        ]
        canvas.fill([*upper, *curve(right, (256, y + 26 * full), left)], LIPS)
        canvas.line(curve(left, (256, y + 2 + 12 * face.corners), right), (95, 40, 40), 3.2)
        return
    lips = curve(left, (256, y - 18 - 0.55 * gap), right) + curve(right, (256, y + 24 + 2.1 * gap), left)
    left, right = (left[0] + 8, left[1] + 1), (right[0] - 8, right[1] + 1)
    inside = curve(left, (256, y - 6 - 0.4 * gap), right) + curve(right, (256, y + 6 + 1.8 * gap), left)
    canvas.fill(lips, LIPS)
    canvas.fill(inside, MOUTH)
    edge = y + (10 if face.corners > 0.3 else -2) + 0.15 * gap
    above = [(0.0, 0.0), (float(UNITS), 0.0), (float(UNITS), edge), (0.0, edge)]
    canvas.blend(ImageChops.multiply(mask((inside, 1.0), blur=0), mask((above, 1.0), blur=0)), TEETH)


def portrait(face: Expression, look: Look, size: int = UNITS) -> Image.Image:
    """Draw a face with an expression, ``size`` pixels wide and high."""
    canvas = Canvas(BACKGROUND)
    draw_head(canvas, look)
    shade_face(canvas, look, face)
    for side in (-1, 1):
        draw_eye(canvas, look, face, side)
        draw_brow(canvas, look, face, side)
    draw_mouth(canvas, face)
    soft = canvas.image.filter(ImageFilter.GaussianBlur(_length(1.2)))
    return soft.resize((size, size), Image.Resampling.LANCZOS)


def group(faces: Sequence[tuple[Expression, Look]], size: int = 360) -> Image.Image:
    """Draw several faces beside each other."""
    picture = Image.new("RGB", (size * len(faces), size), BACKGROUND)
    for place, (face, look) in enumerate(faces):
        picture.paste(portrait(face, look, size), (size * place, 0))
    return picture


def drawings() -> dict[str, Image.Image]:
    """Return the drawings by the names of their files."""
    return {
        "surprise.jpg": portrait(SURPRISE, LOOKS[0]),
        "anger.jpg": portrait(ANGER, LOOKS[1]),
        "sadness.jpg": portrait(SADNESS, LOOKS[2]),
        "group.jpg": group([(HAPPINESS, LOOKS[3]), (REST, LOOKS[4]), (SURPRISE, LOOKS[1])]),
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, picture in drawings().items():
        picture.save(FOLDER / name, quality=90)
