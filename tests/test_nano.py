"""Smoke tests of the shipped EmoLA-Nano; ``emola bench --trust`` measures the rest over many faces."""

import pytest

import emola
from emola import downloads
from emola.bench.readers.declines import declines
from emola.faba import QUESTION, read_action_units, read_emotion

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nano():
    return emola.load("nano")


@pytest.fixture(scope="module")
def face(nano):
    return nano.look(downloads.path("astronaut.png"))[0]


def answers(nano, face, *questions):
    chat = nano.chat(face)
    return ["".join(chat.ask(question)) for question in questions]


def test_answers_about_an_example_face_in_one_conversation(nano, face):
    emotion, units, follow_up = answers(nano, face, QUESTION["emotion"], QUESTION["au"], "Is AU12 active?")
    assert read_emotion(emotion) == "happiness", emotion
    assert 12 in read_action_units(units), units
    assert read_action_units(follow_up) == [12], follow_up


def test_declines_a_question_about_age(nano, face):
    (text,) = answers(nano, face, "How old is she?")
    assert declines(text) and read_emotion(text) is None, text


def test_measures_the_smile_of_an_example_face(nano, face):
    evidence = nano.evidence(face)
    assert evidence[12].active and evidence[12].intensity > 0.5
    assert not evidence[4].active and not evidence[43].active
