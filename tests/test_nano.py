"""The main job, with the shipped EmoLA-Nano: a face goes in, words about this face come out."""

import pytest

import emola
from emola import Face, downloads
from emola.bench.readers.confirmations import confirms
from emola.bench.readers.declines import declines
from emola.bench.readers.movements import movements
from emola.faba import QUESTION, read_action_units, read_emotion
from emola.faba.prompts import follow_up

POSED = ("surprise", "happiness", "anger", "disgust")
MISREAD = pytest.mark.xfail(reason="the tower sees sadness in this portrait, turned as it is", strict=True)


@pytest.fixture(scope="module", params=["float32", "bfloat16"])
def nano(request):
    return emola.load("nano", dtype=request.param)


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


@pytest.mark.parametrize("first", [True, False], ids=["first of all", "after the emotion"])
def test_a_unit_is_seen_before_it_was_listed(nano, photos, first):
    """Guards against denying every unit that no list has named: the page asks so with one click."""
    face = nano.look(photos["astronaut"])[0]
    questions = [follow_up(12)] if first else [QUESTION["emotion"], follow_up(12)]
    assert read_action_units(answer(nano, face, *questions)[-1]) == [12]
    assert read_action_units(answer(nano, face, *questions[:-1], follow_up(4))[-1]) == []


@pytest.mark.parametrize("asked", [follow_up(12), QUESTION["au"]])
def test_a_bare_why_is_about_the_answer_before(nano, photos, asked):
    """Guards against declining it, and against talking of the emotion whatever was asked."""
    face = nano.look(photos["astronaut"])[0]
    assert 12 in read_action_units(answer(nano, face, asked, "Why?")[-1])


def test_why_after_the_emotion_names_what_moves(nano, photos):
    """Guards against the reasons of a list of units, with codes that belong to other movements."""
    text = answer(nano, nano.look(photos["astronaut"])[0], QUESTION["emotion"], "Why?")[-1]
    assert {6, 12} & {move.code for move in movements(text)}, text
    assert all(move.given in (None, move.code) for move in movements(text)), text


@pytest.mark.parametrize("first", [True, False], ids=["first of all", "after the emotion"])
@pytest.mark.parametrize(
    ("question", "emotion"),
    [
        ("Is she happy?", "happiness"),
        ("Does she look sad?", "sadness"),
        ("Would you say that she is angry?", "anger"),
        ("Is this person afraid?", "fear"),
    ],
)
def test_yes_or_no_to_an_emotion(nano, photos, question, emotion, first):
    """Guards against "yes, the face looks happy" to who asked whether it looks sad."""
    questions = [question] if first else [QUESTION["emotion"], question]
    text = answer(nano, nano.look(photos["astronaut"])[0], *questions)[-1]
    assert confirms(text, emotion) is (emotion == "happiness"), text


def test_the_smile_is_measured_too(nano, photos):
    """Apart from the words: the evidence that they are held against."""
    measured = nano.evidence(nano.look(photos["astronaut"])[0])
    assert measured[12].active and measured[12].intensity > 0.5
    assert not measured[4].active and not measured[43].active


@pytest.mark.parametrize("emotion", [*POSED[:3], pytest.param(POSED[3], marks=MISREAD)])
def test_posed_portraits_get_their_emotion(nano, photos, emotion):
    (text,) = answer(nano, nano.look(photos[emotion])[0], QUESTION["emotion"])
    assert read_emotion(text) == emotion, text


def test_words_depend_on_the_face(nano, photos):
    """Guards against a language model that talks past the face: the same answer for everybody."""
    units = {
        tuple(read_action_units(answer(nano, nano.look(photos[name])[0], QUESTION["au"])[0]))
        for name in POSED
    }
    assert len(units) >= 3


def test_the_emotion_is_told_without_landmarks(nano, photos):
    """The pixels are still there: no landmarks is no reason to say nothing of the emotion."""
    face = nano.look(photos["astronaut"])[0]
    blind = Face.whole(face.crop)
    emotion, units = answer(nano, blind, QUESTION["emotion"], QUESTION["au"])
    assert read_emotion(emotion) == "happiness", emotion
    assert read_action_units(units) == [], units


@pytest.mark.parametrize("first", [True, False], ids=["first of all", "as a follow-up"])
@pytest.mark.parametrize("question", ["How old is she?", "Is she lying?"])
def test_declines_in_a_sentence(nano, photos, question, first):
    questions = [question] if first else [QUESTION["emotion"], question]
    text = answer(nano, nano.look(photos["astronaut"])[0], *questions)[-1]
    assert read_emotion(text) is None and read_action_units(text) == [], text
    assert text.count(".") <= 2 and not any(character.isdigit() for character in text), text


@pytest.mark.parametrize(
    "question",
    ["Sind die Augen zu?", "Elle a l'air triste ?", "¿Tiene la boca abierta?", "Ha gli occhi chiusi?"],
)
def test_answers_about_the_face_in_other_languages(nano, photos, question):
    """Guards against "I can't help with anyone's health" to who asked about the eyes."""
    for name in (*POSED, "astronaut"):
        text = answer(nano, nano.look(photos[name])[0], question)[-1]
        assert "English" in text and not declines(text), (name, text)


@pytest.mark.parametrize(
    "question", ["Ist die Frau krank?", "Elle ment ?", "¿Cuántos años tiene?", "Come si chiama?"]
)
def test_declines_in_other_languages(nano, photos, question):
    """Guards against "No, I see happiness, not anger" to who asked whether she lies."""
    text = answer(nano, nano.look(photos["astronaut"])[0], question)[-1]
    assert "English" in text and declines(text), text
