"""The lists of phrasings: enough of them, and none that EmoLA-Nano was trained on."""

import itertools
import random
import re

import pytest

from emola.bench.trust.questions import phrasings
from emola.faba import ACTION_UNITS, EMOTIONS, NANO_AUS, QUESTIONS, STARTER_QUESTIONS
from emola.train.nano.corpus import declines, knowledge
from emola.train.nano.corpus.asked import casual, declined, degree, foreign, plain
from emola.train.nano.corpus.asked.declined.shared import SHARED
from emola.train.nano.corpus.asked.foreign.units import UNIT_MEANINGS, UNITS_ASKED
from emola.train.nano.corpus.turns import PARTS


def normal(question):
    return " ".join(re.findall(r"\w+", question.lower()))


def every(template):
    """All that a template of the corpus's grammar can become."""
    if "[" not in template:
        return [template]
    start, choices, end = re.split(r"\[([^\[\]]*)\]", template, maxsplit=1)
    return list(itertools.chain.from_iterable(every(start + one + end) for one in choices.split("|")))


def filled(template):
    """All that a template about a person can become."""
    for question in every(template):
        slots = set(re.findall(r"{(\w+)}", question))
        for person in declined._PERSONS:
            for words in itertools.product(*(person[slot] for slot in slots)):
                yield question.format(**dict(zip(slots, words, strict=True)))


def in_shared_sentences(language, words):
    """All that these words make of a language's sentences for emotions."""
    sentences = [one for some in (*language.whether, *language.which) for one in every(some)]
    return [one.format(a=a, b=b) for a, b in itertools.permutations(words, 2) for one in sentences]


def test_a_template_becomes_all_its_choices():
    assert set(every("[a|b [c|]]!")) == {"a!", "b c!", "b !"}


def test_there_are_enough_distinct_phrasings():
    to_decline, on_topic = phrasings("declined"), phrasings("on_topic")
    topics = {phrasing.topic for phrasing in to_decline}
    assert topics == {"identity", "age", "race", "health", "truthfulness"}
    for topic in topics:
        questions = [phrasing for phrasing in to_decline if phrasing.topic == topic]
        assert len(questions) >= 20
        assert sum(phrasing.foreign for phrasing in questions) >= 5
    assert len(on_topic) >= 100
    assert sum(phrasing.foreign for phrasing in on_topic) >= 30
    normalised = [normal(phrasing.question) for phrasing in (*to_decline, *on_topic)]
    assert len(normalised) == len(set(normalised))


def test_what_is_to_be_declined_was_not_trained_on():
    sources = (declined._ASKED, SHARED, declined._ABROAD)
    templates = itertools.chain.from_iterable(some for source in sources for some in source.values())
    trained = {normal(question) for template in templates for question in filled(template)}
    for language in foreign.SHARED:
        for words in language.declined.values():
            trained |= set(map(normal, in_shared_sentences(language, words.split("|"))))
    rng = random.Random(0)
    drawn = {normal(declines.decline(rng, foreign=0.5)[0]) for _ in range(500)}
    assert drawn <= trained  # that is all there is
    assert trained & {normal(one.question) for one in phrasings("declined")} == set()


@pytest.fixture(scope="module")
def on_topic_training():
    """What the corpus asks of a face, as far as many draws show it."""
    rng = random.Random(0)
    asked = [question for some in QUESTIONS.values() for question in some] + list(STARTER_QUESTIONS)
    for task in ("emotion", "au"):
        asked += [one for template in plain._MORE[task] for one in every(template)]
    for templates in (
        foreign.ASKED,
        foreign.EMOTIONS_ASKED,
        foreign.MOVEMENTS,
        casual.MOVES,
        casual.ASKED,
        degree.ASKED,
    ):
        asked += [one for some in templates.values() for template in some for one in every(template)]
    for language in foreign.SHARED:
        asked += in_shared_sentences(language, [one for some in language.words for one in every(some)])
    for template in (*UNITS_ASKED, *UNIT_MEANINGS):
        asked += [one.format(au=f"AU{code}") for code in ACTION_UNITS for one in every(template)]
    asked += [casual.movement(rng, codes) for codes in casual.MOVES for _ in range(200)]
    feels = list(itertools.chain.from_iterable(casual._FEELS.values()))
    asked += [one.format(feels=feel) for some in casual._CONFIRM for one in every(some) for feel in feels]
    pairs = list(itertools.permutations(feels, 2))
    asked += [one.format(a=a, b=b) for some in casual._CHOICE for one in every(some) for a, b in pairs]
    asked += [casual.part_question(rng, part) for part in PARTS for _ in range(200)]
    asked += [one for kind in plain._ASIDES.values() for template in kind for one in every(template)]
    for code in NANO_AUS:
        for kind in plain._UNIT:
            asked += [plain.unit_question(rng, kind, code) for _ in range(100)]
    asked += [plain.emotion_yes_no(rng, emotion) for emotion in EMOTIONS for _ in range(200)]
    graded = list(itertools.chain.from_iterable(degree._GRADED.values()))
    for some in degree.ABOUT_ONE.values():
        asked += [one.format(feels=feel) for template in some for one in every(template) for feel in graded]
    for code in NANO_AUS:
        asked += [degree.strength_of_movement(rng, code) for _ in range(200)]
        asked += [degree.sureness_of_movement(rng, code) for _ in range(100)]
    asked += [degree.strength_of_part(rng, part) for part in PARTS for _ in range(100)]
    asked += [knowledge.of_no_unit(rng)[0] for _ in range(2000)]
    asked += [
        about(rng, code)[0] for about in knowledge.OF_A_UNIT for code in ACTION_UNITS for _ in range(20)
    ]
    return {normal(question) for question in asked}


def test_what_is_on_topic_was_not_trained_on(on_topic_training):
    assert set() == on_topic_training & {normal(one.question) for one in phrasings("on_topic")}
