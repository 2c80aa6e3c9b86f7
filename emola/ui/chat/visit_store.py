"""The visitors of the page, and how long the server keeps what belongs to them.

Gradio copies and moves what it holds in a session, and a conversation holds a lock and a model's cache. A
session therefore holds a key only, and the visitors themselves are here.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from emola.errors import ChatError
from emola.ui import messages
from emola.ui.chat.visit import Visit
from emola.ui.limits import DEFAULT, Limits


class VisitStore:
    """All open pages, by a key that cannot be guessed.

    Where they are too many, or their pictures together too large, the longest unused ones go; so does each
    that was idle for too long. One that is being answered stays even then: its page waits for the end.
    Thread-safe.
    """

    def __init__(self, limits: Limits = DEFAULT, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._by_key: OrderedDict[str, Visit] = OrderedDict()
        self._used: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._by_key)

    def welcome(self, visitor: Visit, key: str | None) -> str:
        """Keep a visitor in the place of the one under ``key``; returns its key."""
        key = key or secrets.token_urlsafe(12)
        with self._lock:
            leaving = [self._by_key.pop(key)] if key in self._by_key else []
            self._by_key[key] = visitor
            self._used[key] = self._clock()
            leaving += [self._remove(old) for old in self._surplus(key)]
        for old in leaving:
            old.close()
        return key

    def find(self, key: str | None) -> Visit:
        """The visitor under a key; ChatError when there is none (any more)."""
        if not key:
            raise ChatError(messages.CHOOSE_FIRST)
        with self._lock:
            if key not in self._by_key:
                raise ChatError(messages.IDLE_TOO_LONG)
            self._by_key.move_to_end(key)
            self._used[key] = self._clock()
            return self._by_key[key]

    def picture(self, token: str, kind: str, query: Mapping[str, str]) -> bytes | None:
        """A picture of the visit with this token as a JPEG; see ``Visit.picture``. None when it is gone."""
        with self._lock:
            visitor = next((v for v in self._by_key.values() if v.token == token), None)
        return visitor.picture(kind, query) if visitor else None

    def holds(self, key: str | None, visitor: Visit, face: object) -> bool:
        """Whether this is still the visitor under a key, in a conversation about this face."""
        with self._lock:
            here = key is not None and self._by_key.get(key) is visitor
        return here and visitor.chat.face is face

    def is_busy(self, key: object) -> bool:
        """Whether there is a visitor under a key whose question is being answered."""
        visitor = self._by_key.get(key) if isinstance(key, str) else None
        return visitor is not None and visitor.busy

    def dismiss(self, key: str | None) -> None:
        """Free what is kept under a key, if anything is."""
        with self._lock:
            visitor = self._remove(key) if key in self._by_key else None
        if visitor:
            visitor.close()

    def expire(self) -> None:
        """Dismiss the visitors that were idle for too long."""
        oldest = self._clock() - self._limits.idle
        with self._lock:
            idle = [key for key, used in self._used.items() if used <= oldest and not self._by_key[key].busy]
            leaving = [self._remove(key) for key in idle]
        for visitor in leaving:
            visitor.close()

    def close(self) -> None:
        """Dismiss all visitors."""
        for key in list(self._by_key):
            self.dismiss(key)

    def _surplus(self, newest: str) -> list[str]:
        """The keys of those that must go so that the limits hold, the longest unused first."""
        count, memory = len(self._by_key), sum(visitor.memory for visitor in self._by_key.values())
        surplus = []
        for key, visitor in self._by_key.items():
            if count <= self._limits.visits and memory <= self._limits.visits_memory:
                break
            if key != newest and not visitor.busy:
                surplus.append(key)
                count, memory = count - 1, memory - visitor.memory
        return surplus

    def _remove(self, key: str | None) -> Visit:
        assert key is not None
        del self._used[key]
        return self._by_key.pop(key)
