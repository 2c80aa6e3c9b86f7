"""Answers about all units, about parts of the face, and in a given form, on random faces."""

import random
import re

import pytest
from random_faces import random_facts
from writing import WRITER, each_turn, turn

from emola.faba import EMOTIONS, read_action_units, read_emotion
from emola.faba.face_reading import FaceReading, UnitReading
from emola.faba.regions import REGIONS
from emola.train.nano.corpus import Turn
from emola.train.nano.corpus.answers.description import description
from emola.train.nano.corpus.ask import add
from emola.train.nano.corpus.checks.clauses import sentences
from emola.train.nano.corpus.grammar import as_sentences

_EMOTION = [Turn("emotion", "Emotion?", "Sad.")]
_LIST = [Turn("list", "AUs?", "AU4.")]
_NUMBERS = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@pytest.fixture(scope="module")
def faces() -> list[FaceReading]:
    rng = random.Random(31)
    return [random_facts(rng) for _ in range(50)]


@pytest.fixture(scope="module")
def readable(faces) -> list[FaceReading]:
    """Faces with landmarks."""
    return [facts for facts in faces if facts.units is not None]


def codes_in(text: str) -> list[int]:
    return [int(code) for code in re.findall(r"AU(\d+)", text)]


@pytest.mark.parametrize("name", ["list", "list_and_emotion", "levels", "count", "bullets"])
def test_lists_are_complete(readable, name: str) -> None:
    for facts, asked in each_turn(name, readable):
        assert sorted(set(codes_in(asked.answer))) == list(facts.active), (facts, asked)


@pytest.mark.parametrize("name", ["list", "levels"])
def test_lists_state_the_level_of_each_unit(readable, name: str) -> None:
    for facts, asked in each_turn(name, readable):
        for code in facts.active:
            told = re.search(rf"AU{code}\b(?: \([\w ]+\))?(?: is at level)? ([A-E])\b", asked.answer)
            assert told and told.group(1) == facts.units[code].level, (facts, asked)


def test_codes_are_nothing_but_codes(readable) -> None:
    for facts, asked in each_turn("codes", readable):
        assert asked.answer == (", ".join(f"AU{code}" for code in facts.active) or "None")
    for facts, asked in each_turn("facs_code", readable):
        wanted = "+".join(f"{code}{facts.units[code].level}" for code in facts.active)
        assert asked.answer == (wanted or "0")


def test_count_states_the_number_of_units(readable) -> None:
    for facts, asked in each_turn("count", readable):
        number = _NUMBERS[len(facts.active)].lower() if len(facts.active) <= 10 else str(len(facts.active))
        assert number in asked.answer.lower() or (not facts.active and "zero" in asked.answer.lower()), asked


def test_absent_units_are_inactive_and_all_if_asked_for(readable) -> None:
    complete = 0
    for facts, asked in each_turn("absent", readable):
        named = codes_in(asked.answer)
        assert set(named) <= set(facts.inactive), (facts, asked)
        if re.search(r"\b(?:all|every|full|complete)\b", asked.question, re.I) and named:
            complete += named == list(facts.inactive)
    assert complete > 10


def test_two_sentences_and_one_sentence(faces) -> None:
    for name, count in (("two_sentences", 2), ("one_sentence", 1)):
        for _, asked in each_turn(name, faces):
            assert len(sentences(asked.answer)) == count, asked


def test_a_description_has_sixty_words_and_no_emotion(readable) -> None:
    for seed, facts in enumerate(readable):
        text = as_sentences(f"{description(random.Random(seed), facts)}.")
        assert len(text.split()) >= 60, (facts, text)
        assert read_emotion(text) is None, text
        assert read_action_units(text) == list(facts.active), (facts, text)


def test_the_kind_describe_gives_the_description(readable) -> None:
    for _, asked in each_turn("describe", readable):
        assert len(asked.answer.split()) >= 60 and not any(name in asked.answer for name in EMOTIONS)


@pytest.mark.parametrize("name", ["describe", "class", "longer"])
def test_a_face_that_is_hidden_altogether_is_not_described(name: str) -> None:
    facts = FaceReading({}, frozenset(REGIONS), emotion="fear", certainty="unsure")
    asked = turn(name, facts, 1, _EMOTION)
    assert asked is not None and "I cannot judge what moves there" in asked.answer


@pytest.mark.parametrize("part", ["brows", "eyes", "nose", "mouth", "chin"])
def test_hidden_parts_are_not_described(readable, part: str) -> None:
    for facts, asked in each_turn(part, readable):
        hidden = facts.part(part) == "hidden"
        assert ("hidden" in asked.answer) == hidden, (facts, asked)
        assert not hidden or not codes_in(asked.answer), asked


def test_lists_mention_hidden_parts(readable) -> None:
    for facts, asked in each_turn("list", readable):
        assert ("hidden" in asked.answer) == bool(facts.covered), (facts, asked)
        assert not facts.covered or "No other unit" not in asked.answer, asked


@pytest.mark.parametrize("name", ["child", "no_jargon"])
def test_plain_words_have_no_codes(faces, name: str) -> None:
    for _, asked in each_turn(name, faces):
        assert not codes_in(asked.answer) and "action unit" not in asked.answer, asked


def test_longer_answers_are_longer_than_shorter_ones(readable) -> None:
    short = [len(asked.answer) for _, asked in each_turn("shorter", readable, _EMOTION)]
    long = [len(asked.answer) for _, asked in each_turn("longer", readable, _EMOTION)]
    assert max(short) < min(long)


def test_strongest_names_all_units_of_the_highest_level() -> None:
    facts = FaceReading(
        {6: UnitReading("C"), 12: UnitReading("C"), 25: UnitReading("A")}, emotion="happiness"
    )
    asked = turn("strongest", facts, 1)
    assert asked is not None and codes_in(asked.answer) == [6, 12]


def test_doubt_about_a_list_names_the_units() -> None:
    units = {6: UnitReading("C", sure=False), 12: UnitReading("D")}
    asked = turn("list_sure", FaceReading(units, emotion="happiness"), 2, _LIST)
    assert asked is not None and codes_in(asked.answer) == [6]


def test_repeat_gives_the_last_answer_again() -> None:
    conversation = WRITER.start(FaceReading({4: UnitReading("C")}, emotion="anger"), random.Random(3))
    add(conversation, "repeat")
    assert not conversation.turns
    conversation.turns = list(_LIST)
    add(conversation, "repeat")
    assert [each.answer for each in conversation.turns] == ["AU4.", "AU4."]
