"""Requirements of written exchanges: their grammar, the faces that meet them, and examples."""

import random

import pytest
from raised import message_of

from emola.errors import DataError
from emola.faba.face_reading import FaceReading, UnitReading
from emola.train.nano.corpus.needs_line import parse_requirements

SMILE = FaceReading(
    {6: UnitReading("C", True, "C", "C"), 12: UnitReading("D", False, "D", "B")},
    emotion="happiness",
    certainty="clear",
)
NO_LANDMARKS = FaceReading(None, emotion="happiness", certainty="likely")
LIMITED = FaceReading(
    {4: UnitReading("B", False)},
    frozenset({"mouth_left", "mouth_right"}),
    ("dark", "tilted up"),
    "anger",
    "unsure",
    "sadness",
)


HOLDS = [
    ("", SMILE, True),
    ("AU6, AU12 C+; happiness clear", SMILE, True),
    ("AU6 C-E, AU12 B-", SMILE, False),
    ("AU6 sure, AU12 unsure", SMILE, True),
    ("AU6 C unsure", SMILE, False),
    ("AU12 left; AU6 even", SMILE, True),
    ("AU12 right", SMILE, False),
    ("AU12 even", SMILE, False),
    ("AU6; AU12; only", SMILE, True),
    ("AU6; only", SMILE, False),
    ("not AU4, AU9", SMILE, True),
    ("not AU4, AU6", SMILE, False),
    ("not AU4, AU9, AU6 C", SMILE, True),
    ("happiness likely/unsure", SMILE, False),
    ("happiness clear/likely; no second; visible", SMILE, True),
    ("then fear", SMILE, False),
    ("not candidate anger, fear", SMILE, True),
    ("no landmarks", SMILE, False),
    ("no landmarks; happiness", NO_LANDMARKS, True),
    ("not AU4", NO_LANDMARKS, False),
    ("only", NO_LANDMARKS, False),
    ("hidden mouth; dark, tilted; anger; then sadness", LIMITED, True),
    ("hidden mouth, eyes", LIMITED, False),
    ("not AU12", LIMITED, False),
    ("not candidate sadness", LIMITED, False),
    ("visible", LIMITED, False),
]


def test_holds_for_faces_with_the_facts():
    for line, reading, holds in HOLDS:
        assert parse_requirements(line).holds(reading) is holds, (line, reading)


INVALID = {
    "AU6; smile": "'smile' is not an item",
    "AU3": "'AU3' is not an action unit",
    "AU6 F": "'F' cannot be required of AU6",
    "AU6 D-B": "'D-B' is not a range",
    "AU17 left": "'left' cannot be required of AU17",
    "AU6, not AU6": "AU6 is required twice",
    "happiness; anger": "two emotions are required",
    "happiness sure": "'sure' is not a certainty",
    "then joy": "'joy' is not an emotion",
    "hidden cheeks": "'cheeks' cannot be hidden",
    "hidden mouth; AU12": "AU12 cannot be known",
    "hidden nose; not AU9": "AU9 cannot be known",
    "no landmarks; only": "no unit is known",
    "AU26, AU27": "not active together",
    "only; hidden eyes": "exclude each other",
    "visible; dark": "'visible' excludes",
    "AU6 sure; blurred": "no unit is sure",
    "anger; then anger": "the emotion itself",
    "anger; not candidate anger": "an excluded emotion",
    "AU6,, AU12": "an empty item",
}


def test_rejects_invalid_lines():
    messages = {line: message_of(DataError, parse_requirements, line) for line in INVALID}
    assert {line: found for line, found in messages.items() if INVALID[line] not in found} == {}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "AU6 C-E, AU12 D left; not AU4; happiness clear",
        "AU1 A right, AU2 E left; only; surprise likely/unsure; then fear",
        "AU4 C even; hidden mouth; dark; not candidate happiness",
        "no landmarks; neutral; no second",
        "hidden eyes, brows; tilted",
        "AU26; not AU1, AU2",
    ],
)
def test_examples_meet_the_requirements(line):
    needs = parse_requirements(line)
    assert all(needs.holds(needs.example(random.Random(seed))) for seed in range(50))


def test_examples_vary_what_is_not_required():
    needs = parse_requirements("AU12")
    examples = [needs.example(random.Random(seed)) for seed in range(50)]
    assert len({example.active for example in examples}) > 10
    assert {example.units[12].level for example in examples} == set("ABCDE")


def test_states_of_units():
    needs = parse_requirements("AU6; not AU4; hidden mouth")
    assert [needs.state(code) for code in (6, 4, 12, 9)] == ["active", "inactive", "hidden", "unknown"]
    assert parse_requirements("AU6; only").state(9) == "inactive"
    assert parse_requirements("no landmarks").state(9) == "hidden"
