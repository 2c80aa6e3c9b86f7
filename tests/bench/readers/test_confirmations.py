"""Reading yes or no to an emotion."""

import random

import pytest

from emola.bench.readers.confirmations import confirms
from emola.faba import EMOTIONS
from emola.train.nano.corpus import FaceFacts
from emola.train.nano.corpus.answers.comparisons import emotion_yes_no_answer


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Yes.", True),
        ("Yes, the face looks afraid.", True),
        ("Afraid, I would say.", True),
        ("No.", False),
        ("No, rather sad.", False),
        ("No, I see sadness, not fear.", False),
        ("I do not think so: the face looks sad.", False),
        ("The face looks sad.", False),
        ("Yes, the face looks sad.", None),
        ("No, the face looks afraid.", None),
        ("Hm.", None),
        ("", None),
    ],
)
def test_confirms(answer, expected):
    assert confirms(answer, "fear") is expected


def test_reads_every_answer_of_the_corpus():
    for seed in range(500):
        rng = random.Random(seed)
        true = rng.choice(EMOTIONS)
        asked = rng.choice((true, rng.choice(EMOTIONS)))
        assert confirms(emotion_yes_no_answer(rng, FaceFacts(true, None), asked), asked) is (asked == true)
