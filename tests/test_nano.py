"""Smoke tests of the shipped EmoLA-Nano; ``emola bench --trust`` measures the rest over many faces."""

import json
import re

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


def test_writes_a_reading_before_the_first_question(nano, face):
    reading = nano.read(face)
    assert {6, 12, 25} <= set(read_action_units(reading.given)), reading
    assert read_emotion(reading.written) == "happiness", reading


def test_answers_both_parts_of_a_question(nano, face):
    (text,) = answers(nano, face, "Which action units are active, and what emotion do they suggest?")
    assert {6, 12, 25} <= set(read_action_units(text)) and read_emotion(text) == "happiness", text


def test_answers_in_the_form_that_was_asked_for(nano, face):
    chat = nano.chat(face)
    found = json.loads("".join(chat.ask("Give me JSON.")))
    assert found["emotion"] == "happiness" and "AU12" in found["action_units"]
    codes = "".join(nano.chat(face).ask("Only the codes, please."))
    assert re.fullmatch(r"AU\d+(, AU\d+)*", codes) and "AU12" in codes, codes


def test_says_no_about_an_opposite(nano, face):
    (text,) = answers(nano, face, "Is the mouth closed?")
    assert text.startswith("No") and "AU25" in text, text


def test_keeps_the_look_apart_from_the_feeling(nano, face):
    (text,) = answers(nano, face, "What is this person feeling?")
    assert read_emotion(text) == "happiness" and re.search(r"photo does not show|cannot tell", text), text


def test_declines_a_question_about_age(nano, face):
    (text,) = answers(nano, face, "How old is she?")
    assert declines(text) and read_emotion(text) is None, text


def test_measures_the_smile_of_an_example_face(nano, face):
    evidence = nano.evidence(face)
    assert evidence[12].active and evidence[12].intensity > 0.5
    assert not evidence[4].active and not evidence[43].active
