"""Choice of the adapter that answers a question about action units or about emotions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from emola.errors import ChatError
from emola.faba import ACTION_UNITS, EMOTIONS, SYNONYMS

AUTO = "auto"

_SPECIFIC = {
    "au": (
        r"AUs?(?:\s*\d+)?", r"action[\s-]+units?", r"FACS",
        *(re.escape(name.lower()) for unit in ACTION_UNITS.values() for name in (unit.name, *unit.aliases)),
    ),
    "emotion": (
        r"emotion(?:s|al|ally)?", r"feel(?:s|ing|ings)?", r"felt", r"moods?",
        *(re.escape(word) for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])),
    ),
}  # fmt: skip
_GENERAL = {"au": (r"muscles?", r"movements?"), "emotion": (r"expressions?", r"affects?")}
"""Words that either kind of question may contain; they count only in a question without specific words."""


def _pattern(words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Return a pattern with one named group per task, longest words first."""
    groups = (
        f"(?P<{task}>{'|'.join(sorted(options, key=len, reverse=True))})" for task, options in words.items()
    )
    return re.compile(rf"\b(?:{'|'.join(groups)})\b", re.I)


_PATTERNS = (_pattern(_SPECIFIC), _pattern(_GENERAL))


def task_of(question: str) -> str | None:
    """Return the task of a question, "au" or "emotion", by its first matching word; None without a match."""
    for pattern in _PATTERNS:
        if match := pattern.search(question):
            return match.lastgroup
    return None


def select_adapter(choice: str, question: str, adapters: Sequence[str], current: str | None) -> str | None:
    """Return the adapter that answers a question, or None for a model without adapters.

    choice: an adapter's name, or "auto" for selection by the question. adapters: those of the model.
    current: the adapter of the previous answer, which is kept when the question matches no task; the first
    question then goes to the first adapter.
    """
    if not adapters:
        return None
    if choice != AUTO:
        return choice
    task = task_of(question)
    return task if task in adapters else current or adapters[0]


def check_adapter(choice: str, adapters: Sequence[str]) -> str:
    """Return ``choice`` if it is "auto" or one of ``adapters``; raise ChatError, listing them, otherwise."""
    if choice != AUTO and choice not in adapters:
        known = ", ".join(repr(name) for name in (*adapters, AUTO))
        raise ChatError(f"This model has no adapter {choice!r}; use {known}.")
    return choice
