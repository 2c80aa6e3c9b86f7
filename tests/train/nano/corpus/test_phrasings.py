"""Short, casual and foreign questions are answered from the facts, and asked as often as those declined."""

import random
import re
from collections import Counter
from functools import partial

import pytest
from random_faces import random_facts

from emola.bench.readers.declines import declines
from emola.faba import ACTION_UNITS, EMOTIONS, NANO_AUS, read_action_units, read_emotion
from emola.train.nano.corpus import (
    FaceFacts,
    UnitFact,
    build_check,
    build_contrast,
    build_lesson,
    build_quiz,
    exchanges,
    knowledge,
)
from emola.train.nano.corpus.asked import foreign
from emola.train.nano.corpus.asked.declined import TOPICS, asked, asked_in_another_language
from emola.train.nano.corpus.asked.typing_habits import typed
from emola.train.nano.corpus.casual_turns import (
    ask_choice,
    ask_count,
    ask_half,
    ask_movement,
    ask_runner_up,
    ask_to_confirm,
    ask_weakest,
)
from emola.train.nano.corpus.declines import decline
from emola.train.nano.corpus.degree_turns import ask_how_strong, ask_how_sure
from emola.train.nano.corpus.foreign_turns import ask_foreign
from emola.train.nano.corpus.state import Exchange, Talk
from emola.train.nano.corpus.turns import ask_emotion, ask_part

_UPPER = {1, 2, 4, 5, 6, 7, 43}


@pytest.fixture(scope="module")
def faces():
    rng = random.Random(11)
    return [random_facts(rng) for _ in range(400)]


def made(maker, faces, done=()):
    """What ``maker`` makes of the faces, with their facts."""
    for seed, facts in enumerate(faces):
        exchange = maker(Talk(facts, random.Random(seed), list(done)))
        if exchange is not None:
            yield facts, exchange


def is_foreign(answer: str) -> bool:
    return "English" in answer.split(".")[0]


def test_the_second_guess_names_both_emotions(faces) -> None:
    named = [Exchange("emotion", "Emotion?", "Sad.")]
    seen = Counter()
    for facts, exchange in made(ask_runner_up, faces, named):
        assert read_emotion(exchange.answer) == facts.emotion, (facts, exchange)
        if facts.runner_up:
            assert facts.runner_up in exchange.answer
        seen[facts.runner_up is None] += 1
    assert min(seen[True], seen[False]) > 10
    assert not list(made(ask_runner_up, faces))  # it needs an emotion to come after


def test_a_choice_is_answered_with_the_label(faces) -> None:
    answers = [(facts, exchange) for facts, exchange in made(ask_choice, faces)]
    assert any(exchange.answer.startswith("Neither") for _, exchange in answers)
    for facts, exchange in answers:
        assert read_emotion(exchange.answer) == facts.emotion, (facts, exchange)


def test_a_count_counts(faces) -> None:
    for facts, exchange in made(ask_count, faces):
        assert read_action_units(exchange.answer) == list(facts.active), (facts, exchange)
        if facts.active:
            assert str(len(facts.active)) in exchange.answer.split(" AU")[0]


def test_half_a_face_has_its_own_units(faces) -> None:
    for facts, exchange in made(ask_half, faces):
        upper = exchange.kind == "upper"
        expected = [code for code in facts.active if (code in _UPPER) == upper]
        assert read_action_units(exchange.answer) == expected, (facts, exchange)


def test_the_weakest_is_the_weakest() -> None:
    units = {code: UnitFact(0.1, 0.0, False) for code in NANO_AUS}
    units |= {4: UnitFact(0.9, 0.8, True), 25: UnitFact(0.9, 0.3, True), 12: UnitFact(0.9, 0.5, True)}
    exchange = ask_weakest(Talk(FaceFacts("anger", units), random.Random(1)))
    assert exchange is not None and read_action_units(exchange.answer) == [25]


@pytest.mark.parametrize("maker", [ask_movement, ask_foreign("movement")])
def test_movements_are_there_about_half_of_the_time(faces, maker) -> None:
    yes = Counter()
    for facts, exchange in made(maker, faces):
        if exchange.kind == "yes_no" and facts.units is not None:
            expected = [exchange.code] if exchange.code in facts.active else []
            assert read_action_units(exchange.answer) == expected, (facts, exchange)
            yes[bool(expected)] += 1
    assert 0.3 < yes[True] / sum(yes.values()) < 0.75


@pytest.mark.parametrize(
    "kind", ["emotion", "list", "emotion_yes_no", "choice", "movement", "part", "unit", "meaning"]
)
def test_other_languages_are_answered_in_english(faces, kind) -> None:
    for facts, exchange in made(ask_foreign(kind), faces):
        assert is_foreign(exchange.answer)
        if kind.startswith("emotion") or kind == "choice":
            assert read_emotion(exchange.answer) == facts.emotion, (facts, exchange)
        if kind == "list":
            assert read_action_units(exchange.answer) == list(facts.active)
        if kind in ("unit", "meaning"):
            assert f"AU{exchange.code}" in exchange.question if exchange.code else "AU" in exchange.question
        if kind == "unit" and facts.units is not None:
            active = exchange.code in facts.active
            assert read_action_units(exchange.answer) == ([exchange.code] if active else []), exchange


@pytest.mark.parametrize("language", foreign.SHARED, ids=lambda language: language.whether[0][:25])
def test_a_language_has_words_for_all_that_its_sentences_ask(language) -> None:
    assert len(language.words) == len(EMOTIONS)
    assert set(language.declined) in (set(), set(foreign.DECLINED)) and set(foreign.DECLINED) < set(TOPICS)
    shown = " ".join(language.words)
    for words in language.declined.values():
        assert len(set(words.split("|"))) > 1
        assert not [word for word in words.split("|") if re.search(rf"(^|[\[| ]){word}($|[\]| ])", shown)]
    assert all("{a}" in template and "{b}" not in template for template in language.whether)
    assert all("{a}" in template and "{b}" in template for template in language.which)


def test_the_sentences_that_ask_of_emotions_ask_of_what_is_to_be_declined() -> None:
    rng = random.Random(4)
    for topic in foreign.DECLINED:
        questions = {foreign.declined_question(rng, topic) for _ in range(50)}
        assert len(questions) > 40
        assert not [question for question in questions if set(question) & set("{}[]|")]


def test_a_bare_why_in_another_language_follows_the_emotion(faces) -> None:
    assert not list(made(ask_foreign("support"), faces))
    assert list(made(ask_foreign("support"), faces, [Exchange("emotion", "Emotion?", "Sad.")]))


def test_what_is_short_or_foreign_is_seldom_to_be_declined(faces) -> None:
    talks = [exchanges(facts, random.Random(seed)) for seed, facts in enumerate(faces * 3)]
    everything = [exchange for talk in talks for exchange in talk]
    for some in (everything, [talk[0] for talk in talks]):
        foreign = Counter(exchange.kind == "decline" for exchange in some if is_foreign(exchange.answer))
        assert foreign[False] >= 3 * foreign[True] > 0
        short = Counter(
            e.kind == "decline" for e in some if len(e.question.split()) <= 3 and not is_foreign(e.answer)
        )
        assert short[False] >= 3 * short[True] > 0


def test_a_contrast_asks_three_questions_to_decline_beside_three_to_answer(faces) -> None:
    """In other languages too: guards against taking "Ist er ehrlich?" for a question about the emotion.

    And "Lächelt er?" for one to decline: of the answers abroad, many are a yes or no.
    """
    declined, first, foreign, yes_no = Counter(), Counter(), Counter(), Counter()
    for seed, facts in enumerate(faces):
        messages = build_contrast(facts, random.Random(seed))
        answers = [m["content"][-1]["text"] for m in messages if m["role"] == "assistant"]
        refused = [declines(answer) for answer in answers]
        declined.update(refused)
        first[refused[0]] += 1
        abroad = [(no, answer) for no, answer in zip(refused, answers, strict=True) if is_foreign(answer)]
        foreign.update(no for no, _ in abroad)
        yes_no.update(bool(re.search(r"\. (Yes|No)\b", answer)) for no, answer in abroad if not no)
    assert yes_no[True] >= 0.3 * sum(yes_no.values())
    for some in (declined, first, foreign):
        assert 0.4 < some[True] / sum(some.values()) < 0.62


def test_lessons_are_about_every_unit_of_the_catalogue_and_about_those_of_the_face(faces) -> None:
    asked_about: Counter[int] = Counter()
    active: Counter[str] = Counter()
    for seed in range(300):
        messages = build_lesson(faces[seed % len(faces)], random.Random(seed))
        assert messages[0]["content"][0] == {"type": "image"}
        for question, answer in zip(messages[::2], messages[1::2], strict=True):
            codes = re.findall(r"\bAU(\d+)", question["content"][-1]["text"])
            if len(codes) == 1:
                asked_about[int(codes[0])] += 1
                assert not declines(answer["content"][-1]["text"])
            active[answer["content"][-1]["text"].split()[0].rstrip(".,:")] += 1
    assert active["Yes"] >= 60 and active["No"] >= 60
    assert set(asked_about) == set(ACTION_UNITS) and min(asked_about.values()) >= 10


def test_checks_tell_codes_that_look_alike_apart_and_agree_with_the_face() -> None:
    """Regression: AU2, AU24 and AU26 being affirmed of every face that has AU25."""
    active = (6, 12, 25)
    units = {code: UnitFact(0.9 if code in active else 0.1, 0.5, code in active) for code in NANO_AUS}
    facts = FaceFacts("happiness", units)
    asked_about: Counter[int] = Counter()
    for seed in range(200):
        messages = build_check(facts, random.Random(seed))
        for question, answer in zip(messages[::2], messages[1::2], strict=True):
            found = re.match(r"(?i)is au ?(\d+) (active|present|on|visible)", question["content"][-1]["text"])
            if found and (code := int(found[1])) in NANO_AUS:
                asked_about[code] += 1
                expected = [code] if code in active else []
                assert read_action_units(answer["content"][-1]["text"]) == expected
    assert all(asked_about[code] >= 5 for code in (2, 24, 26))
    assert asked_about[24] > asked_about[43]


@pytest.mark.parametrize("active", [(), (12,), (6, 12, 25), (1, 2, 5, 25, 26, 12)])
def test_quizzes_affirm_as_often_as_they_deny(active) -> None:
    """Regression: a model that denies every unit which no list has named before."""
    units = {code: UnitFact(0.9 if code in active else 0.1, 0.5, code in active) for code in NANO_AUS}
    facts = FaceFacts("happiness", units)
    said: Counter[bool] = Counter()
    for seed in range(200):
        messages = build_quiz(facts, random.Random(seed))
        asked = [message["content"][-1]["text"] for message in messages]
        assert messages[0]["content"][0] == {"type": "image"}
        for question, answer in zip(asked[::2], asked[1::2], strict=True):
            found = re.match(r"Is AU(\d+) active, and how strongly\?$", question)
            if found:
                expected = [int(found[1])] if int(found[1]) in active else []
                assert read_action_units(answer) == expected
                said[bool(expected)] += 1
    assert sum(said.values()) >= 20
    if active:
        assert 0.4 < said[True] / sum(said.values()) < 0.6


@pytest.mark.parametrize("code", ACTION_UNITS)
def test_a_unit_s_code_and_name_go_together_both_ways(code) -> None:
    rng = random.Random(code)
    for _ in range(20):
        question, answer = knowledge.what_is(rng, code)
        assert ACTION_UNITS[code].name.lower() in f"{question} {answer}".lower() and f"AU{code}" in answer
        question, answer = knowledge.code_of(rng, code)
        assert ACTION_UNITS[code].name.lower() in question.lower()
        assert re.findall(r"\d+", answer) == [str(code)]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_to_decline_is_asked_in_many_ways(topic) -> None:
    rng = random.Random(2)
    assert len({asked(rng, topic) for _ in range(400)}) > 120
    assert len({asked_in_another_language(rng, topic) for _ in range(100)}) > 5
    assert not any(set("{}[]|") & set(asked(rng, topic)) for _ in range(100))


def test_remarks_leave_the_codes_of_a_question_alone() -> None:
    rng = random.Random(4)
    questions = {typed(rng, "Is AU12 active?") for _ in range(300)}
    assert len(questions) > 15 and all("au12" in question.lower() for question in questions)


def test_declining_names_no_emotion_and_no_unit() -> None:
    rng = random.Random(6)
    topics = Counter()
    for _ in range(3000):
        question, answer = decline(rng)
        assert declines(answer) and read_emotion(answer) is None, (question, answer)
        assert read_action_units(answer) == []
        topics[question] += 1
    assert len(topics) > 2000


@pytest.mark.parametrize(
    "frame",
    ["how sure are you that", "the odds that", "face of", "what do the", "as a", "my friend says"],
)
def test_the_same_frames_are_answered_and_declined(faces, frame: str) -> None:
    rng = random.Random(9)
    refused = [asked(rng, topic).lower() for topic in ("health", "truth", "age") for _ in range(2000)]
    makers = (ask_to_confirm, ask_part, ask_how_sure, ask_how_strong, partial(ask_emotion, why=False))
    answered = [exchange.question.lower() for maker in makers for _, exchange in made(maker, faces * 3)]
    assert any(frame in question for question in answered)
    assert any(frame in question for question in refused)
