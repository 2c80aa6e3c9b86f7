"""Reader of answers to yes/no questions about an emotion."""

from __future__ import annotations

from emola.bench.readers.strict import StrictReader
from emola.bench.readers.yes_no import opening

__all__ = ["confirms"]

_READER = StrictReader()


def confirms(answer: str, emotion: str) -> bool | None:
    """Return whether an answer confirms ``emotion``; None when it says neither yes nor no, or both.

    "Yes, the face looks sad", asked about fear, says both.
    """
    opened, named = opening(answer), _READER.emotion(answer)
    stated = None if named is None else named == emotion
    if opened is None or stated is None:
        return stated if opened is None else opened
    return opened if opened is stated else None
