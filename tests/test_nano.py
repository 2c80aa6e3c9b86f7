"""The main job, with the shipped EmoLA-Nano: a face goes in, words about this face come out."""

import numpy as np
import pytest
from PIL import Image

import emola
from emola import Face, downloads
from emola.faba import QUESTION, read_action_units, read_emotion

POSED = ("surprise", "happiness", "anger", "disgust")


@pytest.fixture(scope="module")
def nano():
    return emola.load("nano")


@pytest.fixture(scope="module")
def photos():
    return downloads.example_photos()


def answer(nano, face, *questions):
    chat = nano.chat(face)
    return ["".join(chat.ask(question)) for question in questions]


def test_portrait_is_happy_with_au12(nano, photos):
    face = nano.look(photos["astronaut"])[0]
    emotion, units, follow_up = answer(nano, face, QUESTION["emotion"], QUESTION["au"], "Is AU12 active?")
    assert read_emotion(emotion) == "happiness", emotion
    assert 12 in read_action_units(units), units
    assert read_action_units(follow_up) == [12], follow_up


def test_posed_portraits_get_their_emotion(nano, photos):
    told = {}
    for emotion in POSED:
        (told[emotion],) = answer(nano, nano.look(photos[emotion])[0], QUESTION["emotion"])
    right = [emotion for emotion, text in told.items() if read_emotion(text) == emotion]
    assert len(right) >= 3, told


def test_words_depend_on_the_face(nano, photos):
    """Guards against a language model that talks past the face: the same answer for everybody."""
    units = {
        tuple(read_action_units(answer(nano, nano.look(photos[name])[0], QUESTION["au"])[0]))
        for name in POSED
    }
    assert len(units) >= 3


def test_answers_about_a_face_without_landmarks(nano):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), dtype=np.uint8)
    (text,) = answer(nano, Face.whole(Image.fromarray(noise)), QUESTION["emotion"])
    assert text.strip()


@pytest.mark.parametrize("question", ["How old is she?", "Who is this?"])
def test_declines_a_follow_up_in_a_sentence(nano, photos, question):
    _, text = answer(nano, nano.look(photos["astronaut"])[0], QUESTION["emotion"], question)
    assert read_emotion(text) is None and read_action_units(text) == [], text
    assert text.count(".") <= 2 and not any(character.isdigit() for character in text), text
