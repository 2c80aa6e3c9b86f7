"""The published scorer of FABA-Bench, with its quirks.

Reproduces ``emollava/eval/eval_FABA.py`` of github.com/JackYFL/EmoLA (revision 0cd4a12), with its word
lists. The published figures depend on every one of these rules:

* a sentence with a negative word is dropped, and "no" and "not" also match inside words ("nose", "cannot",
  "notable");
* in the first sentence, the first word of any list decides; a word on several lists belongs to the first
  emotion in ``PUBLISHED_ORDER``;
* otherwise the words of the remaining sentences are counted, and happiness wins when none is found;
* ``AU12`` counts as active wherever it occurs, denied or not; ``AU 12``, ``au12`` and ``AU06`` do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from emola.bench.metrics import Pair
from emola.faba.action_units import ACTION_UNITS
from emola.faba.emotions import PUBLISHED_ORDER

__all__ = ["PublishedReader", "positive_text"]

_NEGATIVE = ("not", "no", "isn't ", "nothing", "cannot", "won't", "shouldn't", "neither", "nor")
_WORDS = {
    "happiness": "happiness happy smiling smile pleasant content contentment relaxed relaxation cheerful joy "
    "amusement amused positivity positive lightheartedness joyful friendly warmth bright",
    "sadness": "sadness crying distress concern discomfort anguish somber",
    "surprise": "surprise surprised startled puzzled astonishment disbelief wonder curiosity curious "
    "confusion bewilderment skepticism excitement uncertainty",
    "anger": "anger mad irate outraged agitation irritated enraged annoyed incensed serious frustration "
    "displeased stern",
    "neutral": "neutral neutrality calm contemplative concerned thoughtful focused solemn mild",
    "disgust": "disgust distaste disgusted discomfort displeasure displeased disapproval disdain contempt",
    "fear": "fear shock anxiety apprehension tension panic alertness focus worry alarm "
    "curiosity contemplation",
}
_LISTS = {emotion: frozenset(words.split()) for emotion, words in _WORDS.items()}

_SENTENCE_END = re.compile(r"(?<!\w\.\w.)(?<![A-Z][a-z]\.)(?<=\.|\?)\s")
_FIRST_SENTENCE = re.compile(r"(.*?)[.!?]")


class PublishedReader:
    """Reads as the published scorer does; see :class:`emola.bench.readers.Reader`."""

    name = "published"
    empty_rouge: float | None = None

    def emotion(self, text: str) -> str:
        """Return an emotion for every text.

        Where the first line has no sentence end, the published scorer raises; here the text is one sentence.
        """
        text = positive_text(text) or text
        first = _FIRST_SENTENCE.match(text)
        for word in _words(first.group(1) if first else text):
            for emotion in PUBLISHED_ORDER:
                if word in _LISTS[emotion]:
                    return emotion
        rest = _words(text[first.end() :] if first else "")
        return max(PUBLISHED_ORDER, key=lambda emotion: sum(word in _LISTS[emotion] for word in rest))

    def units(self, text: str) -> list[int]:
        """Return every code written as ``AU12``."""
        return _known(re.findall(r"AU(\d+)", text))

    def label_units(self, label: str) -> list[int]:
        """Return the codes between ``, ``; codes joined by a comma without a space are lost."""
        return _known(label.split(", "))

    def counts(self, pairs: Iterable[Pair]) -> bool:
        """Return False for all true positives or all true negatives.

        The confusion matrix then has a single cell, and the published scorer skips the unit.
        """
        return set(pairs) not in ({(True, True)}, {(False, False)})


def positive_text(text: str) -> str:
    """Return the sentences without a negative substring; often empty."""
    sentences = _SENTENCE_END.split(text)
    return " ".join(
        sentence for sentence in sentences if not any(word in sentence.lower() for word in _NEGATIVE)
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\b\w+\b", text.lower())


def _known(codes: list[str]) -> list[int]:
    return sorted({code for code in ACTION_UNITS if str(code) in codes})
