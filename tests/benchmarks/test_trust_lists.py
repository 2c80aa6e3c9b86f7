"""The phrasings of our own: enough of them, and none that the model was trained on."""

import itertools
import random
import re

import pytest

from benchmarks.trust.questions import FILES, phrasings
from emola.data.corpus import declined, declines, knowledge, questions
from emola.faba import EMOTIONS, NANO_AUS, QUESTIONS, STARTER_QUESTIONS


def normal(question):
    return " ".join(re.findall(r"\w+", question.lower()))


def every(template):
    """All that a template of the corpus's grammar can become."""
    if "[" not in template:
        return [template]
    start, choices, end = re.split(r"\[([^\[\]]*)\]", template, maxsplit=1)
    return list(itertools.chain.from_iterable(every(start + one + end) for one in choices.split("|")))


def test_a_template_becomes_all_its_choices():
    assert set(every("[a|b [c|]]!")) == {"a!", "b c!", "b !"}


def test_there_are_enough_of_each():
    to_decline, on_topic = (phrasings(FILES[kind]) for kind in ("declined", "on_topic"))
    topics = {topic: [one for one in to_decline if one.topic == topic] for topic, _ in to_decline}
    assert set(topics) == {"identity", "age", "race", "health", "truthfulness"}
    assert all(len(some) >= 20 for some in topics.values())
    assert len(on_topic) >= 100
    asked = [normal(one.question) for one in (*to_decline, *on_topic)]
    assert len(asked) == len(set(asked))


def test_what_is_to_be_declined_was_not_trained_on():
    trained = {
        normal(question.format(p=person, his=whose))
        for templates in (*declined._ASKED.values(), *declined._FOREIGN.values())
        for template in templates
        for question in every(template)
        for person in (declined._PEOPLE if "{p}" in question else [""])
        for whose in (declined._WHOSE if "{his}" in question else [""])
    }
    rng = random.Random(0)
    assert all(normal(declines.decline(rng)[0]) in trained for _ in range(200))  # that is all there is
    assert trained & {normal(one.question) for one in phrasings(FILES["declined"])} == set()


@pytest.fixture(scope="module")
def on_topic_training():
    """What the corpus asks of a face, as far as many draws show it."""
    rng = random.Random(0)
    asked = [question for some in QUESTIONS.values() for question in some] + list(STARTER_QUESTIONS)
    for task in ("emotion", "au"):
        asked += [one for template in questions._MORE[task] for one in every(template)]
        asked += questions._FOREIGN[task]
    asked += [one for kind in questions._ASIDES.values() for template in kind for one in every(template)]
    for code in NANO_AUS:
        for kind in questions._UNIT:
            asked += [questions.unit_question(rng, kind, code) for _ in range(100)]
    asked += [questions.emotion_yes_no(rng, emotion) for emotion in EMOTIONS for _ in range(60)]
    asked += [knowledge.any_knowledge(rng)[0] for _ in range(6000)]
    return {normal(question) for question in asked}


def test_what_is_on_topic_was_not_trained_on(on_topic_training):
    assert set() == on_topic_training & {normal(one.question) for one in phrasings(FILES["on_topic"])}
