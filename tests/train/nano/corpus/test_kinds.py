"""Questions of the table: the answers agree with the facts, whatever the wording and the language."""

import random
import re
from collections import Counter

import pytest
from random_faces import random_facts
from writing import MIXTURE, WRITER, each_turn, is_in_other_language, turn

from emola.bench.readers.declines import declines
from emola.faba import ACTION_UNITS, NANO_AUS, read_action_units, read_emotion
from emola.train.nano.corpus import FaceFacts, Turn, UnitFact
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.phrases import ENGLISH
from emola.train.nano.corpus.subjects import about_unit, declined_topic, part
from emola.train.nano.corpus.typing_habits import typed

_UPPER = {1, 2, 4, 5, 6, 7, 43}
TOPICS = tuple(MIXTURE.subjects.declined)
OTHERS = WRITER.book.other_languages


@pytest.fixture(scope="module")
def faces():
    rng = random.Random(11)
    return [random_facts(rng) for _ in range(400)]


def declined_question(topic: str, rng: random.Random, languages=ENGLISH) -> str:
    """Draw a question about a topic to decline."""
    while True:
        subject = declined_topic(WRITER.start(FaceFacts(None, None), rng), languages)
        if subject.topic == topic:
            wordings = MIXTURE.wordings_of("decline")
            return WRITER.book.draw(rng, "decline", languages, topic, subject.slots, wordings)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_drawn_by_the_mixture(name: str) -> None:
    parts = (
        MIXTURE.conversation,
        MIXTURE.drill,
        MIXTURE.contrast,
        MIXTURE.lesson,
        MIXTURE.quiz,
        MIXTURE.doubt,
    )
    weights = [MIXTURE.first, *MIXTURE.groups.values()]
    weights += [value for shares in parts for value in vars(shares).values() if isinstance(value, dict)]
    drawn = {key.rpartition("/")[2] for entry in weights for key in entry}
    assert name in drawn | {"bare"}  # a drill always asks "bare"


def test_runner_up_names_both_emotions(faces) -> None:
    named = [Turn("emotion", "Emotion?", "Sad.")]
    seen: Counter[bool] = Counter()
    for facts, asked in each_turn("runner_up", faces, named):
        assert read_emotion(asked.answer) == facts.emotion, (facts, asked)
        if facts.runner_up:
            assert facts.runner_up in asked.answer
        seen[facts.runner_up is None] += 1
    assert min(seen[True], seen[False]) > 10
    assert not list(each_turn("runner_up", faces))  # it needs an emotion to come after


def test_choice_is_answered_with_the_emotion_of_the_face(faces) -> None:
    answers = list(each_turn("choice", faces))
    assert any(asked.answer.startswith("Neither") for _, asked in answers)
    for facts, asked in answers:
        assert read_emotion(asked.answer) == facts.emotion, (facts, asked)


def test_count_is_the_number_of_active_units(faces) -> None:
    for facts, asked in each_turn("count", faces):
        assert read_action_units(asked.answer) == list(facts.active), (facts, asked)
        if facts.active:
            assert str(len(facts.active)) in asked.answer.split(" AU")[0]


@pytest.mark.parametrize("half", ["upper", "lower"])
def test_half_a_face_lists_its_own_units(faces, half: str) -> None:
    for facts, asked in each_turn(half, faces):
        expected = [code for code in facts.active if (code in _UPPER) == (half == "upper")]
        assert read_action_units(asked.answer) == expected, (facts, asked)


def test_weakest_unit_has_the_lowest_intensity() -> None:
    units = {code: UnitFact(0.1, 0.0, False) for code in NANO_AUS}
    units |= {4: UnitFact(0.9, 0.8, True), 25: UnitFact(0.9, 0.3, True), 12: UnitFact(0.9, 0.5, True)}
    asked = turn("weakest", FaceFacts("anger", units), 1)
    assert asked is not None and read_action_units(asked.answer) == [25]


@pytest.mark.parametrize("name", ["movement", "other/movement", "de/movement"])
def test_movements_are_visible_in_about_half_of_the_questions(faces, name: str) -> None:
    yes: Counter[bool] = Counter()
    for facts, asked in each_turn(name, faces):
        if asked.code is not None and facts.units is not None:
            expected = [asked.code] if asked.code in facts.active else []
            assert read_action_units(asked.answer) == expected, (facts, asked)
            yes[bool(expected)] += 1
    assert 0.3 < yes[True] / sum(yes.values()) < 0.75


@pytest.mark.parametrize(
    "name", ["emotion", "list", "emotion_yes_no", "choice", "movement", "part", "yes_no", "what_is"]
)
def test_questions_in_other_languages_are_answered_in_english(faces, name: str) -> None:
    for facts, asked in each_turn(f"other/{name}", faces):
        assert is_in_other_language(asked.answer)
        if name in ("emotion", "emotion_yes_no", "choice"):
            assert read_emotion(asked.answer) == facts.emotion, (facts, asked)
        if name == "list":
            assert read_action_units(asked.answer) == list(facts.active)
        if name in ("yes_no", "what_is"):
            assert f"AU{asked.code}" in asked.question
        if name == "yes_no" and facts.units is not None:
            active = asked.code in facts.active
            assert read_action_units(asked.answer) == ([asked.code] if active else []), asked


def test_a_language_can_be_asked_for(faces) -> None:
    german = {asked.question for _, asked in each_turn("de/emotion", faces)}
    assert len(german) > 40 and any("Gesicht" in question for question in german)
    assert not any("visage" in question or "face" in question for question in german)


def test_a_bare_why_in_another_language_follows_the_emotion(faces) -> None:
    assert not list(each_turn("other/why_answer", faces))
    assert list(each_turn("other/why_answer", faces, [Turn("emotion", "Emotion?", "Sad.")]))


@pytest.mark.parametrize("code", ACTION_UNITS)
def test_code_and_name_of_a_unit_go_together_both_ways(code: int) -> None:
    rng = random.Random(code)
    subject = about_unit(code)
    for _ in range(20):
        texts = [WRITER.book.draw(rng, name, ENGLISH, subject.topic, subject.slots)
                 for name in ("what_is", "answer to what_is", "code_of", "answer to code_of")]  # fmt: skip
        assert ACTION_UNITS[code].name.lower() in f"{texts[0]} {texts[1]}".lower() and f"AU{code}" in texts[1]
        assert ACTION_UNITS[code].name.lower() in texts[2].lower()
        assert re.findall(r"\d+", texts[3]) == [str(code)]


@pytest.mark.parametrize("topic", TOPICS)
def test_topics_to_decline_are_worded_in_many_ways(topic: str) -> None:
    rng = random.Random(2)
    questions = {declined_question(topic, rng) for _ in range(400)}
    assert len(questions) > 120
    assert len({declined_question(topic, rng, OTHERS) for _ in range(100)}) > 5
    assert not any(set("{}[]|") & set(question) for question in questions)


@pytest.mark.parametrize("topic", ["health", "truth", "age", "character", "looks"])
def test_declined_topics_share_sentences_with_emotions(topic: str) -> None:
    """Guards against a sentence that tells by itself what to decline."""
    rng = random.Random(4)
    slots = dict.fromkeys(("a", "b"), f"word {topic}")
    drawn = {WRITER.book.draw(rng, "decline", OTHERS, topic, slots, {"frame": 1.0}) for _ in range(50)}
    assert len(drawn) > 40
    assert not [question for question in drawn if set(question) & set("{}[]|")]


def test_remarks_leave_the_code_in_a_question_alone() -> None:
    rng = random.Random(4)
    questions = {typed(rng, "Is AU12 active?") for _ in range(300)}
    assert len(questions) > 15 and all("au12" in question.lower() for question in questions)


def test_declining_names_no_emotion_and_no_unit(faces) -> None:
    questions = set()
    for seed in range(8):
        for _, asked in each_turn("decline", faces[seed:] + faces[:seed]):
            assert declines(asked.answer) and read_emotion(asked.answer) is None, asked
            assert read_action_units(asked.answer) == []
            questions.add(asked.question)
    assert len(questions) > 300


@pytest.fixture(scope="module")
def framed_questions(faces) -> tuple[list[str], list[str]]:
    """Questions to answer and questions to decline, in lower case."""
    rng = random.Random(9)
    declined = [
        declined_question(topic, rng).lower() for topic in ("health", "truth", "age") for _ in range(1500)
    ]
    names = ("confirm", "part", "sureness_first", "strength_first", "emotion_brief")
    return [asked.question.lower() for name in names for _, asked in each_turn(name, faces * 3)], declined


@pytest.mark.parametrize(
    "frame", ["how sure are you that", "the odds that", "face of", "what do the", "as a", "my friend says"]
)
def test_the_same_frames_are_answered_and_declined(framed_questions, frame: str) -> None:
    for questions in framed_questions:
        assert any(frame in question for question in questions)


def test_parts_in_other_languages_have_phrases_of_their_own() -> None:
    conversation = WRITER.start(FaceFacts(None, None), random.Random(0))
    topics = {part(("nose",))(conversation, OTHERS).topic for _ in range(60)}  # type: ignore[union-attr]
    assert topics == {"mouth", "brows", "eyes"}
