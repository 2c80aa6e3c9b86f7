"""Whether a face shows this or that emotion, and why, is answered from the same facts."""

import random
from collections import Counter

import pytest
from random_faces import random_facts

from emola.bench.readers.confirmations import confirms
from emola.bench.readers.movements import movements
from emola.faba import ADJECTIVES, EMOTIONS, read_action_units, read_emotion
from emola.train.nano.corpus import build_doubt
from emola.train.nano.corpus.foreign_turns import ask_foreign
from emola.train.nano.corpus.reasons import support_answer
from emola.train.nano.corpus.state import Exchange, Talk
from emola.train.nano.corpus.turns import ask_about_emotion, ask_emotion_yes_no

_WORDS = {emotion: (emotion, ADJECTIVES[emotion]) for emotion in EMOTIONS} | {
    "fear": ("fear", "afraid", "fearful")
}


@pytest.fixture(scope="module")
def faces():
    rng = random.Random(5)
    every = [random_facts(rng) for _ in range(500)]
    return [facts for facts in every if facts.units is not None and facts.emotion is not None]


def texts(messages):
    """Questions with their answers."""
    said = [message["content"][-1]["text"] for message in messages]
    return list(zip(said[::2], said[1::2], strict=True))


def test_yes_and_no_are_as_frequent_and_about_the_emotion(faces) -> None:
    said: Counter[bool] = Counter()
    for seed, facts in enumerate(faces):
        exchange = ask_emotion_yes_no(Talk(facts, random.Random(seed)))
        words = {
            emotion for emotion, some in _WORDS.items() if any(w in exchange.question.lower() for w in some)
        }
        if len(words) == 1:
            asked = words.pop()
            assert confirms(exchange.answer, asked) is (asked == facts.emotion)
            said[asked == facts.emotion] += 1
    assert 0.4 < said[True] / sum(said.values()) < 0.6 and sum(said.values()) > 300


def test_doubts_ask_of_several_emotions_and_why(faces) -> None:
    with_list = 0
    for seed, facts in enumerate(faces):
        messages = build_doubt(facts, random.Random(seed))
        assert messages[0]["content"][0] == {"type": "image"}
        asked = texts(messages)
        assert len(asked) >= 2
        with_list += any(read_action_units(answer) for _, answer in asked)
        for _, answer in asked:
            assert all(move.code in facts.active for move in movements(answer)), answer
    assert 0.25 * len(faces) < with_list < 0.75 * len(faces)


def test_the_reasons_of_an_emotion_are_none_of_a_list(faces) -> None:
    """A bare "why?" asks for either, so they must not begin alike, and only codes asked for are given."""
    for seed, facts in enumerate(faces):
        answer = support_answer(random.Random(seed), facts)
        assert "AU" not in answer and not answer.startswith(("No ", "Because", "Nothing "))
        coded = support_answer(random.Random(seed), facts, coded=True)
        named = {move.code for move in movements(coded)}
        assert named <= set(facts.evidence.supporting)
        assert set(read_action_units(coded)) == named
        if not facts.evidence.supporting and facts.emotion != "neutral":
            assert read_emotion(answer) in (facts.emotion, None)


def test_codes_are_given_where_units_are_asked_for(faces) -> None:
    told = [Exchange("emotion", "Mood?", "(the emotion)")]
    found: Counter[tuple[bool, bool]] = Counter()
    for seed, facts in enumerate(faces):
        exchange = ask_about_emotion("support")(Talk(facts, random.Random(seed), list(told)))
        if facts.evidence.supporting and facts.emotion != "neutral":
            asked = exchange.question.replace(" AUs", " action units")
            found["action units" in asked.lower(), "AU" in exchange.answer] += 1
    assert found[True, True] > 10 and found[False, False] > 100
    assert found[True, False] + found[False, True] <= 3  # with a slip of the keyboard


def test_another_emotion_may_be_asked_about_after_the_first(faces) -> None:
    told = [Exchange("emotion_yes_no", "Is he sad?", "(no)")]
    for maker in (ask_emotion_yes_no, ask_foreign("emotion_yes_no")):
        assert all(maker(Talk(facts, random.Random(0), list(told))) for facts in faces)
