"""The lists of phrasings: their number and distinctness."""

import re

import pytest

from emola.bench.trust.questions import phrasings

pytestmark = pytest.mark.slow


def normalise(question):
    return " ".join(re.findall(r"\w+", question.lower()))


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
    normalised = [normalise(phrasing.question) for phrasing in (*to_decline, *on_topic)]
    assert len(normalised) == len(set(normalised))
