"""Incremental decoding of tokens into text that never has to be retracted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

REPLACEMENT = "\ufffd"
"""The character that decoders write for bytes that are not (yet) valid UTF-8."""


class TextStream:
    """Decodes the tokens of an answer one at a time into pieces of text.

    A piece never ends in an incomplete UTF-8 character or in a possible beginning of a stop string; such an
    end is held back until later tokens resolve it. ``decode`` turns ids into text. Each step decodes all ids
    of the answer, because the text of a token depends on the tokens before it (spaces in SentencePiece,
    characters of several tokens in byte-level BPE).
    """

    def __init__(self, decode: Callable[[list[int]], str], stop_strings: Sequence[str] = ()) -> None:
        self._decode = decode
        self._stop_strings = tuple(string for string in stop_strings if string)
        self._ids: list[int] = []
        self._emitted = ""
        self.stop_found = False
        """Whether a stop string has occurred; tokens after it are ignored."""

    @property
    def text(self) -> str:
        """The pieces returned so far, joined."""
        return self._emitted

    def push(self, token: int) -> str:
        """Add a token and return the text that is now certain, possibly empty."""
        if self.stop_found:
            return ""
        self._ids.append(token)
        text = self._up_to_stop(self._decode(self._ids))
        if not self.stop_found:
            text = text.rstrip(REPLACEMENT)
            text = text[: len(text) - possible_stop(text, self._stop_strings)]
        return self._emit(text)

    def finish(self) -> str:
        """Return the text held back, without an incomplete character. No token may follow."""
        if self.stop_found or not self._ids:
            return ""
        return self._emit(self._decode(self._ids).rstrip(REPLACEMENT))

    def _up_to_stop(self, text: str) -> str:
        starts = [start for string in self._stop_strings if (start := text.find(string)) >= 0]
        if not starts:
            return text
        self.stop_found = True
        return text[: min(starts)]

    def _emit(self, text: str) -> str:
        piece = text[len(self._emitted) :]
        self._emitted += piece
        return piece


def possible_stop(text: str, stop_strings: Sequence[str]) -> int:
    """Return the length of the longest suffix of ``text`` that is a proper prefix of a stop string."""
    longest = max((len(string) - 1 for string in stop_strings), default=0)
    for length in range(min(longest, len(text)), 0, -1):
        if any(string.startswith(text[-length:]) for string in stop_strings):
            return length
    return 0
