"""The reading of a face, which a model writes before it answers: the first exchange of a conversation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from emola.faba.messages import opening

__all__ = ["MAX_READING_TOKENS", "Reading", "Readings"]

MAX_READING_TOKENS = 224
"""The longest reading, in tokens; a line with every unit takes 200 tokens of SmolLM2, a usual one 50."""

_POLL_INTERVAL = 0.05
"""Polling interval of a question that waits for a reading in progress, in seconds."""


@dataclass(frozen=True)
class Reading:
    """What a model knows of a face before the first question.

    given: the line that the model was told, measured apart from its weights; "" if there was nothing to tell.
    written: the line that the model wrote after it, by greedy decoding.
    """

    given: str
    written: str

    @property
    def exchange(self) -> tuple[str, str]:
        """The first exchange of every conversation about the face."""
        return opening(self.given, self.written)


class _Slot:
    """The reading of one face by one adapter. lock: held while it is written."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reading: Reading | None = None


class Readings:
    """The readings of faces by adapter, kept until a face is deleted or forgotten. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: WeakKeyDictionary[Any, dict[str | None, _Slot]] = WeakKeyDictionary()

    def known(self, face: Any, adapter: str | None) -> Reading | None:
        """Return the reading of a face if it is written."""
        with self._lock:
            slot = self._slots.get(face, {}).get(adapter)
        return slot.reading if slot else None

    def get(
        self,
        face: Any,
        adapter: str | None,
        write: Callable[[], Reading | None],
        stopped: Callable[[], bool] = lambda: False,
    ) -> Reading | None:
        """Return the reading of a face; write it if it is unknown, or wait while another thread writes it.

        write: returns None when it was stopped; then, and when it fails, the next call writes the reading.
        Returns None when ``stopped()`` returns true during the wait.
        """
        slot = self._slot(face, adapter)
        while not slot.lock.acquire(timeout=_POLL_INTERVAL):
            if stopped():
                return None
        try:
            if slot.reading is None:
                slot.reading = write()
            return slot.reading
        finally:
            slot.lock.release()

    def keep(self, face: Any, adapter: str | None, reading: Reading) -> None:
        """Store a reading that was written in a batch."""
        self._slot(face, adapter).reading = reading

    def memory(self, face: Any) -> int:
        """Return the size of the readings of a face as text, in bytes."""
        with self._lock:
            slots = list(self._slots.get(face, {}).values())
        found = (slot.reading for slot in slots)
        return sum(len((each.given + each.written).encode()) for each in found if each)

    def forget(self, face: Any) -> None:
        """Delete the readings of a face."""
        with self._lock:
            self._slots.pop(face, None)

    def _slot(self, face: Any, adapter: str | None) -> _Slot:
        with self._lock:
            return self._slots.setdefault(face, {}).setdefault(adapter, _Slot())
