"""Session files that wait for their photo."""

from __future__ import annotations

from ui_clock import Clock
from ui_fakes import FakeModel, drawing

from emola.limits import Limits
from emola.ui.exports.record import as_json
from emola.ui.visits.opened_sessions import OpenedSessions
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore


def saved(question: str = "q") -> bytes:
    visit = Visit(FakeModel(), drawing())
    list(visit.chat.ask(question))
    return as_json(visit.record()).encode()


def test_a_file_is_found_by_its_key_until_it_is_dropped() -> None:
    opened, data = OpenedSessions(Limits(), Clock()), saved("one")
    key = opened.add(data)
    record = opened.find(key)
    assert record is not None and record.conversations[0].turns[0].question == "one"
    assert opened.size(key) == len(data) and len(key) >= 16
    for other in (None, "", "unknown"):
        assert opened.find(other) is None and opened.size(other) == 0
        opened.drop(other)
    opened.drop(key)
    assert opened.find(key) is None and opened.size(key) == 0


def test_the_number_of_files_is_limited() -> None:
    """Guards against memory that grows with every page that opens a file."""
    opened, data = OpenedSessions(Limits(opened_sessions=2), Clock()), saved()
    keys = [opened.add(data) for _ in range(3)]
    assert [opened.find(key) is not None for key in keys] == [False, True, True]


def test_a_file_without_its_photo_expires() -> None:
    """Guards against a conversation that an open page keeps for ever."""
    clock = Clock()
    visits, data = VisitStore(Limits(idle=60), clock), saved()
    first = visits.opened.add(data)
    clock.now = 59
    second = visits.opened.add(data)
    visits.expire()
    assert visits.opened.find(first)
    clock.now = 60
    visits.expire()
    assert visits.opened.find(first) is None and visits.opened.find(second)
    visits.close()
    assert visits.opened.find(second) is None
