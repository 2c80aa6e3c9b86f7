"""From tokens to text that can be shown at once and never has to be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

#: What a decoder writes for bytes that are no character (yet).
REPLACEMENT = "\ufffd"


class TextStream:
    """Turns token ids, one at a time, into pieces of text.

    A piece never ends in half a UTF-8 character nor in what may yet become a stop string: such an
    end is held back until the next tokens settle it. ``decode`` turns ids into text; all ids of the
    answer are decoded each time, because the text of a token depends on those before it (spaces in
    SentencePiece, characters of several tokens in byte-level BPE).
    """

    def __init__(self, decode: Callable[[list[int]], str], stop_strings: Sequence[str] = ()) -> None:
        self._decode = decode
        self._stop_strings = tuple(string for string in stop_strings if string)
        self._ids: list[int] = []
        self._shown = ""
        self.stop_found = False
        """True once a stop string has come; whatever is pushed after that is ignored."""

    @property
    def text(self) -> str:
        """All that has been handed out so far: the pieces, joined."""
        return self._shown

    def push(self, token: int) -> str:
        """Take one token; return what can be shown now (possibly nothing)."""
        if self.stop_found:
            return ""
        self._ids.append(token)
        text = self._up_to_stop(self._decode(self._ids))
        if not self.stop_found:
            text = text.rstrip(REPLACEMENT)
            text = text[: len(text) - possible_stop(text, self._stop_strings)]
        return self._show(text)

    def finish(self) -> str:
        """No more tokens: return what was held back, without half a character."""
        if self.stop_found or not self._ids:
            return ""
        return self._show(self._decode(self._ids).rstrip(REPLACEMENT))

    def _up_to_stop(self, text: str) -> str:
        starts = [start for string in self._stop_strings if (start := text.find(string)) >= 0]
        if not starts:
            return text
        self.stop_found = True
        return text[: min(starts)]

    def _show(self, text: str) -> str:
        piece = text[len(self._shown) :]
        self._shown += piece
        return piece


def possible_stop(text: str, stop_strings: Sequence[str]) -> int:
    """The length of the longest end of ``text`` that is the beginning of a stop string."""
    longest = max((len(string) - 1 for string in stop_strings), default=0)
    for length in range(min(longest, len(text)), 0, -1):
        if any(string.startswith(text[-length:]) for string in stop_strings):
            return length
    return 0
