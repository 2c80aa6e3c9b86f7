"""Yes/no questions about emotions and their reasons follow from the facts of the face."""

import random
from collections import Counter

import pytest
from random_faces import random_facts
from writing import WRITER, each_turn

from emola.bench.readers.confirmations import confirms
from emola.bench.readers.movements import movements
from emola.faba import ADJECTIVES, EMOTIONS, read_action_units, read_emotion
from emola.train.nano.corpus import Turn
from emola.train.nano.corpus.answers.reasons import support_answer, support_by_units

_WORDS = {emotion: (emotion, ADJECTIVES[emotion]) for emotion in EMOTIONS} | {
    "fear": ("fear", "afraid", "fearful")
}


@pytest.fixture(scope="module")
def faces():
    rng = random.Random(5)
    every = [random_facts(rng) for _ in range(500)]
    return [facts for facts in every if facts.units is not None and facts.emotion is not None]


def test_yes_and_no_are_balanced_and_right(faces) -> None:
    answers: Counter[bool] = Counter()
    for facts, turn in each_turn("emotion_yes_no", faces):
        words = {
            emotion for emotion, names in _WORDS.items() if any(w in turn.question.lower() for w in names)
        }
        if len(words) == 1:
            asked = words.pop()
            assert confirms(turn.answer, asked) is (asked == facts.emotion)
            answers[asked == facts.emotion] += 1
    assert 0.4 < answers[True] / sum(answers.values()) < 0.6 and sum(answers.values()) > 300


def test_doubts_ask_about_several_emotions_and_the_reason(faces) -> None:
    with_list = 0
    for seed, facts in enumerate(faces):
        messages = WRITER.build("doubt", facts, random.Random(seed))
        assert messages[0]["content"][0] == {"type": "image"}
        answers = [message["content"][-1]["text"] for message in messages[1::2]]
        assert len(answers) >= 2
        with_list += any(read_action_units(answer) for answer in answers)
        for answer in answers:
            assert all(move.code in facts.active for move in movements(answer)), answer
    assert 0.25 * len(faces) < with_list < 0.75 * len(faces)


def test_reasons_of_an_emotion_differ_from_those_of_a_list(faces) -> None:
    """A bare "why?" asks for either, so their first words differ; codes are given only on request."""
    for seed, facts in enumerate(faces):
        answer = support_answer(random.Random(seed), facts)
        assert "AU" not in answer and not answer.startswith(("No ", "Because", "Nothing "))
        coded = support_by_units(random.Random(seed), facts)
        named = {move.code for move in movements(coded)}
        assert named <= set(facts.evidence.supporting)
        assert set(read_action_units(coded)) == named
        if not facts.evidence.supporting and facts.emotion != "neutral":
            assert read_emotion(answer) in (facts.emotion, None)


@pytest.mark.parametrize(("name", "coded"), [("support", False), ("support_units", True)])
def test_codes_are_given_only_where_units_are_asked_for(faces, name: str, coded: bool) -> None:
    named = [Turn("emotion", "Mood?", "(the emotion)")]
    turns = [turn for facts, turn in each_turn(name, faces, named)
             if facts.evidence.supporting and facts.emotion != "neutral"]  # fmt: skip
    assert len(turns) > 100
    assert all(("AU" in turn.answer) is coded for turn in turns)


@pytest.mark.parametrize("name", ["emotion_yes_no", "other/emotion_yes_no"])
def test_asks_about_another_emotion_after_the_first(faces, name: str) -> None:
    denied = [Turn("emotion_yes_no", "Is he sad?", "(no)")]
    assert len(list(each_turn(name, faces, denied))) == len(faces)
