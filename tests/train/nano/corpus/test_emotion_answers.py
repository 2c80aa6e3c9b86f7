"""Answers about the emotion: they follow from the units that support and contradict each emotion."""

import random
import re
import statistics
from functools import cache

import pytest
from random_faces import random_facts
from writing import each_turn

from emola.faba import EMOTIONS, read_action_units, read_emotion
from emola.faba.emotions import CONTRARY_AUS, CORE_AUS
from emola.faba.face_reading import FaceReading, UnitReading
from emola.faba.movements import MOVEMENTS
from emola.train.nano.corpus import Turn
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.checks.clauses import sentences

KINDS = (
    "emotion emotion_word feelings runner_up support reasoning against weigh ruled_out sure_emotion"
    " strength_emotion emotion_percent emotion_scale ranking mixed key_units valence arousal posed"
    " emotion_yes_no how_emotion why_not change correct_emotion choice"
).split()
LONG = ("emotion", "reasoning")
BY_THE_READING = ("emotion", "feelings", "support", "reasoning", "valence", "sure_emotion", "emotion_percent")
REPLIES_TO_A_CLAIM = ("We agree", "Yes", "You may be right")


@cache
def faces() -> list[FaceReading]:
    rng = random.Random(25)
    return [random_facts(rng) for _ in range(60)]


@cache
def turns(name: str) -> list[tuple[FaceReading, Turn]]:
    """Return the faces that a question fits, each with the turn."""
    return list(each_turn(name, faces()))


def bare_movements(code: int) -> list[str]:
    return [thing.format(how="").removeprefix("a ") for thing in MOVEMENTS[code].things]


def named_movements(text: str) -> set[int]:
    """Return the units whose bare movement ("raised cheeks") stands in a text."""
    known = {words: code for code in MOVEMENTS for words in bare_movements(code)}
    found, text = set(), text.lower()
    for words in sorted(known, key=len, reverse=True):
        if words in text:
            found.add(known[words])
            text = text.replace(words, "")
    return found


def test_asserts_active_units_only() -> None:
    for name in KINDS:
        for facts, asked in turns(name):
            if name != "change":
                assert set(read_action_units(asked.answer)) <= set(facts.active), (name, facts, asked)


def test_contrary_movements_are_never_supporting_ones() -> None:
    found = 0
    for facts, asked in (turn for name in KINDS for turn in turns(name)):
        for part in sentences(asked.answer):
            for emotion in EMOTIONS:
                word = "neutral face|face at rest" if emotion == "neutral" else emotion
                if re.search(rf"(speaks? against|does not fit) (a )?({word})\b", part):
                    units = set(read_action_units(part))
                    assert units <= set(CONTRARY_AUS[emotion]), (facts, asked)
                    found += bool(units)
    assert found > 20


def test_missing_movements_are_visible_core_units_that_are_not_active() -> None:
    found = 0
    for facts, asked in (turn for name in KINDS if name != "posed" for turn in turns(name)):
        for part in re.findall(r"(?:see no|no sign of|would expect) ([^:.]*)", asked.answer):
            claimed = named_movements(part)
            assert claimed <= set(facts.inactive), (facts, asked)
            assert all(any(code in CORE_AUS[emotion] for emotion in EMOTIONS) for code in claimed)
            found += bool(claimed)
    assert found > 20


def test_names_the_emotion_of_the_face() -> None:
    for name in BY_THE_READING:
        for facts, asked in turns(name):
            assert read_emotion(asked.answer) == facts.emotion, (name, facts, asked)


def test_says_clearly_only_of_a_clear_emotion() -> None:
    for facts, asked in (pair for name in KINDS for pair in turns(name)):
        if facts.certainty != "clear":
            answer = asked.answer.replace("not clearly", "")
            assert not re.search(r"\bclearly\b", answer, re.I), (facts, asked)


@pytest.mark.parametrize("name", LONG)
def test_a_reasoned_answer_has_several_sentences(name: str) -> None:
    answers = [asked.answer for _, asked in turns(name)]
    lengths = [len(answer.split()) for answer in answers]
    assert 40 <= statistics.median(lengths) <= 70, statistics.median(lengths)
    assert all(2 <= len(sentences(answer)) <= 9 for answer in answers)


def test_an_emotion_answer_has_two_to_five_sentences() -> None:
    for _, asked in turns("emotion"):
        assert 2 <= len(sentences(asked.answer)) <= 5, asked


def test_an_emotion_in_one_word_is_one_word() -> None:
    for facts, asked in turns("emotion_word"):
        assert asked.answer == f"{facts.emotion.capitalize()}.", (facts, asked)


def test_never_asserts_a_feeling() -> None:
    for facts, asked in turns("feelings"):
        assert re.search(r"cannot (tell|be told)|does not show", asked.answer), (facts, asked)
        assert not re.search(r"\b(he|she|they|person) (feels?|is|are) (happy|sad|angry|afraid)", asked.answer)


def test_rules_out_only_emotions_without_a_core_unit() -> None:
    found = 0
    for facts, asked in turns("ruled_out"):
        named = set(EMOTIONS) & set(re.findall(r"\w+", sentences(asked.answer)[0].lower()))
        if "rule out" in asked.answer.replace("cannot rule out", "") or "can be ruled out" in asked.answer:
            assert named == set(rules.ruled_out(facts)), (facts, asked)
            found += 1
    assert found > 10


def test_holds_against_a_wrong_claim_about_a_clear_face() -> None:
    for facts, asked in turns("correct_emotion"):
        if facts.certainty == "clear" and read_emotion(asked.question) not in (facts.emotion, None):
            assert not asked.answer.startswith(REPLIES_TO_A_CLAIM), (facts, asked)


def test_change_names_the_core_units_that_are_missing_and_the_contrary_ones() -> None:
    facts = FaceReading({6: UnitReading("C"), 12: UnitReading("D")}, emotion="happiness", certainty="clear")
    answers = {
        asked.answer
        for _, asked in each_turn("change", [facts] * 80)
        if re.search("anger|angry", asked.answer)
    }
    assert answers
    for answer in answers:
        assert all(f"AU{code}" in answer for code in (4, 7, 23, 24)), answer
        assert "AU6" in answer and "AU12" in answer and "relax" in answer, answer
