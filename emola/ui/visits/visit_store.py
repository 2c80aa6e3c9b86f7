"""The visits in memory, by key.

Gradio copies and moves the values of a session, and a conversation holds a lock and a model's cache. A
session therefore holds a key, and the visits themselves are here.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from emola.errors import ChatError
from emola.limits import DEFAULT, Limits
from emola.ui.shared import messages
from emola.ui.visits.files import ServedFile
from emola.ui.visits.opened_sessions import OpenedSessions
from emola.ui.visits.visit import Visit

MAX_KEYS = 32
"""Most keys of one visit. A page that was reloaded soon loses its former key."""


class PendingVisit:
    """A visit whose photo is not read yet. One question can wait with it.

    photos: number of photos that were chosen for it; the last one counts. movement_only: mode of the visit.
    session: key of a session file that the photo may continue.
    """

    def __init__(self) -> None:
        self.settled = threading.Event()
        """Set when the visit was added or given up."""
        self.added = False
        self.question: str | None = None
        self.stopped = False
        self.photos = 0
        self.movement_only = False
        self.session: str | None = None

    @property
    def asked(self) -> bool:
        """Whether a question waits with the visit."""
        return self.question is not None


class ChosenPhoto(NamedTuple):
    """A photo that was chosen for a pending visit. key: of the visit. number: from 1."""

    key: str
    pending: PendingVisit
    number: int


@dataclass
class _Entry:
    """A visit with its keys, the oldest first. used: time of the last use."""

    visit: Visit
    used: float
    keys: dict[str, None] = field(default_factory=dict)


class VisitStore:
    """All visits, by keys that cannot be guessed. Thread-safe.

    Each page has its own key. A reloaded page gets another key of the same visit, so that the end of its
    former session, which Gradio reports later, does not close the visit.

    Beyond the limits on their number and memory, the least recently used visits are closed; an idle visit is
    closed after ``Limits.idle``. A busy visit is kept even then, because its page waits for the answer.
    """

    def __init__(self, limits: Limits = DEFAULT, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()  # by token, the least recently used first
        self._tokens: dict[str, str] = {}  # by key
        self._pending: dict[str, PendingVisit] = {}
        self.opened = OpenedSessions(limits, clock)
        """The session files of pages that have no visit yet."""

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._tokens

    def announce(self, key: str | None) -> ChosenPhoto:
        """Announce a visit whose photo is to be read, or another photo for an announced one.

        key: of the visit to replace, if any.
        """
        key = key or _new_key()
        with self._lock:
            pending = self._pending.setdefault(key, PendingVisit())
            pending.photos += 1
            return ChosenPhoto(key, pending, pending.photos)

    def awaits(self, photo: ChosenPhoto) -> bool:
        """Return whether a photo is to be read still: no other was chosen, and the page is open."""
        return self._pending.get(photo.key) is photo.pending and photo.pending.photos == photo.number

    def pending(self, key: str | None) -> PendingVisit | None:
        """Return the announced visit of a key; None when it was added or given up."""
        return self._pending.get(key) if key else None

    def give_up(self, key: str) -> None:
        """Withdraw the announcement of a visit, whose photo could not be read or was removed."""
        with self._lock:
            self._settle(key)

    def add(self, visit: Visit, key: str | None) -> str:
        """Store a visit, replacing the one with the same key; returns the key."""
        key = key or _new_key()
        with self._lock:
            closing = self._add(visit, key)
        _close(closing)
        return key

    def add_awaited(self, visit: Visit, photo: ChosenPhoto) -> bool:
        """Store the visit of a chosen photo, or close it and return False if the photo is not awaited."""
        with self._lock:
            awaited = self.awaits(photo)
            closing = self._add(visit, photo.key) if awaited else [visit]
        _close(closing)
        return awaited

    def find(self, key: str | None) -> Visit:
        """Return the visit of a key; raises ChatError when there is none or it has expired."""
        if not key:
            raise ChatError(messages.CHOOSE_FIRST)
        with self._lock:
            return self._use(key).visit

    def resume(self, key: str | None) -> str:
        """Return a new key of the visit with a key, for the page that was reloaded.

        Beyond ``MAX_KEYS``, the oldest key is dropped.

        Raises ChatError when there is no such visit or it has expired.
        """
        if not key:
            raise ChatError(messages.CHOOSE_FIRST)
        with self._lock:
            entry, new = self._use(key), _new_key()
            entry.keys[new] = None
            self._tokens[new] = entry.visit.token
            for old in [*entry.keys][:-MAX_KEYS]:
                del entry.keys[old], self._tokens[old]
        return new

    def file(self, token: str, kind: str, query: Mapping[str, str]) -> ServedFile | None:
        """Return a file of the visit with a token, see ``Visit.file``; None when it is gone."""
        with self._lock:
            entry = self._entries.get(token)
        return entry.visit.file(kind, query) if entry else None

    def holds(self, key: str | None, visit: Visit, face: object) -> bool:
        """Return whether a key still belongs to this visit, with this face selected."""
        with self._lock:
            entry = self._entry(key)
        return entry is not None and entry.visit is visit and visit.is_about(face)

    def is_busy(self, key: object) -> bool:
        """Return whether a question of the visit with this key is in the queue or being answered."""
        with self._lock:
            entry = self._entry(key)
        return entry is not None and entry.visit.busy

    def is_answering(self, key: str | None, question: str | None) -> bool:
        """Return whether this question waits for its photo, is in the queue or being answered; None: any."""
        if (pending := self.pending(key)) is not None:
            return pending.asked and question in (None, pending.question)
        with self._lock:
            entry = self._entry(key)
        return entry is not None and entry.visit.is_answering(question)

    def memory(self) -> Counter[str]:
        """Return what all visits hold in memory: bytes by kind, see ``Visit.holdings``."""
        with self._lock:
            visits = [entry.visit for entry in self._entries.values()]
        sizes: Counter[str] = Counter()
        for visit in visits:
            sizes.update({holding.what: holding.bytes for holding in visit.holdings()})
        return sizes

    def leave(self, key: str | None) -> None:
        """Drop a key, because its page was closed; the visit is closed with its last key."""
        if key is None:
            return
        with self._lock:
            closing = self._drop_key(key)
            self._settle(key)
        _close(closing)

    def dismiss(self, key: str | None) -> None:
        """Close the visit of a key, if there is one, for all its keys."""
        if key is None:
            return
        with self._lock:
            entry = self._entry(key)
            closing = [] if entry is None else [self._remove(entry.visit.token)]
            self._settle(key)
        _close(closing)

    def expire(self) -> None:
        """Close the visits that have been idle for too long; drop session files that no photo continued."""
        self.opened.expire()
        oldest = self._clock() - self._limits.idle
        with self._lock:
            idle = [
                token
                for token, entry in self._entries.items()
                if entry.used <= oldest and not entry.visit.busy
            ]
            closing = [self._remove(token) for token in idle]
        _close(closing)

    def close(self) -> None:
        """Close all visits, and drop all session files."""
        self.opened.clear()
        for key in [*self._tokens, *self._pending]:
            self.dismiss(key)

    def _entry(self, key: object) -> _Entry | None:
        token = self._tokens.get(key) if isinstance(key, str) else None
        return None if token is None else self._entries[token]

    def _use(self, key: str) -> _Entry:
        entry = self._entry(key)
        if entry is None:
            raise ChatError(messages.IDLE_TOO_LONG)
        self._entries.move_to_end(entry.visit.token)
        entry.used = self._clock()
        return entry

    def _add(self, visit: Visit, key: str) -> list[Visit]:
        """Store a visit; returns the visits that it replaces or that are beyond the limits."""
        closing = self._drop_key(key)
        self._entries[visit.token] = _Entry(visit, self._clock(), {key: None})
        self._tokens[key] = visit.token
        closing += [self._remove(token) for token in self._surplus(visit.token)]
        self._settle(key, added=True)
        return closing

    def _surplus(self, newest: str) -> list[str]:
        """Return the tokens of the visits beyond the limits, the least recently used first."""
        visits = {token: entry.visit for token, entry in self._entries.items()}
        count, memory = len(visits), sum(visit.memory for visit in visits.values())
        surplus = []
        for token, visit in visits.items():
            if count <= self._limits.visits and memory <= self._limits.visits_memory:
                break
            if token != newest and not visit.busy:
                surplus.append(token)
                count, memory = count - 1, memory - visit.memory
        return surplus

    def _drop_key(self, key: str) -> list[Visit]:
        """Drop a key; returns its visit if that was the last key."""
        entry = self._entry(key)
        if entry is None:
            return []
        del self._tokens[key]
        entry.keys.pop(key, None)
        return [] if entry.keys else [self._remove(entry.visit.token)]

    def _remove(self, token: str) -> Visit:
        entry = self._entries.pop(token)
        for key in entry.keys:
            del self._tokens[key]
        return entry.visit

    def _settle(self, key: str, *, added: bool = False) -> None:
        if (pending := self._pending.pop(key, None)) is not None:
            pending.added = added
            pending.settled.set()


def _new_key() -> str:
    return secrets.token_urlsafe(12)


def _close(visits: Iterable[Visit]) -> None:
    for visit in visits:
        visit.close()
