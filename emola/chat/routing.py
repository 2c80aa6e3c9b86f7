"""Which adapter answers a question, where a model has one for action units and one for emotions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from emola.errors import ChatError
from emola.faba import ACTION_UNITS, EMOTIONS, SYNONYMS

AUTO = "auto"

_CLEAR = {
    "au": (
        r"AUs?(?:\s*\d+)?", r"action[\s-]+units?", r"FACS",
        *(re.escape(name.lower()) for unit in ACTION_UNITS.values() for name in (unit.name, *unit.aliases)),
    ),
    "emotion": (
        r"emotion(?:s|al|ally)?", r"feel(?:s|ing|ings)?", r"felt", r"moods?",
        *(re.escape(word) for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])),
    ),
}  # fmt: skip
_VAGUE = {"au": (r"muscles?", r"movements?"), "emotion": (r"expressions?", r"affects?")}
"""What either kind of question may say in passing; heard only where nothing is clear."""


def _pattern(words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """The first of these words, in a group that is called like its task."""
    groups = (f"(?P<{task}>{'|'.join(sorted(said, key=len, reverse=True))})" for task, said in words.items())
    return re.compile(rf"\b(?:{'|'.join(groups)})\b", re.I)


_PATTERNS = (_pattern(_CLEAR), _pattern(_VAGUE))


def task_of(question: str) -> str | None:
    """What a question is about, "au" or "emotion", by the first word that tells; None when none does."""
    for pattern in _PATTERNS:
        if match := pattern.search(question):
            return match.lastgroup
    return None


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
