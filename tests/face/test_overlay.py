"""Drawing of landmarks, meshes and frames."""

import dataclasses

import numpy as np
import pytest
from PIL import Image, ImageChops

from emola.faba import REGIONS
from emola.face import Face, Visibility, draw_overlay
from emola.face.overlay import _OTHER, _SELECTED
from emola.face.visibility.regions import nearest_regions


def picture(width: int = 300, height: int = 200) -> Image.Image:
    return Image.new("RGB", (width, height), (90, 60, 50))


def face(x: float, y: float, side: float = 80, count: int = 478) -> Face:
    landmarks = np.random.default_rng(0).uniform((x, y), (x + side, y + side), (count, 2))
    box = np.array([x, y, x + side, y + side], np.float32)
    return Face(box=box, landmarks=landmarks.astype(np.float32), prior=None, crop=picture(8, 8))


def changed_pixels(before: Image.Image, after: Image.Image) -> np.ndarray:
    """Return the positions (x, y) of the pixels that differ, (N, 2)."""
    difference = np.asarray(ImageChops.difference(before, after)).sum(-1)
    return np.argwhere(difference)[:, ::-1]


@pytest.mark.parametrize("style", ["points", "mesh", "off"])
@pytest.mark.parametrize("faces", [[], [face(30, 40)], [face(30, 40), face(180, 60)]])
def test_does_not_modify_the_picture(style, faces):
    before = picture()
    drawn = draw_overlay(before, faces, style)
    assert drawn is not before and drawn.size == before.size and drawn.mode == "RGB"
    assert not len(changed_pixels(before, picture()))


@pytest.mark.parametrize("faces", [[], [face(30, 40)]])
def test_off_draws_nothing_on_a_single_face(faces):
    assert not len(changed_pixels(picture(), draw_overlay(picture(), faces, "off")))


def test_points_are_drawn_only_at_the_landmarks():
    drawn_face = face(60, 50, count=12)
    drawn = draw_overlay(picture(), [drawn_face], "points")
    positions = changed_pixels(picture(), drawn)
    distance = np.linalg.norm(positions[:, None] + 0.5 - drawn_face.landmarks[None], axis=-1)
    assert distance.min(1).max() < 3, "every changed pixel is near a landmark"
    assert distance.min(0).max() < 1, "every landmark has changed a pixel"
    for x, y in drawn_face.landmarks:
        assert np.abs(np.array(drawn.getpixel((int(x), int(y)))) - _SELECTED).max() < 90


def test_a_mesh_stays_within_the_face():
    drawn_face = face(60, 50)
    positions = changed_pixels(picture(), draw_overlay(picture(), [drawn_face], "mesh"))
    assert len(positions) > len(
        changed_pixels(picture(), draw_overlay(picture(), [face(60, 50, count=12)], "points"))
    )
    assert positions.min() >= 48 and positions[:, 0].max() < 143 and positions[:, 1].max() < 133


@pytest.mark.parametrize("style", ["points", "mesh", "off"])
def test_a_face_without_landmarks_can_be_drawn(style):
    assert not len(changed_pixels(picture(), draw_overlay(picture(), [Face.whole(picture())], style)))


@pytest.mark.parametrize("style", ["points", "mesh", "off"])
def test_several_faces_are_framed_in_every_style(style):
    faces = [face(30, 40, count=478), face(180, 60, count=478)]
    drawn = draw_overlay(picture(), faces, style)
    positions = {tuple(position) for position in changed_pixels(picture(), drawn)}
    for framed in faces:
        x0, y0, x1, y1 = framed.box.astype(int)
        middle = (x0 + x1) // 2, (y0 + y1) // 2
        for edge in ((middle[0], y0), (middle[0], y1 - 1), (x0, middle[1]), (x1 - 1, middle[1])):
            assert edge in positions


@pytest.mark.parametrize("count", [478, 106])
@pytest.mark.parametrize("style", ["points", "mesh"])
def test_omits_landmarks_of_hidden_regions(style, count):
    drawn_face = face(60, 50, count=count)
    hidden = ("mouth_right", "mouth_left")
    masked = Visibility(80.0, 0.5, 0.2, 0.25, 0.0, 0.0, frozenset(hidden))
    covered = dataclasses.replace(drawn_face, visibility=masked)
    drawn, all_drawn = (
        changed_pixels(picture(), draw_overlay(picture(), [f], style)) for f in (covered, drawn_face)
    )
    omitted = [REGIONS[number] in hidden for number in nearest_regions(drawn_face.landmarks)]
    assert 0 < sum(omitted) < count
    assert len(drawn) < len(all_drawn)
    if style == "points":
        distance = np.linalg.norm(
            drawn[:, None] + 0.5 - drawn_face.landmarks[None, ~np.array(omitted)], axis=-1
        )
        assert distance.min(1).max() < 3, "only visible landmarks are drawn"
        clear = dataclasses.replace(drawn_face, visibility=dataclasses.replace(masked, covered=frozenset()))
        assert len(changed_pixels(picture(), draw_overlay(picture(), [clear], style))) == len(all_drawn)


def label_pixels(drawn: Image.Image, face: Face) -> np.ndarray:
    x, y = face.box[:2].astype(int)
    return np.asarray(drawn.crop((x, y, x + 28, y + 28))).astype(int)


def test_each_face_has_its_own_number():
    first, second, third = face(10, 20), face(110, 20), face(210, 20)
    in_order = draw_overlay(picture(), [first, second, third], "off")
    swapped = draw_overlay(picture(), [first, third, second], "off")
    assert np.abs(label_pixels(in_order, first) - label_pixels(swapped, first)).max() == 0
    assert np.abs(label_pixels(in_order, second) - label_pixels(in_order, third)).max() > 100, (
        "labels 2 and 3 differ"
    )
    assert np.abs(label_pixels(in_order, second) - label_pixels(swapped, third)).max() == 0, (
        "the label depends on the order only"
    )


def test_the_selected_face_stands_out():
    faces = [face(30, 40), face(180, 60)]
    for selected in (0, 1):
        drawn = draw_overlay(picture(), faces, "off", selected)
        for index, framed in enumerate(faces):
            x0, y0 = framed.box[:2].astype(int)
            colour = _SELECTED if index == selected else _OTHER
            assert drawn.getpixel((int(x0) + 40, int(y0))) == colour


def test_a_grey_picture_gets_coloured_points():
    drawn = draw_overlay(picture().convert("L"), [face(60, 50)], "points")
    assert np.ptp(np.asarray(drawn).astype(int), axis=-1).max() > 50
