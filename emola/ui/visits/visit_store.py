"""The visits in memory, by key.

Gradio copies and moves the values of a session, and a conversation holds a lock and a model's cache. A
session therefore holds a key, and the visits themselves are here.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping

from emola.errors import ChatError
from emola.ui.serving.limits import DEFAULT, Limits
from emola.ui.shared import messages
from emola.ui.visits.visit import Visit


class PendingVisit:
    """A visit whose photo waits for the model. One question can wait with it."""

    def __init__(self) -> None:
        self.settled = threading.Event()
        """Set when the visit was added or given up."""
        self.asked = False
        self.stopped = False


class VisitStore:
    """All visits, by keys that cannot be guessed. Thread-safe.

    Beyond the limits on their number and memory, the least recently used visits are closed; an idle visit is
    closed after ``Limits.idle``. A busy visit is kept even then, because its page waits for the answer.
    """

    def __init__(self, limits: Limits = DEFAULT, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._visits: OrderedDict[str, Visit] = OrderedDict()
        self._used: dict[str, float] = {}
        self._pending: dict[str, PendingVisit] = {}

    def __len__(self) -> int:
        return len(self._visits)

    def __contains__(self, key: object) -> bool:
        return key in self._visits

    def reserve(self, key: str | None) -> str:
        """Announce a visit whose photo waits for the model; returns its key."""
        key = key or secrets.token_urlsafe(12)
        with self._lock:
            self._pending[key] = PendingVisit()
        return key

    def pending(self, key: str | None) -> PendingVisit | None:
        """Return the announced visit of a key; None when it was added or given up."""
        return self._pending.get(key) if key else None

    def give_up(self, key: str) -> None:
        """Withdraw the announcement of a visit, whose photo could not be read."""
        with self._lock:
            self._settle(key)

    def add(self, visit: Visit, key: str | None) -> str:
        """Store a visit, replacing the one with the same key; returns the key."""
        key = key or secrets.token_urlsafe(12)
        with self._lock:
            closing = [self._visits.pop(key)] if key in self._visits else []
            self._visits[key] = visit
            self._used[key] = self._clock()
            closing += [self._remove(old) for old in self._surplus(key)]
            self._settle(key)
        for old in closing:
            old.close()
        return key

    def find(self, key: str | None) -> Visit:
        """Return the visit of a key; raises ChatError when there is none or it has expired."""
        if not key:
            raise ChatError(messages.CHOOSE_FIRST)
        with self._lock:
            if key not in self._visits:
                raise ChatError(messages.IDLE_TOO_LONG)
            self._visits.move_to_end(key)
            self._used[key] = self._clock()
            return self._visits[key]

    def picture(self, token: str, kind: str, query: Mapping[str, str]) -> bytes | None:
        """Return a picture of the visit with a token, see ``Visit.picture``; None when it is gone."""
        with self._lock:
            visit = next((visit for visit in self._visits.values() if visit.token == token), None)
        return visit.picture(kind, query) if visit else None

    def holds(self, key: str | None, visit: Visit, face: object) -> bool:
        """Return whether a key still belongs to this visit, with its conversation about this face."""
        with self._lock:
            kept = key is not None and self._visits.get(key) is visit
        return kept and visit.chat.face is face

    def is_busy(self, key: object) -> bool:
        """Return whether a question of the visit with this key is in the queue or being answered."""
        visit = self._visits.get(key) if isinstance(key, str) else None
        return visit is not None and visit.busy

    def dismiss(self, key: str | None) -> None:
        """Close the visit of a key, if there is one."""
        with self._lock:
            visit = self._remove(key) if key in self._visits else None
            if key is not None:
                self._settle(key)
        if visit:
            visit.close()

    def expire(self) -> None:
        """Close the visits that have been idle for too long."""
        oldest = self._clock() - self._limits.idle
        with self._lock:
            idle = [key for key, used in self._used.items() if used <= oldest and not self._visits[key].busy]
            closing = [self._remove(key) for key in idle]
        for visit in closing:
            visit.close()

    def close(self) -> None:
        """Close all visits."""
        for key in [*self._visits, *self._pending]:
            self.dismiss(key)

    def _surplus(self, newest: str) -> list[str]:
        """Return the keys of the visits beyond the limits, the least recently used first."""
        count, memory = len(self._visits), sum(visit.memory for visit in self._visits.values())
        surplus = []
        for key, visit in self._visits.items():
            if count <= self._limits.visits and memory <= self._limits.visits_memory:
                break
            if key != newest and not visit.busy:
                surplus.append(key)
                count, memory = count - 1, memory - visit.memory
        return surplus

    def _remove(self, key: str | None) -> Visit:
        assert key is not None
        del self._used[key]
        return self._visits.pop(key)

    def _settle(self, key: str) -> None:
        if (pending := self._pending.pop(key, None)) is not None:
            pending.settled.set()
