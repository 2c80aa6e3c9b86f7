"""Session files that were opened before their photo."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from emola.limits import Limits
from emola.ui.exports.record import SessionRecord, read_session


class _File(NamedTuple):
    data: bytes
    opened: float


class OpenedSessions:
    """The content of session files, by keys that cannot be guessed. Thread-safe.

    Gradio's session holds a key. Beyond the limit on their number, the oldest files are dropped; one that no
    photo continues is dropped after ``Limits.idle``.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._files: OrderedDict[str, _File] = OrderedDict()

    def add(self, data: bytes) -> str:
        """Keep a session file that can be read; returns its key."""
        key = secrets.token_urlsafe(12)
        with self._lock:
            self._files[key] = _File(data, self._clock())
            while len(self._files) > self._limits.opened_sessions:
                self._files.popitem(last=False)
        return key

    def find(self, key: str | None) -> SessionRecord | None:
        """Return the session with a key; None when it was dropped."""
        file = self._files.get(key or "")
        return read_session(file.data) if file else None

    def size(self, key: str | None) -> int:
        """Return the size of the file with a key, in bytes; 0 when it was dropped."""
        file = self._files.get(key or "")
        return len(file.data) if file else 0

    def drop(self, key: str | None) -> None:
        """Delete the file with a key, if there is one."""
        with self._lock:
            self._files.pop(key or "", None)

    def expire(self) -> None:
        """Delete the files that no photo has continued in time."""
        oldest = self._clock() - self._limits.idle
        with self._lock:
            for key in [key for key, file in self._files.items() if file.opened <= oldest]:
                del self._files[key]

    def clear(self) -> None:
        """Delete all files."""
        with self._lock:
            self._files.clear()
