"""Questions and answers of each kind of conversation."""

import random
import re
from collections import Counter

import pytest
from random_faces import random_facts
from writing import WRITER, is_in_other_language, turns

from emola.bench.readers.declines import declines
from emola.faba import ACTION_UNITS, NANO_AUS, read_action_units
from emola.train.nano.corpus import FaceFacts, UnitFact


@pytest.fixture(scope="module")
def faces():
    rng = random.Random(11)
    return [random_facts(rng) for _ in range(400)]


def happy_face(active: tuple[int, ...]) -> FaceFacts:
    """Return a happy face with these active units."""
    units = {code: UnitFact(0.9 if code in active else 0.1, 0.5, code in active) for code in NANO_AUS}
    return FaceFacts("happiness", units)


def test_short_questions_and_other_languages_are_seldom_to_be_declined(faces) -> None:
    conversations = [turns("conversation", facts, seed) for seed, facts in enumerate(faces * 3)]
    everything = [turn for conversation in conversations for turn in conversation]
    for asked in (everything, [conversation[0] for conversation in conversations]):
        other = Counter(turn.kind == "decline" for turn in asked if is_in_other_language(turn.answer))
        assert other[False] >= 3 * other[True] > 0
        english = [turn for turn in asked if not is_in_other_language(turn.answer)]
        short = Counter(turn.kind == "decline" for turn in english if len(turn.question.split()) <= 3)
        assert short[False] >= 3 * short[True] > 0


def test_contrasts_answer_as_often_as_they_decline_in_every_language(faces) -> None:
    """Guards against answering "Ist er ehrlich?" with an emotion, and declining "Lächelt er?"."""
    declined, first, other, yes_no = Counter(), Counter(), Counter(), Counter()
    for seed, facts in enumerate(faces):
        answers = [turn.answer for turn in turns("contrast", facts, seed)]
        refused = [declines(answer) for answer in answers]
        declined.update(refused)
        first[refused[0]] += 1
        in_other = [pair for pair in zip(refused, answers, strict=True) if is_in_other_language(pair[1])]
        other.update(no for no, _ in in_other)
        yes_no.update(bool(re.search(r"\. (Yes|No)\b", answer)) for no, answer in in_other if not no)
    assert yes_no[True] >= 0.3 * sum(yes_no.values())
    for counts in (declined, first, other):
        assert 0.4 < counts[True] / sum(counts.values()) < 0.62


def test_lessons_cover_the_catalogue_and_the_units_of_the_face(faces) -> None:
    asked_about: Counter[int] = Counter()
    active: Counter[str] = Counter()
    for seed in range(300):
        for turn in turns("lesson", faces[seed % len(faces)], seed):
            codes = re.findall(r"\bAU(\d+)", turn.question)
            if len(codes) == 1:
                asked_about[int(codes[0])] += 1
                assert not declines(turn.answer)
            active[turn.answer.split()[0].rstrip(".,:")] += 1
    assert active["Yes"] >= 60 and active["No"] >= 60
    assert set(asked_about) == set(ACTION_UNITS) and min(asked_about.values()) >= 10


def test_checks_ask_about_similar_codes_and_agree_with_the_face() -> None:
    """Guards against AU2, AU24 and AU26 being affirmed of every face that has AU25."""
    active = (6, 12, 25)
    asked_about: Counter[int] = Counter()
    for seed in range(200):
        for turn in turns("check", happy_face(active), seed):
            found = re.match(r"(?i)is au ?(\d+) (active|present|on|visible)", turn.question)
            if found and (code := int(found[1])) in NANO_AUS:
                asked_about[code] += 1
                assert read_action_units(turn.answer) == ([code] if code in active else [])
    assert all(asked_about[code] >= 5 for code in (2, 24, 26))
    assert asked_about[24] > asked_about[43]


@pytest.mark.parametrize("active", [(), (12,), (6, 12, 25), (1, 2, 5, 25, 26, 12)])
def test_quizzes_affirm_as_often_as_they_deny(active: tuple[int, ...]) -> None:
    """Guards against a model that denies every unit which no list has named before."""
    answers: Counter[bool] = Counter()
    for seed in range(200):
        for turn in turns("quiz", happy_face(active), seed):
            found = re.match(r"Is AU(\d+) active, and how strongly\?$", turn.question)
            if found:
                expected = [int(found[1])] if int(found[1]) in active else []
                assert read_action_units(turn.answer) == expected
                answers[bool(expected)] += 1
    assert sum(answers.values()) >= 20
    if active:
        assert 0.4 < answers[True] / sum(answers.values()) < 0.6


@pytest.mark.parametrize("kind", ["conversation", "drill", "contrast", "lesson", "check", "quiz", "doubt"])
def test_the_first_question_of_every_kind_carries_the_image(kind: str) -> None:
    messages = WRITER.build(kind, happy_face((6, 12)), random.Random(0))
    assert messages[0]["content"][0] == {"type": "image"}
