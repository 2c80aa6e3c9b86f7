"""Visibility of faces, hidden regions and messages."""

import json

import numpy as np
import pytest
from example_faces import PORTRAITS, example_face, largest_face, shared_landmarker, with_glasses, with_mask
from PIL import ImageEnhance, ImageFilter

from emola.faba import ACTION_UNITS
from emola.face import Visibility

pytestmark = pytest.mark.slow

EYES = frozenset({"eye_right", "eye_left"})
MOUTH = frozenset({"mouth_right", "mouth_left"})
CLEAR = {"size": 200.0, "brightness": 0.5, "contrast": 0.2, "sharpness": 0.25, "yaw": 0.0, "pitch": 0.0}


def visibility_with(covered: frozenset[str] = frozenset(), **changes: float) -> Visibility:
    return Visibility(**(CLEAR | changes), covered=covered)


def test_a_clear_face_shows_every_unit_without_sentences():
    face = visibility_with()
    assert face.clear and face.sentences == () and not face.hidden
    assert all(face.shows(au, side) for au in ACTION_UNITS for side in (None, "left", "right"))


@pytest.mark.parametrize(
    ("covered", "hidden_units", "sentence"),
    [
        (MOUTH | {"nose"}, {9, 10, 12, 17, 25, 27}, "The mouth and nose are covered."),
        (MOUTH, {12, 15, 25}, "The mouth is covered."),
        (EYES, {5, 6, 7, 43, 45}, "The eyes are covered."),
        (frozenset({"brow_right", "brow_left"}), {1, 2, 4}, "The brows are covered."),
        (frozenset({"nose"}), {9}, "The nose is covered."),
    ],
)
def test_covered_parts_hide_their_units(covered, hidden_units, sentence):
    face = visibility_with(covered)
    assert {au for au in ACTION_UNITS if not face.shows(au)} >= hidden_units
    assert face.shows(4) is (4 not in hidden_units) and face.shows(12) is (12 not in hidden_units)
    assert face.sentences == (sentence,)
    assert not face.clear


def test_a_unit_is_visible_if_one_side_is():
    face = visibility_with(frozenset({"eye_left", "mouth_right"}))
    assert face.shows(43) and not face.shows(43, "left") and face.shows(43, "right")
    assert face.shows(12) and face.shows(12, "left") and not face.shows(12, "right")
    assert face.sentences == ("The left eye is covered.", "The right side of the mouth is covered.")


@pytest.mark.parametrize(("yaw", "far", "near"), [(35.0, "left", "right"), (-35.0, "right", "left")])
def test_large_yaw_hides_the_far_side(yaw, far, near):
    face = visibility_with(yaw=yaw)
    assert face.hidden == {f"{part}_{far}" for part in ("brow", "eye", "mouth")}
    assert not face.shows(12, far) and face.shows(12, near) and face.shows(12) and face.shows(9)
    assert face.sentences == ("The face is turned far to the side.",) and not face.clear
    assert visibility_with(yaw=yaw * 0.8).clear


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"contrast": 0.04, "brightness": 0.1}, "The picture is too dark to be sure."),
        ({"contrast": 0.04, "brightness": 0.9}, "The picture is too bright to be sure."),
        ({"contrast": 0.2, "brightness": 0.98}, "The picture is too bright to be sure."),
        ({"contrast": 0.04}, "The picture has too little contrast to be sure."),
        ({"size": 38.2}, "The face is small: 38 pixels."),
        ({"sharpness": 0.05}, "The picture is blurred."),
        ({"pitch": 30.0}, "The face is turned far down."),
        ({"pitch": -30.0}, "The face is turned far up."),
    ],
)
def test_a_poor_picture_is_unclear_but_hides_nothing(changes, sentence):
    face = visibility_with(**changes)
    assert face.sentences == (sentence,)
    assert not face.clear and not face.hidden and face.shows(12)


def test_dark_skin_in_good_light_is_clear():
    assert visibility_with(brightness=0.15, contrast=0.09).clear


def test_at_most_three_sentences_with_covers_first():
    face = visibility_with(EYES, yaw=40.0, pitch=30.0, size=20.0, contrast=0.01)
    assert len(face.sentences) == 3 and face.sentences[0] == "The eyes are covered."


def test_as_dict_is_json():
    data = visibility_with(EYES, yaw=np.float32(-40)).as_dict()
    assert json.loads(json.dumps(data)) == data
    assert data["covered"] == ["eye_right", "eye_left"]
    assert set(data["hidden"]) == {"brow_right", "eye_right", "eye_left", "mouth_right"}
    assert data["clear"] is False and data["yaw"] == -40


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_the_example_portraits_are_uncovered(name):
    image, face = example_face(name)
    assert not face.visibility.covered and face.visibility.clear
    assert not largest_face(image.convert("L").convert("RGB")).visibility.covered
    x0, y0, x1, y1 = face.box
    assert face.visibility.size == pytest.approx(max(x1 - x0, y1 - y0))


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize("fill", [(240, 240, 240), (110, 170, 200), (20, 20, 20), (120, 40, 50)])
def test_a_drawn_mask_covers_the_mouth_and_not_the_eyes(name, fill):
    covered = largest_face(with_mask(name, fill)).visibility.covered
    assert covered >= MOUTH and not covered & EYES


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize("rounded", [True, False])
@pytest.mark.parametrize("fill", [(10, 10, 12), (60, 50, 40)])
def test_drawn_glasses_cover_the_eyes_and_not_the_mouth(name, fill, rounded):
    covered = largest_face(with_glasses(name, fill, rounded)).visibility.covered
    assert covered >= EYES and not covered & MOUTH


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_dark_flat_and_blurred_photos_are_unclear_and_uncovered(name):
    image, face = example_face(name)
    width = float(np.ptp(face.landmarks[:, 0]))
    poor = {
        "dark": ImageEnhance.Brightness(image).enhance(0.15),
        "contrast": ImageEnhance.Contrast(image).enhance(0.15),
        "blurred": image.filter(ImageFilter.GaussianBlur(width * 0.045)),
    }
    for word, picture in poor.items():
        visibility = largest_face(picture).visibility
        assert not visibility.clear and any(word in sentence for sentence in visibility.sentences), word
        assert not visibility.covered, word


@pytest.mark.network
def test_a_small_face_states_its_size():
    image, face = example_face("astronaut.png")
    for size, clear in ((36, False), (60, True)):
        scale = size / face.visibility.size
        reduced = image.resize((round(image.width * scale), round(image.height * scale)))
        found = largest_face(reduced).visibility
        assert found.size == pytest.approx(size, rel=0.1)
        assert found.clear is clear and not found.covered
        assert (f"The face is small: {found.size:.0f} pixels." in found.sentences) is not clear


@pytest.mark.network
@pytest.mark.parametrize("name", ["anger.jpg", "surprise.jpg", "happiness.jpg"])
def test_an_overexposed_face_is_unclear(name):
    """Guards against confident statements about an overexposed face."""
    image, _ = example_face(name)
    assert largest_face(ImageEnhance.Brightness(image).enhance(1.3)).visibility.clear
    assert "too bright" in largest_face(ImageEnhance.Brightness(image).enhance(2)).visibility.sentences[-1]


@pytest.mark.network
@pytest.mark.parametrize("name", ["anger.jpg", "surprise.jpg", "happiness.jpg", "single.jpg"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_regions_outside_the_image_are_hidden(name, side):
    """Guards against confident statements about both sides of a face cut by the border."""
    image, face = example_face(name)
    x0, _, x1, _ = face.box
    edge = round(x0 + 0.4 * (x1 - x0)), round(x1 - 0.4 * (x1 - x0))
    box = (edge[0], 0, *image.size) if side == "right" else (0, 0, edge[1], image.height)
    for cropped in shared_landmarker().detect(image.crop(box)):
        assert f"eye_{side}" in cropped.visibility.outside and not cropped.visibility.clear
        assert not cropped.visibility.shows(43, side)
        assert "outside the picture" in cropped.visibility.sentences[0]


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
def test_a_dark_half_is_covered(name):
    """Guards against mistaking a dark surface over half of the face for a shadow."""
    image, face = example_face(name)
    x0, y0, x1, y1 = (round(float(v)) for v in face.box)
    half = image.copy()
    half.paste((30, 30, 30), ((x0 + x1) // 2, y0 - 20, x1 + 20, y1 + 20))
    for found in shared_landmarker().detect(half):
        assert {"eye_left", "mouth_left", "brow_left"} & found.visibility.covered
        assert not found.visibility.clear


@pytest.mark.network
@pytest.mark.parametrize("name", PORTRAITS)
@pytest.mark.parametrize("fill", [(0, 0, 0), (200, 30, 30)])
def test_a_bar_over_the_lips_covers_the_mouth(name, fill):
    """Guards against calling the mouth visible because the chin is."""
    image, face = example_face(name)
    lips = face.landmarks[[61, 291, 0, 17]]
    (x0, y0), (x1, y1) = lips.min(0), lips.max(0)
    barred = image.copy()
    edge = 0.05 * (face.box[3] - face.box[1])
    barred.paste(fill, (round(x0 - edge), round(y0 - edge), round(x1 + edge), round(y1 + edge)))
    assert largest_face(barred).visibility.covered >= MOUTH


def test_rejects_an_unknown_side():
    """Guards against treating an unknown side as visible."""
    with pytest.raises(KeyError):
        visibility_with().shows(12, "LEFT")
