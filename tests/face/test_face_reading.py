"""The facts of a face by its evidence."""

import pytest

from emola.face.evidence import HIDDEN, AUEstimate
from emola.face.face_reading import level, read_face
from emola.face.visibility import Visibility

CLEAR = Visibility(size=200, brightness=0.5, contrast=0.2, sharpness=0.3, yaw=0, pitch=0)
SMILE = {
    6: AUEstimate(0.6, 0.3, True, 0.3, 0.3),
    12: AUEstimate(0.95, 0.5, True, 0.9, 0.1),
    4: AUEstimate(0.2, 0.1, False, 0.1, 0.1),
}


def test_active_units_get_levels_sides_and_certainty():
    reading = read_face(SMILE, CLEAR)
    assert reading.active == (6, 12)
    assert (reading.units[6].level, reading.units[6].sure) == ("B", False)
    assert (reading.units[12].level, reading.units[12].sure, reading.units[12].stronger_side) == (
        "C",
        True,
        "left",
    )


def test_nothing_is_sure_in_an_unclear_view():
    dark = Visibility(size=200, brightness=0.1, contrast=0.02, sharpness=0.3, yaw=0, pitch=0)
    reading = read_face(SMILE, dark)
    assert reading.faults == ("dark",)
    assert not reading.units[12].sure


def test_hidden_units_are_left_out():
    masked = Visibility(200, 0.5, 0.2, 0.3, 0, 0, covered=frozenset({"mouth_left", "mouth_right"}))
    reading = read_face({**SMILE, 12: HIDDEN}, masked)
    assert reading.active == (6,) and not reading.shows(12)


def test_a_turned_head_names_its_side():
    reading = read_face(SMILE, Visibility(200, 0.5, 0.2, 0.3, yaw=40, pitch=-30))
    assert reading.faults == ("turned left", "tilted up")


def test_without_landmarks_no_unit_is_known():
    assert read_face(None).units is None


@pytest.mark.parametrize(
    ("intensity", "letter"), [(-0.1, "A"), (0.19, "A"), (0.2, "B"), (0.5, "C"), (0.99, "E"), (1.0, "E")]
)
def test_levels(intensity, letter):
    assert level(intensity) == letter
