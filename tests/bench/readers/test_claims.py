"""What the readers of ``emola.bench.asked`` take from a text."""

import pytest

from emola.bench.asked.numbers import first_number, levels, percent
from emola.bench.readers.claims import (
    claims,
    emotions,
    misnames,
    sentences,
)

CLAIMS = {
    "The cheeks are slightly raised.": ({6}, set()),
    "The cheeks are not raised.": (set(), {6}),
    "AU6 is active, AU4 is not.": ({6}, {4}),
    "None of AU1, AU2 and AU4 is active.": (set(), {1, 2, 4}),
    "The brows are level and the lip corners go up.": ({12}, {1, 2, 4}),
    "The cheeks are raised and the nose is smooth.": ({6}, {9}),
    "The lip corners are up, not down, and the brows are not lowered.": ({12}, {4}),
    "Raised cheeks, raised lip corners and lowered brows are missing.": (set(), {4, 6, 12}),
    "The brows are lowered; the lip corners are level.": ({4}, {12, 15}),
    "The lip corners are raised, level D.": ({12}, set()),
    "The cheeks are raised: no.": (set(), {6}),
    "The corners of the mouth are pulled down.": ({15}, set()),
    "The upper lids are raised.": ({5}, set()),
    "The upper lip is strongly raised.": ({10}, set()),
    "AU6 can be mistaken for AU7, which only tightens the lids.": (set(), set()),
    "The brows would have to come down (AU4).": (set(), set()),
    "The cheeks are not raised, which happiness often brings.": (set(), {6}),
    "I see no smile.": (set(), {12}),
    "The eyes are open.": (set(), {43}),
    "Is AU4 active?": (set(), set()),
}
"""The units that a text asserts, and those that it denies."""


def test_claims():
    codes = (1, 2, 4, 5, 6, 7, 9, 10, 12, 15, 43)
    for text, expected in CLAIMS.items():
        said = claims(text)
        asserted = {code for code in codes if said.asserts(code)}
        assert (asserted, {code for code in codes if said.denies(code)}) == expected, text


def test_an_open_mouth_may_be_any_of_three_units():
    said = claims("The mouth is open.")
    assert said.asserts(25) and said.asserts(27)
    assert claims("The mouth is closed.").denies(26)


LEVELS = {
    "C": {2},
    "AU6C": {2},
    "Level A.": {0},
    "a raised brow": set(),
    "only a trace": {0},
    "very strongly raised": {4},
    "strong": {3},
    "moderately": {2},
}


def test_levels():
    assert {text: levels(text) for text in LEVELS} == LEVELS


@pytest.mark.parametrize(
    ("text", "number"),
    [("AU12: 6 of 10", 6), ("I would say seven.", 7), ("AU6 and AU12", None), ("6, from 1 to 10", 6)],
)
def test_first_number(text, number):
    assert first_number(text, 10) == number


def test_percent():
    assert percent("About 70 %.") == 70 and percent("70 percent") == 70 and percent("AU6 is strong.") is None


def test_emotions_in_order_and_those_denied():
    found = emotions("Happy, not sad.")
    assert found.named == ["happiness", "sadness"] and found.denied == {"sadness"}


MISNAMES = {
    "AU12 is the lip corner puller.": False,
    "AU12 is the sharp lip puller.": True,
    "The inner brows are raised (AU2).": True,
    "A wrinkled nose and a strongly wrinkled nose.": True,
    "A wrinkled nose and raised cheeks.": False,
}


def test_misnames():
    assert {text: bool(misnames(text)) for text in MISNAMES} == MISNAMES


def test_sentences():
    assert sentences("One. Two!\n- three") == ["One.", "Two!", "- three"]
