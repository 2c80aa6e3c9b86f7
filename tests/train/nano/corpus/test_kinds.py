"""Questions of the table: the answers agree with the facts, whatever the wording and the language."""

import json
import random
import re
from functools import cache

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


@cache
def faces() -> list[FaceReading]:
    rng = random.Random(11)
    return [random_facts(rng) for _ in range(60)]


@cache
def turns(name: str) -> list[tuple[FaceReading, Turn]]:
    """Return the faces that a question fits, each with the turn."""
    return list(each_turn(name, faces()))


def declined_question(topic: str, rng: random.Random, languages=ENGLISH) -> str:
    """Draw a question about a topic to decline."""
    while True:
        subject = declined_topic(WRITER.start(FaceReading(None), rng), languages)
        if subject.topic == topic:
            wordings = MIXTURE.wordings_of("decline")
            return WRITER.book.draw(rng, "decline", languages, topic, subject.slots, wordings)


def test_there_are_at_least_seventy_kinds() -> None:
    assert len(KINDS) >= 70


def test_every_kind_is_drawn_by_the_mixture() -> None:
    drawn = {key.rpartition("/")[2] for key in (*MIXTURE.questions, *MIXTURE.follow_ups)}
    assert set(KINDS) - drawn == set()


BEFORE = (
    Turn("emotion", "Emotion?", "Sad."),
    Turn("unit", "AU4?", "Yes.", 4),
    Turn("side", "AU12 left?", "Yes.", 12),
    Turn("part", "The brows?", "Level."),
    Turn("list", "AUs?", "AU4."),
    Turn("knowledge", "What is AU4?", "A frown.", 4),
    Turn("decline", "How old?", "No."),
)


def test_every_kind_is_answered_about_every_face() -> None:
    for name in KINDS:
        asked = [asked for _, asked in turns(name)]
        if not asked:  # a question that refers back
            asked = [asked for before in BEFORE for _, asked in each_turn(name, faces()[:20], [before])]
        assert asked, name
        for each in asked:
            assert each.question and each.answer, name
            assert not set("{}|") & set(each.question + each.answer) or name == "json", each
            assert "  " not in each.answer and ".." not in each.answer, each


@pytest.mark.parametrize(
    "name", ["emotion", "emotion_word", "support", "emotion_percent", "ranking", "summary"]
)
def test_answers_about_the_emotion_name_it(name: str) -> None:
    for facts, asked in turns(name):
        named = read_emotion(asked.answer)
        assert named in (facts.emotion, None), (facts, asked)
        if name in ("emotion", "emotion_word"):
            assert named == facts.emotion, (facts, asked)


@pytest.mark.parametrize("name", ["list", "codes", "count", "levels", "list_and_emotion"])
def test_lists_name_the_active_units(name: str) -> None:
    for facts, asked in turns(name):
        assert read_action_units(asked.answer) == list(facts.active), (facts, asked)


def test_json_holds_units_and_emotion() -> None:
    for facts, asked in turns("json"):
        record = json.loads(asked.answer)
        assert record["emotion"] == facts.emotion
        assert record["action_units"] == {f"AU{code}": facts.units[code].level for code in facts.active}


@pytest.mark.parametrize(("half", "codes"), [("upper", UPPER_AUS), ("lower", LOWER_AUS)])
def test_half_a_face_lists_its_own_units(half: str, codes) -> None:
    for facts, asked in turns(half):
        assert set(read_action_units(asked.answer)) <= set(codes) & set(facts.active), (facts, asked)


def test_strongest_and_weakest_unit() -> None:
    facts = FaceReading({4: UnitReading("E"), 25: UnitReading("B"), 12: UnitReading("C")}, emotion="anger")
    for name, code in (("strongest", 4), ("weakest", 25)):
        asked = turn(name, facts, 1)
        assert asked is not None and read_action_units(asked.answer) == [code]


def test_inactive_units_are_inactive() -> None:
    for facts, asked in turns("absent"):
        assert set(map(int, re.findall(r"AU(\d+)", asked.answer))) <= set(facts.inactive), (facts, asked)


@pytest.mark.parametrize("name", ["yes_no", "bare", "correct_unit", "click", "and_unit"])
def test_answers_about_a_unit_agree_with_the_face(name: str) -> None:
    for facts, asked in each_turn(name, faces(), [Turn("unit", "AU4?", "Yes.", 4)]):
        assert set(read_action_units(asked.answer)) <= set(facts.active), (facts, asked)
        visible = asked.code in facts.active or asked.code in facts.inactive
        assert not asked.answer.startswith("Yes") or asked.code in facts.active, (facts, asked)
        assert visible or not asked.answer.startswith(("Yes", "No")), (facts, asked)


@pytest.mark.parametrize(("name", "yes"), [("movement", True), ("opposite", False)])
def test_a_movement_and_its_opposite_get_opposite_answers(name: str, yes: bool) -> None:
    for facts, asked in turns(name):
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


def test_yes_or_no_to_an_emotion() -> None:
    for facts, asked in turns("emotion_yes_no"):
        said = asked.answer.startswith("Yes")
        assert said or asked.answer.startswith(("No", "Not")), (facts, asked)
        if said:
            assert confirms(asked.answer, facts.emotion), (facts, asked)


def test_choice_is_answered_with_the_emotion_of_the_face() -> None:
    for facts, asked in turns("choice"):
        named = read_emotion(asked.answer)
        assert named == facts.emotion or (facts.second and named in (facts.second, None)), (facts, asked)


@pytest.mark.parametrize(
    "name", ["emotion", "list", "emotion_yes_no", "choice", "movement", "brows", "yes_no"]
)
def test_questions_in_other_languages_are_answered_in_english(name: str) -> None:
    asked = [asked for _, asked in each_turn(f"other/{name}", faces()[:20])]
    assert asked and all(is_in_other_language(each.answer) for each in asked)


def test_a_language_can_be_asked_for() -> None:
    german = {asked.question for _, asked in turns("de/emotion")}
    assert len(german) > 30 and any("Gesicht" in question for question in german)
    assert not any("visage" in question or "face" in question for question in german)


def test_code_and_name_of_a_unit_go_together_both_ways() -> None:
    for code, unit in ACTION_UNITS.items():
        rng = random.Random(code)
        subject, name = about_unit(code), unit.name.lower()
        for _ in range(20):
            texts = [
                WRITER.book.draw(rng, kind, ENGLISH, subject.topic, subject.slots)
                for kind in ("what_is", "answer to what_is", "code_of", "answer to code_of")
            ]
            assert name in f"{texts[0]} {texts[1]}".lower() and f"AU{code}" in texts[1], texts
            assert name in texts[2].lower(), texts
            assert str(code) in re.findall(r"\d+", texts[3]), texts


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_to_decline_are_worded_in_many_ways(topic: str) -> None:
    rng = random.Random(2)
    questions = {declined_question(topic, rng) for _ in range(400)}
    assert len(questions) > 120
    assert len({declined_question(topic, rng, OTHERS) for _ in range(100)}) > 5
    assert not any(set("{}[]|") & set(question) for question in questions)


def test_declining_names_no_emotion_and_no_unit() -> None:
    for _, asked in turns("decline"):
        assert declines(asked.answer) and read_emotion(asked.answer) is None, asked
        assert read_action_units(asked.answer) == []


def test_remarks_leave_the_code_in_a_question_alone() -> None:
    rng = random.Random(4)
    questions = {typed(rng, "Is AU12 active?") for _ in range(300)}
    assert len(questions) > 15 and all("au12" in question.lower() for question in questions)


def test_an_emotion_in_a_question_has_its_adjective() -> None:
    assert about_emotion("fear").slots["a_adjective"] == ("a fearful",)
