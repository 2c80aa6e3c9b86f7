"""Reading answers exactly as the published scorer of FABA-Bench does, with its quirks.

After ``emollava/eval/eval_FABA.py`` of github.com/JackYFL/EmoLA (revision 0cd4a12), whose word table
this is. The published figures depend on every one of these:

* a sentence that holds a negative word is left out, and "no" or "not" count inside other words too
  ("nose", "cannot", "notable");
* of the first sentence, the first word of any emotion's list decides; a word that is on several
  lists belongs to the first emotion in :data:`ORDER`;
* otherwise the rest is counted, and happiness wins when nothing is found at all;
* ``AU12`` is an active unit wherever it stands, denied or not; ``AU 12``, ``au12`` and ``AU06`` are none.
"""

from __future__ import annotations

import re

from emola.faba.action_units import ACTION_UNITS

__all__ = [
    "ORDER",
    "positive_text",
    "published_emotion",
    "published_label_units",
    "published_units",
]

ORDER = ("happiness", "sadness", "surprise", "anger", "neutral", "disgust", "fear")
"""The emotions in the published order; a label may be a number, the place in this order."""

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


def positive_text(text: str) -> str:
    """The sentences of ``text`` that hold no negative word, anywhere in any word; often empty."""
    sentences = _SENTENCE_END.split(text)
    return " ".join(one for one in sentences if not any(word in one.lower() for word in _NEGATIVE))


def published_emotion(text: str) -> str:
    """The emotion that the published scorer reads from ``text``; there always is one.

    On an answer whose first line has no end of a sentence the published scorer stops with an error;
    here such an answer is one sentence.
    """
    text = positive_text(text) or text
    first = _FIRST_SENTENCE.match(text)
    for word in _words(first.group(1) if first else text):
        for emotion in ORDER:
            if word in _LISTS[emotion]:
                return emotion
    rest = _words(text[first.end() :] if first else "")
    return max(ORDER, key=lambda emotion: sum(word in _LISTS[emotion] for word in rest))


def published_units(text: str) -> list[int]:
    """The action units that the published scorer takes as active, ascending."""
    return _known(re.findall(r"AU(\d+)", text))


def published_label_units(label: str) -> list[int]:
    """The action units of a label such as ``1, 2, 25``; a comma without a space joins, and is lost."""
    return _known(label.split(", "))


def _words(text: str) -> list[str]:
    return re.findall(r"\b\w+\b", text.lower())


def _known(codes: list[str]) -> list[int]:
    return sorted({code for code in ACTION_UNITS if str(code) in codes})
