"""The reading of a face and the line that states it."""

import pytest

from emola.faba.face_reading import (
    LEVELS,
    PARTS,
    FaceReading,
    UnitReading,
    emotion_line,
    given_line,
    is_measured_line,
    measured_line,
    view_line,
)
from emola.faba.regions import REGIONS

SMILE = FaceReading(
    {6: UnitReading("C"), 12: UnitReading("D", left="E", right="B"), 25: UnitReading("B", sure=False)}
)
MOUTH = frozenset({"mouth_left", "mouth_right"})


def test_the_line_states_units_levels_sides_and_parts():
    assert measured_line(SMILE) == (
        "AU6 C, AU12 D left, AU25 B unsure. Brows level, eyes open, cheeks raised, nose smooth, mouth open, "
        "lips corners up, chin at rest."
    )


def test_a_model_is_told_what_it_does_not_write_itself():
    dark = FaceReading({12: UnitReading("D")}, faults=("dark",))
    assert given_line(dark, "measured") == measured_line(dark)
    assert given_line(dark, "written") == "View: dark."
    assert given_line(SMILE, "written") == ""


@pytest.mark.parametrize(
    "reading", [SMILE, FaceReading({}), FaceReading(None), FaceReading(None, faults=("dark",))]
)
def test_recognises_the_line_of_a_model_that_is_told_the_units(reading: FaceReading):
    """Guards against agreement that is presented as a success of the model."""
    assert is_measured_line(given_line(reading, "measured"))
    assert not is_measured_line(given_line(reading, "written"))


def test_a_face_at_rest_has_no_units():
    assert measured_line(FaceReading({})).startswith("No units. Brows level,")


def test_a_face_without_landmarks_has_no_parts():
    assert measured_line(FaceReading(None, faults=("small",))) == "No landmarks. View: small."


def test_hidden_parts_are_neither_active_nor_inactive():
    masked = FaceReading({4: UnitReading("B")}, hidden=MOUTH)
    assert "mouth hidden, lips hidden, chin hidden" in measured_line(masked)
    assert view_line(masked) == "View: mouth hidden."
    assert set(masked.inactive) == {1, 2, 5, 6, 7, 9, 43}
    assert {12, 25, 17} <= set(masked.covered)


def test_a_hidden_side_leaves_the_unit_visible():
    turned = FaceReading(
        {12: UnitReading("C")}, hidden=frozenset({"mouth_left", "eye_left"}), faults=("turned left",)
    )
    assert turned.shows(12) and not turned.clear_view
    assert view_line(turned) == "View: left eye hidden, left side of the mouth hidden, turned left."


@pytest.mark.parametrize(
    ("codes", "brows"),
    [
        ((1, 2), "raised"),
        ((1,), "inner ends raised"),
        ((1, 4), "inner ends raised and lowered"),
        ((), "level"),
    ],
)
def test_states_of_the_brows(codes, brows):
    assert FaceReading(dict.fromkeys(codes, UnitReading("C"))).part("brows") == brows


def test_every_part_and_region_can_be_hidden():
    everything = FaceReading({}, hidden=frozenset(REGIONS))
    assert {everything.part(name) for name in PARTS} == {"hidden"}
    assert everything.inactive == ()


@pytest.mark.parametrize(
    ("left", "right", "side"), [("D", "B", "left"), ("A", "C", "right"), ("C", "B", None), (None, "E", None)]
)
def test_sides_differ_by_two_levels(left, right, side):
    assert UnitReading("C", left=left, right=right).stronger_side == side


def test_emotion_line():
    assert (
        emotion_line(FaceReading({}, emotion="fear", certainty="unsure", second="surprise"))
        == "Fear unsure, then surprise."
    )
    assert emotion_line(FaceReading({}, emotion="neutral", certainty="clear")) == "Neutral clear."
    assert emotion_line(FaceReading({})) == ""


def test_levels_are_ordered():
    assert [UnitReading(level).band for level in LEVELS] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("level", "state"), [("A", "lids lowered"), ("C", "lids lowered"), ("D", "closed")])
def test_eyes_are_closed_from_level_d(level, state):
    assert FaceReading({43: UnitReading(level)}).part("eyes") == state
