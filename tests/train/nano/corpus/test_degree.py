"""How strong and how sure, asked first: the emotion leads, and the words are those of the measured facts."""

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
    """What is asked first of each face, and answered."""
    return [pair for name in ("strength_first", "sureness_first") for pair in each_turn(name, faces)]


def in_english(answer):
    """``answer`` without the remark on its language."""
    first, _, rest = answer.partition(". ")
    return rest if "English" in first else answer


def test_the_emotion_comes_first(asked) -> None:
    kinds = Counter()
    for facts, exchange in asked:
        if exchange.kind in _ABOUT_EMOTION:
            kinds[exchange.kind] += 1
            opening = re.findall(r"\w+", in_english(exchange.answer))[:5]
            named = [canonical_emotion(word) for word in opening if canonical_emotion(word)]
            assert named[0] == facts.emotion, (facts, exchange)
            assert read_emotion(exchange.answer) == facts.emotion, (facts, exchange)
    assert min(kinds[kind] for kind in _ABOUT_EMOTION) > 100


def test_none_of_it_is_declined_nor_names_an_inactive_unit(asked) -> None:
    for facts, exchange in asked:
        assert not declines(exchange.answer), exchange
        assert set(read_action_units(exchange.answer)) <= set(facts.active), (facts, exchange)


def test_questions_vary_and_many_are_short_or_foreign(asked) -> None:
    questions = [exchange.question for _, exchange in asked]
    foreign = sum("English" in exchange.answer.split(".")[0] for _, exchange in asked)
    assert len(set(questions)) > 0.45 * len(questions)
    assert sum(len(question.split()) <= 3 for question in questions) > 0.15 * len(questions)
    assert foreign > 0.1 * len(questions)
    assert not any(set("{}[]|") & set(question) for question in questions)


@pytest.mark.parametrize("band", range(5))
@pytest.mark.parametrize("answers", [strength_answer, strength_on_scale])
def test_the_word_of_strength_is_that_of_the_telling_movement(band: int, answers) -> None:
    units = {code: UnitFact(0.1, 0.0, False) for code in NANO_AUS} | {15: UnitFact(0.9, band / 5 + 0.1, True)}
    facts = FaceFacts("sadness", units)
    for seed in range(60):
        answer = answers(random.Random(seed), facts).lower()
        said = {word for word in STRENGTHS if re.search(rf"(?<!very ){word}\b", answer)}
        assert said <= {STRENGTHS[band]}, answer
        assert said or f"{band + 1} of 5" in answer, answer
        assert answers is strength_answer or f"{band + 1} of 5" in answer, answer


def test_a_calm_face_has_no_strength_and_a_faint_one_says_so(faces) -> None:
    for seed, facts in enumerate(faces):
        if facts.emotion is None or facts.units is None or telling_sign(facts) is not None:
            continue
        answer = strength_answer(random.Random(seed), facts)
        if facts.emotion != "neutral":
            assert re.search("weak|faint|not strong", answer), answer
        else:
            expected = [facts.strongest] if facts.active else []
            assert read_action_units(answer) == expected, answer


def test_who_is_not_sure_says_so(faces) -> None:
    for seed, facts in enumerate(faces):
        if facts.emotion is not None:
            answer = sureness_answer(random.Random(seed), facts)
            doubts = bool(re.search("not very sure|be wrong", answer))
            if facts.certainty:
                assert doubts == (facts.certainty == "perhaps"), (facts, answer)
            assert ("landmarks" in answer) <= (facts.units is None)


def test_another_emotion_is_denied_for_the_one_seen() -> None:
    for emotion in EMOTIONS:
        for other in EMOTIONS:
            for seed in range(20 * (emotion != other)):
                answer = correction(random.Random(seed), FaceFacts(emotion, None), other)
                assert read_emotion(answer) == emotion, answer


def test_it_is_asked_once(faces) -> None:
    done = [Turn("strength_emotion", "Intensity?", "Sad, slight."),
            Turn("emotion_yes_no", "Sad?", "Yes.")]  # fmt: skip
    for seed, facts in enumerate(faces[:200]):
        asked = turn("strength_first", facts, seed, done)
        assert asked is None or asked.kind in ("strength", "part")


def test_a_smile_is_asked_about_in_other_languages(faces) -> None:
    smiles = 0
    for facts, asked in each_turn("other/posed", faces):
        smiles += 12 in facts.active
        assert set(read_action_units(asked.answer)) <= set(facts.active)
        assert ("felt" in asked.answer or "posed" in asked.answer) == (12 in facts.active)
    assert smiles > 20
