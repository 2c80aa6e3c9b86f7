"""Texts written to keep the patterns busy: a pattern that tries too much holds up the whole server."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from emola.faba.claims import find_claims
from emola.faba.movement_only import asks_for_emotion, mask_emotions

LENGTH = 10_000
"""The longest answer that a client can send, in characters."""
LIMIT = 2.0
"""Seconds of the processor for one text; a usual text of this length takes a tenth of that."""


def repeated(words: str, length: int, start: str = "AU1 ", end: str = " x") -> str:
    return start + words * (length // len(words)) + end


HOSTILE: dict[str, Callable[[int], str]] = {
    "words that two patterns match": lambda n: repeated(" hardly visibly", n, "The brows are"),
    "spaces": lambda n: repeated(" ", n),
    "spaces and commas": lambda n: repeated(" ,", n),
    "commas": lambda n: repeated(",", n),
    "brackets, then spaces": lambda n: "AU1 " + "(" * (n // 2) + " " * (n // 2) + "x",
    "colons": lambda n: repeated(":", n),
    "signs": lambda n: repeated("= ", n, "AU1 ((("),
    "stars": lambda n: repeated("*_ ", n, "AU1: "),
    "denials": lambda n: repeated("no ", n),
    "exceptions": lambda n: repeated("apart from ", n),
    "brackets that stay open": lambda n: repeated("brows (AU1 ", n, ""),
    "verbs": lambda n: repeated(" is", n, "The brows"),
    "smiles": lambda n: repeated("smile ", n),
    "letters": lambda n: repeated("a-", n),
    "a long word": lambda n: repeated("a", n, "The brows are turned "),
}


def seconds(function: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start


@pytest.mark.parametrize("function", [find_claims, mask_emotions, asks_for_emotion])
def test_a_hostile_text_takes_no_longer_than_another(function: Callable[[str], object]) -> None:
    """Guards against a request that stops the server: patterns are searched without letting others run."""
    for name, text in HOSTILE.items():
        # At a length of 330, a pattern with two ways for each word has four million.
        for length in (330, 1000, LENGTH):
            assert seconds(function, text(length)) < LIMIT, (name, length)
