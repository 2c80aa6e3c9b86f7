"""Strength and sureness, asked first: answers name the emotion first and follow the measured facts."""

import random
import re
from collections import Counter

import pytest
from random_faces import random_facts
from writing import each_turn, turn

from emola.bench.readers.declines import declines
from emola.faba import EMOTIONS, NANO_AUS, read_action_units, read_emotion
from emola.faba.emotions import canonical_emotion
from emola.train.nano.corpus import FaceFacts, Turn, UnitFact
from emola.train.nano.corpus.answers.comparisons import correction
from emola.train.nano.corpus.answers.degree import strength_answer, strength_on_scale, sureness_answer
from emola.train.nano.corpus.answers.reasons import telling_sign
from emola.train.nano.corpus.facts import STRENGTHS

_ABOUT_EMOTION = ("strength_emotion", "sure_emotion", "emotion_yes_no")


@pytest.fixture(scope="module")
def faces():
    rng = random.Random(17)
    return [random_facts(rng) for _ in range(1500)]


@pytest.fixture(scope="module")
def asked(faces):
    """First questions about strength and sureness of each face, with their answers."""
    return [pair for name in ("strength_first", "sureness_first") for pair in each_turn(name, faces)]


def in_english(answer):
    """Return ``answer`` without the remark on its language."""
    first, _, rest = answer.partition(". ")
    return rest if "English" in first else answer


def test_answers_name_the_emotion_first(asked) -> None:
    kinds = Counter()
    for facts, reply in asked:
        if reply.kind in _ABOUT_EMOTION:
            kinds[reply.kind] += 1
            opening = re.findall(r"\w+", in_english(reply.answer))[:5]
            named = [canonical_emotion(word) for word in opening if canonical_emotion(word)]
            assert named[0] == facts.emotion, (facts, reply)
            assert read_emotion(reply.answer) == facts.emotion, (facts, reply)
    assert min(kinds[kind] for kind in _ABOUT_EMOTION) > 100


def test_answers_neither_decline_nor_name_an_inactive_unit(asked) -> None:
    for facts, reply in asked:
        assert not declines(reply.answer), reply
        assert set(read_action_units(reply.answer)) <= set(facts.active), (facts, reply)


def test_questions_vary_in_length_and_language(asked) -> None:
    questions = [reply.question for _, reply in asked]
    foreign = sum("English" in reply.answer.split(".")[0] for _, reply in asked)
    assert len(set(questions)) > 0.45 * len(questions)
    assert sum(len(question.split()) <= 3 for question in questions) > 0.15 * len(questions)
    assert foreign > 0.1 * len(questions)
    assert not any(set("{}[]|") & set(question) for question in questions)


@pytest.mark.parametrize("band", range(5))
@pytest.mark.parametrize("answers", [strength_answer, strength_on_scale])
def test_strength_is_that_of_the_most_telling_movement(band: int, answers) -> None:
    units = {code: UnitFact(0.1, 0.0, False) for code in NANO_AUS} | {15: UnitFact(0.9, band / 5 + 0.1, True)}
    facts = FaceFacts("sadness", units)
    for seed in range(60):
        answer = answers(random.Random(seed), facts).lower()
        used = {word for word in STRENGTHS if re.search(rf"(?<!very ){word}\b", answer)}
        assert used <= {STRENGTHS[band]}, answer
        assert used or f"{band + 1} of 5" in answer, answer
        assert answers is strength_answer or f"{band + 1} of 5" in answer, answer


def test_strength_of_calm_and_faint_expressions(faces) -> None:
    for seed, facts in enumerate(faces):
        if facts.emotion is None or facts.units is None or telling_sign(facts) is not None:
            continue
        answer = strength_answer(random.Random(seed), facts)
        if facts.emotion != "neutral":
            assert re.search("weak|faint|not strong", answer), answer
        else:
            expected = [facts.strongest] if facts.active else []
            assert read_action_units(answer) == expected, answer


def test_doubt_follows_the_certainty(faces) -> None:
    for seed, facts in enumerate(faces):
        if facts.emotion is not None:
            answer = sureness_answer(random.Random(seed), facts)
            doubts = bool(re.search("not very sure|be wrong", answer))
            if facts.certainty:
                assert doubts == (facts.certainty == "perhaps"), (facts, answer)
            assert ("landmarks" in answer) <= (facts.units is None)


def test_another_emotion_is_corrected() -> None:
    for emotion in EMOTIONS:
        for other in EMOTIONS:
            for seed in range(20 * (emotion != other)):
                answer = correction(random.Random(seed), FaceFacts(emotion, None), other)
                assert read_emotion(answer) == emotion, answer


def test_strength_of_the_emotion_is_asked_once(faces) -> None:
    done = [Turn("strength_emotion", "Intensity?", "Sad, slight."),
            Turn("emotion_yes_no", "Sad?", "Yes.")]  # fmt: skip
    for seed, facts in enumerate(faces[:200]):
        asked = turn("strength_first", facts, seed, done)
        assert asked is None or asked.kind in ("strength", "part")


def test_smiles_are_asked_about_in_other_languages(faces) -> None:
    smiles = 0
    for facts, asked in each_turn("other/posed", faces):
        smiles += 12 in facts.active
        assert set(read_action_units(asked.answer)) <= set(facts.active)
        assert ("felt" in asked.answer or "posed" in asked.answer) == (12 in facts.active)
    assert smiles > 20
