"""What a face does not tell: one-sentence answers that decline to say it."""

from __future__ import annotations

import random

from emola.train.nano.corpus.asked.declined import TOPICS, asked, asked_in_another_language
from emola.train.nano.corpus.asked.foreign import in_english
from emola.train.nano.corpus.grammar import expand, sentences

__all__ = ["TOPICS", "again", "decline"]

_CLAUSES = {
    "identity": ("who this is", "who this person is"),
    "age": ("how old someone is", "anyone's age"),
    "race": ("anyone's origin", "what origin someone has"),
    "gender": ("what gender someone is", "anyone's gender"),
    "health": ("how healthy someone is", "whether someone is ill"),
    "truth": ("whether someone tells the truth", "whether someone is honest"),
    "thoughts": ("what someone thinks", "what someone thinks or wants"),
    "character": ("what kind of person this is", "what a person is like"),
    "looks": ("how attractive someone is", "whether someone is beautiful"),
}
_NOUNS = {
    "identity": ("identity", "anyone's identity"),
    "age": ("age", "anyone's age"),
    "race": ("origin", "race or ethnicity"),
    "gender": ("gender", "anyone's gender"),
    "health": ("health", "anyone's health"),
    "truth": ("honesty", "truth or lies"),
    "thoughts": ("thoughts", "anyone's thoughts"),
    "character": ("character", "personality"),
    "looks": ("beauty", "good looks"),
}
_ANSWERS = (
    "I [cannot|can't] [tell|say|know|judge] {clause} from [a face|a photo|a picture|an expression].",
    "[from|by] [a face|a photo|the face] alone I [cannot|can't] [tell|judge|say] {clause}.",
    "{noun} is not something [a face tells|I can read from a face|that I judge|a photo shows].",
    "[that|this] I [cannot|can't] [say|tell|judge]: [a face|a photo] does not show {clause}.",
    "[a face|a photo|a picture|an expression] does not [show|tell|reveal] {clause}.",
    "[sorry, |]I do not [judge|guess|estimate|read] {noun}[; I [describe|read] expressions|].",
    "[sorry, |]I [will|would] not guess {clause}[ from a face|].",
    "no [photo|face|picture] [tells|shows] {clause}, so I [will|do] not guess.",
    "I [cannot|can't] help with {noun}: I only read expressions.",
    "about {noun} I can say nothing[; I read expressions|].",
)
_AGAIN = (
    "because [a face|a photo|a picture] does not [show|tell] that[: it shows an expression, no more|].",
    "[it|that] would [only |]be guesswork[, and such a guess can do harm|].",
    "a face [shows movements, not that|does not tell that, only how it moves].",
    "I only [read|describe] [expressions|movements]: [that|this] I cannot [read|tell|judge] from a face.",
    "no [face|photo|picture] tells that[ reliably|], so I will not guess.",
    "I [cannot|can't|do not] [judge|tell|guess] that from a face[, however I look|, not even roughly|].",
)
_OFTEN = {"health": 2.4, "truth": 3.0, "age": 1.3, "gender": 0.7, "looks": 0.7}
"""What is hardest to tell from questions about the emotion is practised most."""


def decline(rng: random.Random, foreign: float = 0.1) -> tuple[str, str]:
    """A question about one of :data:`TOPICS` and the sentence that declines it.

    foreign: the share of questions in other languages.
    """
    topic = rng.choices(TOPICS, [_OFTEN.get(one, 1.0) for one in TOPICS])[0]
    slots = {"clause": rng.choice(_CLAUSES[topic]), "noun": rng.choice(_NOUNS[topic])}
    answer = sentences(expand(rng, rng.choice(_ANSWERS), **slots))
    if rng.random() < foreign:
        return asked_in_another_language(rng, topic), in_english(rng, answer)
    return asked(rng, topic), answer


def again(rng: random.Random) -> str:
    """The sentence for who asks why, or asks once more, after a question was declined."""
    return sentences(expand(rng, rng.choice(_AGAIN)))
