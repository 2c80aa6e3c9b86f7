"""Example photos of one frontal face, optionally with drawn covers or closed eyes."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from emola import downloads
from emola.face import Face, FaceLandmarker, load_image

PORTRAITS = ("astronaut.png", "anger.jpg", "happiness.jpg", "surprise.jpg", "single.jpg")
"""Example photos of one frontal face."""

_LIDS = {
    "right": ([33, 246, 161, 160, 159, 158, 157, 173, 133], [33, 7, 163, 144, 145, 153, 154, 155, 133]),
    "left": ([263, 466, 388, 387, 386, 385, 384, 398, 362], [263, 249, 390, 373, 374, 380, 381, 382, 362]),
}


@lru_cache
def shared_landmarker() -> FaceLandmarker:
    """Return the landmarker that all tests share."""
    return FaceLandmarker()


@lru_cache
def example_face(name: str) -> tuple[Image.Image, Face]:
    """Return an example photo and its largest face."""
    image = load_image(downloads.path(name))
    return image, largest_face(image)


def largest_face(image: Image.Image) -> Face:
    return shared_landmarker().detect(image)[0]


def with_mask(name: str, fill: tuple[int, int, int], scale: float = 1.0) -> Image.Image:
    """Draw a mask over the nose, the mouth and the chin."""
    image, face = example_face(name)
    outline = [93, 132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361, 323, 6]
    points = face.landmarks[outline]
    points = (points - points.mean(0)) * scale + points.mean(0)
    return _painted(image, [points], fill)


def with_glasses(name: str, fill: tuple[int, int, int], rounded: bool) -> Image.Image:
    """Draw dark or mirrored glasses."""
    image, face = example_face(name)
    shapes = []
    for upper, lower in _LIDS.values():
        eye = face.landmarks[upper + lower]
        centre, width = eye.mean(0), float(np.ptp(eye[:, 0]))
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        circle = np.stack([np.cos(angle), np.sin(angle) * 0.75], axis=1)
        square = np.sign(circle) * np.abs(circle) ** 0.4
        shapes.append(centre + (circle if rounded else square) * width * 0.85)
    bridge = np.array([s.mean(0) for s in shapes])
    half_thickness = np.array([0, np.ptp(bridge[:, 0]) * 0.04])
    shapes.append(
        np.array(
            [
                bridge[0] - half_thickness,
                bridge[1] - half_thickness,
                bridge[1] + half_thickness,
                bridge[0] + half_thickness,
            ]
        )
    )
    return _painted(image, shapes, fill)


def with_closed_eyes(name: str, sides: tuple[str, ...] = ("right", "left")) -> Image.Image:
    """Draw skin over the eyes and a line where the lids meet."""
    image, face = example_face(name)
    pixels = np.asarray(image)
    for side in sides:
        upper, lower = (face.landmarks[part].astype(float) for part in _LIDS[side])
        eye = np.concatenate([upper, lower[::-1]])
        centre, width = eye.mean(0), float(np.ptp(eye[:, 0]))
        x, y = np.round(centre + np.array([0, 0.45 * width])).astype(int)
        reach = max(1, int(width * 0.12))
        skin = np.median(pixels[y - reach : y + reach, x - reach : x + reach], axis=(0, 1))
        image = _painted(
            image, [(eye - centre) * [1.08, 1.3] + centre], tuple(map(int, skin)), soft=width * 0.04
        )
        dark = Image.new("RGB", image.size, tuple(int(value * 0.4) for value in skin))
        lid = Image.new("L", (4 * image.width, 4 * image.height))
        line = [tuple(point) for point in (4 * (upper * 0.15 + lower * 0.85)).tolist()]
        ImageDraw.Draw(lid).line(line, fill=255, width=round(4 * width * 0.07), joint="curve")
        image = Image.composite(dark, image, lid.reduce(4))
    return image


def _painted(
    image: Image.Image, shapes: list[np.ndarray], fill: tuple[int, ...], soft: float = 0.5
) -> Image.Image:
    mask = Image.new("L", image.size)
    for shape in shapes:
        ImageDraw.Draw(mask).polygon([tuple(point) for point in shape.tolist()], fill=255)
    return Image.composite(
        Image.new("RGB", image.size, fill), image, mask.filter(ImageFilter.GaussianBlur(soft))
    )
