"""The queue of questions, which limits how many answers are generated at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from emola.errors import ChatError
from emola.ui.shared import failures

MAX_WAITING = 20
"""Default length of the queue. Each waiting question holds a thread of the server."""

POLL_INTERVAL = 0.5
"""Polling interval of a waiting question, in seconds, to update its position or notice a closed page."""


@dataclass(eq=False)
class _Member:
    """A question in the queue. order: the lowest is next. parked: gets no slot."""

    visitor: str
    order: int
    parked: bool
    has_slot: bool = False


class AnswerQueue:
    """A queue of questions, of which ``slots`` have their answers generated. Thread-safe.

    It is the one place where questions wait. Members with a slot share the forward passes of the model, so
    each further slot slows the others a little. A visit has one question at a time, but a visitor may have
    many visits. Visitors therefore take turns, and the order is that of arrival among the questions of one
    visitor and among visitors with one question each (start-time fair queueing, Goyal et al., 1996). As many
    later questions as the queue has places go before a second question of a visitor, not more. The last
    quarter of the places is for visitors without a question in the queue.
    """

    def __init__(self, slots: int, max_waiting: int = MAX_WAITING) -> None:
        self._slots = slots
        self._max_members = slots + max_waiting
        self._kept_free = max_waiting // 4
        self._time = 0  # the order of a question of a visitor without another one
        self._members: list[_Member] = []  # in the order of their arrival
        self._changed = threading.Condition()

    @contextmanager
    def enter(self, visitor: str = "", *, parked: bool = False) -> Iterator[Callable[[float], int]]:
        """Join the queue for the duration of the block; raises ChatError when the queue is full.

        visitor: who asks; questions of unknown visitors ("") count as of different ones. parked: take a place
        but no slot, for a question that cannot be answered yet.

        Yields ``wait(timeout)``, which waits up to ``timeout`` seconds for a slot and returns the position
        in the queue, from 1, or 0 with a slot. The slot is held until the end of the block.
        """
        with self._changed:
            member = self._join(visitor, parked)
            self._give_slots()
        try:
            yield partial(self._wait, member)
        finally:
            with self._changed:
                self._members.remove(member)
                self._give_slots()

    def _join(self, visitor: str, parked: bool) -> _Member:
        own = [member.order for member in self._members if visitor and member.visitor == visitor]
        if len(self._members) >= self._max_members - (self._kept_free if own else 0):
            raise ChatError(failures.queue_full(max(0, len(self._members) - self._slots)))
        order = max(self._time, max(own) + self._max_members) if own else self._time
        self._members.append(_Member(visitor, order, parked))
        return self._members[-1]

    def _give_slots(self) -> None:
        free = self._slots - sum(member.has_slot for member in self._members)
        for member in self._line()[: max(0, free)]:
            member.has_slot = True
            self._time = max(self._time, member.order) + 1
        self._changed.notify_all()

    def _line(self) -> list[_Member]:
        """Return the members that wait for a slot, in the order in which they get one."""
        waiting = [member for member in self._members if not (member.has_slot or member.parked)]
        return sorted(waiting, key=lambda member: member.order)

    def _wait(self, member: _Member, timeout: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: member.has_slot, timeout)
            return 0 if member.has_slot else self._line().index(member) + 1
