"""Detection of rotated, small, dark and many faces, and of faces in long images."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from emola import downloads
from emola.face import Face, FaceLandmarker, load_image
from emola.face.detection import search
from emola.face.prior import PRIOR_NAMES

pytestmark = [pytest.mark.network, pytest.mark.slow]
HEAD = (120, 20, 340, 240)
"""Region of the head in the NASA portrait; the face takes half of its height."""
ROLL = PRIOR_NAMES.index("roll")


def background(width: int, height: int) -> Image.Image:
    """Return a smooth pattern of colours."""
    cells = np.random.default_rng(0).integers(60, 200, (9, 9, 3), dtype=np.uint8)
    return Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC)


def with_heads(portrait: Image.Image, size: tuple[int, int], side: int, positions: Sequence[tuple[int, int]]):
    """Return a picture with the head at several positions, ``side`` pixels high and wide."""
    picture, head = background(*size), portrait.crop(HEAD).resize((side, side), Image.Resampling.LANCZOS)
    for position in positions:
        picture.paste(head, position)
    return picture


def assert_found(faces: list[Face], face: Face, side: int, positions: Sequence[tuple[int, int]]) -> None:
    """Assert that exactly one face with accurate landmarks is found for each head."""
    assert len(faces) == len(positions)
    width = float(np.ptp(face.landmarks[:, 0])) * side / 220
    for position in positions:
        expected = (face.landmarks - HEAD[:2]) * side / 220 + position
        errors = [np.linalg.norm(found.landmarks - expected, axis=1).mean() / width for found in faces]
        assert min(errors) < 0.06


def turn(picture: Image.Image, points: np.ndarray, degrees: float) -> tuple[Image.Image, np.ndarray]:
    """Turn a picture and its points clockwise."""
    turned = picture.rotate(-degrees, Image.Resampling.BICUBIC, expand=True)
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    offsets = (points - np.array(picture.size) / 2) @ np.array([[cos, sin], [-sin, cos]])
    return turned, offsets + np.array(turned.size) / 2


def correlation(first: Image.Image, second: Image.Image) -> float:
    """Return the correlation of the grey levels of two crops."""
    a, b = (np.asarray(crop.convert("L"), float).ravel() for crop in (first, second))
    return float(np.corrcoef(a, b)[0, 1])


@pytest.mark.parametrize("degrees", [45, 90, 180, 200, 270])
def test_a_rotated_face_equals_the_upright_one(landmarker, portrait, face, degrees):
    picture, expected = turn(portrait, face.landmarks, degrees)
    (found,) = landmarker.detect(picture)
    error = np.linalg.norm(found.landmarks - expected, axis=1).mean() / float(np.ptp(face.landmarks[:, 0]))
    assert error < 0.04
    np.testing.assert_allclose(found.box, [*found.landmarks.min(0), *found.landmarks.max(0)], atol=0.01)
    assert abs((found.pose.roll - face.pose.roll - degrees + 180) % 360 - 180) < 4
    assert abs(found.prior[ROLL]) * 90 < 10
    np.testing.assert_allclose(found.prior, face.prior, atol=0.15)
    assert correlation(found.crop, face.crop) > 0.95


@pytest.mark.parametrize("name", ["anger.jpg", "surprise.jpg", "disgust.jpg"])
def test_finds_large_faces_upside_down(landmarker, name):
    photo = load_image(downloads.path(name))
    (upright,) = landmarker.detect(photo)
    (found,) = landmarker.detect(photo.transpose(Image.Transpose.ROTATE_180))
    assert abs(abs(found.pose.roll - upright.pose.roll) - 180) < 7
    assert np.abs(found.prior - upright.prior).mean() < 0.03


def test_finds_a_mirrored_face_upside_down(landmarker, portrait):
    (mirrored,) = landmarker.detect(ImageOps.mirror(portrait))
    (found,) = landmarker.detect(ImageOps.flip(portrait))  # mirrored and turned by 180 degrees
    np.testing.assert_allclose(found.prior, mirrored.prior, atol=0.15)
    assert correlation(found.crop, mirrored.crop) > 0.95


@pytest.mark.parametrize("degrees", [-30, -15, 15, 30])
def test_a_tilted_face_keeps_its_roll_in_the_prior(landmarker, portrait, face, degrees):
    """The models were trained on tilted faces without rotation."""
    (found,) = landmarker.detect(turn(portrait, face.landmarks, degrees)[0])
    assert found.prior[ROLL] * 90 == pytest.approx(face.pose.roll + degrees, abs=4)
    assert found.pose.roll == pytest.approx(found.prior[ROLL] * 90, abs=0.01)


def test_finds_faces_of_different_rotation(landmarker, portrait, face):
    """The rotation is estimated per face."""
    picture = Image.new("RGB", (1024, 512))
    picture.paste(portrait, (0, 0))
    picture.paste(portrait.transpose(Image.Transpose.ROTATE_180), (512, 0))
    upright, turned = sorted(landmarker.detect(picture), key=lambda found: float(found.box[0]))
    assert abs(upright.pose.roll) < 10 and abs(turned.pose.roll) > 170
    assert correlation(upright.crop, turned.crop) > 0.9


@pytest.mark.parametrize("degrees", [90, 180])
def test_finds_a_rotated_group(landmarker, portrait, degrees):
    """All faces of the group are found although tiles are searched for upright faces only."""
    positions = [(42, 42), (350, 63), (630, 28), (175, 280), (490, 294)]
    group = with_heads(portrait, (840, 490), 119, positions)
    faces = landmarker.detect(turn(group, np.zeros((1, 2)), degrees)[0])
    assert len(faces) == len(positions)
    assert all(abs((found.pose.roll - degrees + 180) % 360 - 180) < 10 for found in faces)


@pytest.mark.parametrize(
    ("size", "side", "positions"),
    [
        ((640, 427), 100, [(40, 60), (180, 200), (300, 70), (420, 250), (530, 90)]),
        ((1280, 720), 84, [(100, 100), (500, 560), (1100, 200)]),
    ],
    ids=["small picture", "wide frame"],
)
def test_finds_small_faces(landmarker, portrait, face, size, side, positions):
    assert_found(landmarker.detect(with_heads(portrait, size, side, positions)), face, side, positions)


@pytest.mark.parametrize(
    ("size", "side", "positions"),
    [
        ((512, 2000), 300, [(100, 900)]),
        ((2000, 512), 300, [(50, 100), (1650, 180)]),
        ((3000, 200), 180, [(20, 10), (700, 10), (1400, 15), (2800, 5)]),
        ((100, 1500), 100, [(0, 0), (0, 640), (0, 1400)]),
    ],
    ids=["screenshot", "panorama", "strip", "narrow strip"],
)
def test_finds_faces_in_long_pictures(landmarker, portrait, face, size, side, positions):
    """A face on the border of tiles is found once."""
    assert_found(landmarker.detect(with_heads(portrait, size, side, positions)), face, side, positions)


def test_finds_twelve_faces(landmarker, portrait, face):
    positions = [(x, y) for y in (20, 270, 520) for x in (20, 270, 520, 770)]
    faces = landmarker.detect(with_heads(portrait, (1024, 768), 220, positions))
    assert_found(faces, face, 220, positions)
    areas = [found.area for found in faces]
    assert areas == sorted(areas, reverse=True)


def test_max_faces_keeps_the_largest(portrait):
    picture = with_heads(portrait, (1200, 600), 220, [(50, 200), (300, 20), (300, 300)])
    picture.paste(portrait.crop(HEAD).resize((500, 500)), (650, 50))
    landmarker = FaceLandmarker(max_faces=1)
    (found,) = landmarker.detect(picture)
    landmarker.close()
    assert found.box[0] > 650


@pytest.mark.parametrize("brightness", [0.4, 0.2, 0.1])
def test_a_dark_face_equals_the_bright_one(landmarker, portrait, face, brightness):
    (found,) = landmarker.detect(ImageEnhance.Brightness(portrait).enhance(brightness))
    assert found.levels is not None
    assert np.abs(found.prior - face.prior).mean() < 0.02
    assert 0.7 < np.asarray(found.crop).mean() / np.asarray(face.crop).mean() < 1.4
    assert correlation(found.crop, face.crop) > 0.97


def test_a_low_contrast_face_equals_the_original(landmarker, portrait, face):
    (found,) = landmarker.detect(portrait.point([150 + v // 8 for v in range(256)] * 3))
    assert found.levels is not None
    assert np.abs(found.prior - face.prior).mean() < 0.02


def test_finds_a_dark_face_beside_a_bright_one(landmarker, portrait, face):
    """The bright face is not stretched; each face is found once."""
    picture = Image.new("RGB", (1024, 512), (128, 128, 128))
    picture.paste(portrait, (0, 0))
    picture.paste(ImageEnhance.Brightness(portrait).enhance(0.2), (512, 0))
    bright, dark = sorted(landmarker.detect(picture), key=lambda found: float(found.box[0]))
    assert bright.levels is None and dark.levels is not None
    np.testing.assert_allclose(dark.prior, bright.prior, atol=0.15)


@pytest.mark.parametrize(
    "picture",
    [
        background(800, 600),
        background(300, 2400),
        Image.new("RGB", (16, 41000), (90, 90, 90)),
        Image.new("RGB", (600, 400)),
        Image.effect_noise((500, 700), 60).convert("RGB"),
    ],
    ids=["pattern", "long pattern", "line", "black", "noise"],
)
def test_finds_nothing_in_pictures_without_faces(landmarker, picture):
    assert landmarker.detect(picture) == []


def test_a_border_beyond_the_pillow_limit_is_avoided(landmarker, monkeypatch):
    """The border more than doubles the pixels, which may exceed the limit of Pillow."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 270_000)  # Pillow raises at twice the limit
    monkeypatch.setattr(search, "_MAX_VIEW_PIXELS", 265_000)
    assert landmarker.detect(Image.new("RGB", (512, 512), (90, 120, 90))) == []
