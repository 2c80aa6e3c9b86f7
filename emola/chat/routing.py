"""Which adapter answers a question, where a model has one for action units and one for emotions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from emola.errors import ChatError
from emola.faba import ACTION_UNITS, EMOTIONS, SYNONYMS

AUTO = "auto"

_AU_WORDS = (
    r"AUs?(?:\s*\d+)?", r"action[\s-]+units?", r"FACS", r"muscles?", r"movements?",
    *(re.escape(name.lower()) for unit in ACTION_UNITS.values() for name in (unit.name, *unit.aliases)),
)  # fmt: skip
_EMOTION_WORDS = (
    r"emotion(?:s|al|ally)?", r"expressions?", r"feel(?:s|ing|ings)?", r"felt", r"moods?", r"affects?",
    *(re.escape(word) for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])),
)  # fmt: skip


def _either(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_TASK = re.compile(rf"\b(?:(?P<au>{_either(_AU_WORDS)})|(?P<emotion>{_either(_EMOTION_WORDS)}))\b", re.I)


def task_of(question: str) -> str | None:
    """What a question is about, "au" or "emotion", by the first word that tells; None when none does."""
    match = _TASK.search(question)
    return match.lastgroup if match else None


def choose(use: str, question: str, adapters: Sequence[str], current: str | None) -> str | None:
    """The adapter that answers: the one that is asked for or, with "auto", the one for the question.

    adapters: those of the model. current: the one that answered last; it goes on where the question does
    not tell, and the first one begins. None for a model without adapters.
    """
    if not adapters:
        return None
    if use != AUTO:
        return use
    task = task_of(question)
    return task if task in adapters else current or adapters[0]


def check(use: str, adapters: Sequence[str]) -> str:
    """``use``, if it can be used; ChatError, naming what can, if not."""
    if use != AUTO and use not in adapters:
        known = ", ".join(repr(name) for name in (*adapters, AUTO))
        raise ChatError(f"This model has no adapter {use!r}; use {known}.")
    return use
