"""Questions of the table: the answers agree with the facts, whatever the wording and the language."""

import json
import random
import re

import pytest
from random_faces import random_facts
from writing import MIXTURE, WRITER, each_turn, is_in_other_language, turn

from emola.bench.readers.confirmations import confirms
from emola.bench.readers.declines import declines
from emola.faba import ACTION_UNITS, read_action_units, read_emotion
from emola.faba.face_reading import FaceReading, UnitReading
from emola.train.nano.corpus import Turn
from emola.train.nano.corpus.facts import LOWER_AUS, UPPER_AUS
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.phrases import ENGLISH
from emola.train.nano.corpus.subjects import about_emotion, about_unit, declined_topic
from emola.train.nano.corpus.typing_habits import typed

TOPICS = tuple(MIXTURE.declined)
OTHERS = WRITER.book.other_languages


@pytest.fixture(scope="module")
def faces() -> list[FaceReading]:
    rng = random.Random(11)
    return [random_facts(rng) for _ in range(60)]


def declined_question(topic: str, rng: random.Random, languages=ENGLISH) -> str:
    """Draw a question about a topic to decline."""
    while True:
        subject = declined_topic(WRITER.start(FaceReading(None), rng), languages)
        if subject.topic == topic:
            wordings = MIXTURE.wordings_of("decline")
            return WRITER.book.draw(rng, "decline", languages, topic, subject.slots, wordings)


def test_there_are_at_least_seventy_kinds() -> None:
    assert len(KINDS) >= 70


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_drawn_by_the_mixture(name: str) -> None:
    assert name in {key.rpartition("/")[2] for key in (*MIXTURE.questions, *MIXTURE.follow_ups)}


BEFORE = (
    Turn("emotion", "Emotion?", "Sad."),
    Turn("unit", "AU4?", "Yes.", 4),
    Turn("side", "AU12 left?", "Yes.", 12),
    Turn("part", "The brows?", "Level."),
    Turn("list", "AUs?", "AU4."),
    Turn("knowledge", "What is AU4?", "A frown.", 4),
    Turn("decline", "How old?", "No."),
)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_answered_about_every_face(faces, name: str) -> None:
    asked = [asked for _, asked in each_turn(name, faces)]
    if not asked:  # a question that refers back
        asked = [asked for before in BEFORE for _, asked in each_turn(name, faces[:20], [before])]
    assert asked
    for each in asked:
        assert each.question and each.answer
        assert not set("{}|") & set(each.question + each.answer) or name == "json", each
        assert "  " not in each.answer and ".." not in each.answer, each


@pytest.mark.parametrize(
    "name", ["emotion", "emotion_word", "support", "emotion_percent", "ranking", "summary"]
)
def test_answers_about_the_emotion_name_it(faces, name: str) -> None:
    for facts, asked in each_turn(name, faces):
        named = read_emotion(asked.answer)
        assert named in (facts.emotion, None), (facts, asked)
        if name in ("emotion", "emotion_word"):
            assert named == facts.emotion, (facts, asked)


@pytest.mark.parametrize("name", ["list", "codes", "count", "levels", "list_and_emotion"])
def test_lists_name_the_active_units(faces, name: str) -> None:
    for facts, asked in each_turn(name, faces):
        assert read_action_units(asked.answer) == list(facts.active), (facts, asked)


def test_json_holds_units_and_emotion(faces) -> None:
    for facts, asked in each_turn("json", faces):
        record = json.loads(asked.answer)
        assert record["emotion"] == facts.emotion
        assert record["action_units"] == {f"AU{code}": facts.units[code].level for code in facts.active}


@pytest.mark.parametrize(("half", "codes"), [("upper", UPPER_AUS), ("lower", LOWER_AUS)])
def test_half_a_face_lists_its_own_units(faces, half: str, codes) -> None:
    for facts, asked in each_turn(half, faces):
        assert set(read_action_units(asked.answer)) <= set(codes) & set(facts.active), (facts, asked)


def test_strongest_and_weakest_unit() -> None:
    facts = FaceReading({4: UnitReading("E"), 25: UnitReading("B"), 12: UnitReading("C")}, emotion="anger")
    for name, code in (("strongest", 4), ("weakest", 25)):
        asked = turn(name, facts, 1)
        assert asked is not None and read_action_units(asked.answer) == [code]


def test_inactive_units_are_inactive(faces) -> None:
    for facts, asked in each_turn("absent", faces):
        assert set(map(int, re.findall(r"AU(\d+)", asked.answer))) <= set(facts.inactive), (facts, asked)


@pytest.mark.parametrize("name", ["yes_no", "bare", "correct_unit", "click", "and_unit"])
def test_answers_about_a_unit_agree_with_the_face(faces, name: str) -> None:
    for facts, asked in each_turn(name, faces, [Turn("unit", "AU4?", "Yes.", 4)]):
        assert set(read_action_units(asked.answer)) <= set(facts.active), (facts, asked)
        visible = asked.code in facts.active or asked.code in facts.inactive
        assert not asked.answer.startswith("Yes") or asked.code in facts.active, (facts, asked)
        assert visible or not asked.answer.startswith(("Yes", "No")), (facts, asked)


@pytest.mark.parametrize(("name", "yes"), [("movement", True), ("opposite", False)])
def test_a_movement_and_its_opposite_get_opposite_answers(faces, name: str, yes: bool) -> None:
    for facts, asked in each_turn(name, faces):
        if asked.code is None:
            continue
        opens = {25: {25, 26, 27}, 26: {26, 27}}.get(
            asked.code, {asked.code}
        )  # a lowered jaw opens the mouth
        active = bool(opens & set(facts.active))
        if not facts.shows(asked.code):
            assert not asked.answer.startswith(("Yes", "No")), (facts, asked)
        else:
            assert asked.answer.startswith("Yes" if active == yes else "No"), (facts, asked)


def test_yes_or_no_to_an_emotion(faces) -> None:
    for facts, asked in each_turn("emotion_yes_no", faces):
        said = asked.answer.startswith("Yes")
        assert said or asked.answer.startswith(("No", "Not")), (facts, asked)
        if said:
            assert confirms(asked.answer, facts.emotion), (facts, asked)


def test_choice_is_answered_with_the_emotion_of_the_face(faces) -> None:
    for facts, asked in each_turn("choice", faces):
        named = read_emotion(asked.answer)
        assert named == facts.emotion or (facts.second and named in (facts.second, None)), (facts, asked)


@pytest.mark.parametrize(
    "name", ["emotion", "list", "emotion_yes_no", "choice", "movement", "brows", "yes_no"]
)
def test_questions_in_other_languages_are_answered_in_english(faces, name: str) -> None:
    asked = [asked for _, asked in each_turn(f"other/{name}", faces[:20])]
    assert asked and all(is_in_other_language(each.answer) for each in asked)


def test_a_language_can_be_asked_for(faces) -> None:
    german = {asked.question for _, asked in each_turn("de/emotion", faces)}
    assert len(german) > 30 and any("Gesicht" in question for question in german)
    assert not any("visage" in question or "face" in question for question in german)


@pytest.mark.parametrize("code", ACTION_UNITS)
def test_code_and_name_of_a_unit_go_together_both_ways(code: int) -> None:
    rng = random.Random(code)
    subject = about_unit(code)
    for _ in range(20):
        texts = [WRITER.book.draw(rng, name, ENGLISH, subject.topic, subject.slots)
                 for name in ("what_is", "answer to what_is", "code_of", "answer to code_of")]  # fmt: skip
        assert ACTION_UNITS[code].name.lower() in f"{texts[0]} {texts[1]}".lower() and f"AU{code}" in texts[1]
        assert ACTION_UNITS[code].name.lower() in texts[2].lower()
        assert str(code) in re.findall(r"\d+", texts[3])


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_to_decline_are_worded_in_many_ways(topic: str) -> None:
    rng = random.Random(2)
    questions = {declined_question(topic, rng) for _ in range(400)}
    assert len(questions) > 120
    assert len({declined_question(topic, rng, OTHERS) for _ in range(100)}) > 5
    assert not any(set("{}[]|") & set(question) for question in questions)


def test_declining_names_no_emotion_and_no_unit(faces) -> None:
    for _, asked in each_turn("decline", faces):
        assert declines(asked.answer) and read_emotion(asked.answer) is None, asked
        assert read_action_units(asked.answer) == []


def test_remarks_leave_the_code_in_a_question_alone() -> None:
    rng = random.Random(4)
    questions = {typed(rng, "Is AU12 active?") for _ in range(300)}
    assert len(questions) > 15 and all("au12" in question.lower() for question in questions)


def test_an_emotion_in_a_question_has_its_adjective() -> None:
    assert about_emotion("fear").slots["a_adjective"] == ("a fearful",)
