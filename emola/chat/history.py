"""The state of a conversation: its turns, and the answer being generated."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from emola.chat.turns import Turn
from emola.errors import ChatError


class History:
    """The turns of a conversation, with at most one answer in progress. Thread-safe.

    The turns do not change during an answer: every change then raises ChatError, except ``clear`` and
    ``close``, which discard the answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # never held during a forward pass
        self._run: threading.Event | None = None  # the current answer; set to end it
        self._removed: tuple[Turn, ...] | None = None
        self.turns: tuple[Turn, ...] = ()
        self.closed = False

    @property
    def removed(self) -> tuple[Turn, ...] | None:
        """The turns before the last undo, edit, retry or clear; None after a new question."""
        return self._removed

    @property
    def unused(self) -> bool:
        """Whether there is nothing to keep a prefix cache for."""
        return self._run is None and not self.turns

    def check_open(self) -> None:
        """Raise ChatError for a closed conversation."""
        if self.closed:
            raise ChatError("This conversation is closed; start a new one.")

    def idle_turns(self, action: str = "") -> tuple[Turn, ...]:
        """Return the turns. Raises ChatError during an answer and, given an action, without any turn."""
        with self._lock:
            return self._check_idle(action)

    def begin(self, before: tuple[Turn, ...]) -> threading.Event:
        """Begin an answer that was planned after the turns ``before``; return the event that ends it."""
        with self._lock:
            self._check_idle()
            if self.turns is not before:
                raise ChatError("The conversation has changed since this question was asked; ask it again.")
            self._run = threading.Event()
            return self._run

    def end(self, run: threading.Event, turns: tuple[Turn, ...] | None) -> None:
        """End an answer. turns: with its turn, None after an error.

        An answer without text never replaces another one.
        """
        with self._lock:
            if self._run is not run:  # clear() or close() discarded this answer
                return
            self._run = None
            if turns is None:
                return
            replaces = len(turns) == len(self.turns)
            if replaces and not turns[-1].answer:
                return
            self._removed = self.turns if replaces else None
            self.turns = turns

    def stop(self) -> None:
        """End the current answer, if any, and keep its text so far."""
        with self._lock:
            if self._run is not None:
                self._run.set()

    def undo(self) -> Turn:
        """Remove the last turn and return it."""
        with self._lock:
            *kept, last = self._check_idle("undo")
            self._removed, self.turns = self.turns, tuple(kept)
        return last

    def replace(self, turns: Sequence[Turn]) -> None:
        """Replace all turns."""
        for index, turn in enumerate(turns):
            if not 0 <= turn.dropped <= index:
                raise ChatError(
                    f"Turn {index + 1} cannot omit {turn.dropped} earlier turns; there are {index} before it."
                )
        with self._lock:
            before = self._check_idle()
            self._removed, self.turns = before or None, tuple(turns)

    def back(self) -> None:
        """Exchange the turns with those before the last undo, edit, retry or clear."""
        with self._lock:
            turns = self._check_idle()
            if self._removed is None:
                raise ChatError("There is nothing to bring back.")
            self._removed, self.turns = turns, self._removed

    def clear(self) -> None:
        """Remove all turns and discard the current answer."""
        with self._lock:
            self.check_open()
            self._abandon()
            self._removed, self.turns = self.turns or self._removed, ()

    def close(self) -> None:
        """Refuse further questions and discard the current answer; the turns stay readable."""
        with self._lock:
            self.closed = True
            self._removed = None
            self._abandon()

    def _check_idle(self, action: str = "") -> tuple[Turn, ...]:
        self.check_open()
        if self._run is not None:
            raise ChatError("An answer is still being written; wait for it or stop it.")
        if action and not self.turns:
            raise ChatError(f"There is nothing to {action}: no question has been asked yet.")
        return self.turns

    def _abandon(self) -> None:
        if self._run is not None:
            self._run.set()
            self._run = None
