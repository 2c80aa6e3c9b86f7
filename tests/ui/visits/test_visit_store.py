"""Storage, eviction and expiry of visits."""

from __future__ import annotations

import pytest
from ui_clock import Clock
from ui_fakes import FakeModel, drawing

from emola.errors import ChatError
from emola.limits import Limits
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import MAX_KEYS, VisitStore


def test_a_new_photo_closes_the_old_conversation() -> None:
    """Guards against prefix caches of unreachable conversations."""
    visits, model = VisitStore(), FakeModel()
    key = visits.add(Visit(model, drawing()), None)
    assert visits.add(Visit(model, drawing()), key) == key
    with pytest.raises(ChatError, match="closed"):
        model.chats[0].ask("q")
    assert visits.find(key).chat is model.chats[1]
    assert len(visits) == 1


def test_the_number_of_visits_is_limited() -> None:
    """Guards against memory that grows with every opened page."""
    visits, model = VisitStore(Limits(visits=2)), FakeModel()
    keys = [visits.add(Visit(model, drawing()), None) for _ in range(2)]
    visits.find(keys[0])
    visits.add(Visit(model, drawing()), None)
    with pytest.raises(ChatError, match="was deleted"):
        visits.find(keys[1])
    assert visits.find(keys[0])
    with pytest.raises(ChatError, match="closed"):
        model.chats[1].ask("q")


def test_keeps_busy_visits_beyond_the_limit() -> None:
    """Guards against ending an answer because others opened the page."""
    visits, model = VisitStore(Limits(visits=2)), FakeModel()
    keys = [visits.add(Visit(model, drawing()), None) for _ in range(2)]
    with visits.find(keys[0]).asking("q"), visits.find(keys[1]).asking("q"):
        keys.append(visits.add(Visit(model, drawing()), None))
        assert len(visits) == 3
    keys.append(visits.add(Visit(model, drawing()), None))
    assert len(visits) == 2
    assert visits.find(keys[2]) and visits.find(keys[3])


def test_dismissing_a_visit_closes_its_conversation() -> None:
    """Guards against keeping photos after the page was closed."""
    visits, model = VisitStore(), FakeModel()
    key = visits.add(Visit(model, drawing()), None)
    visits.dismiss(key)
    visits.dismiss(None)
    assert len(visits) == 0
    with pytest.raises(ChatError, match="closed"):
        model.chats[0].ask("q")


def test_asks_for_a_photo_without_a_key() -> None:
    """Guards against a KeyError for a question without a photo."""
    with pytest.raises(ChatError, match="photo first"):
        VisitStore().find(None)


def test_keys_cannot_be_guessed() -> None:
    """Guards against reading other conversations by enumerating keys."""
    visits, model = VisitStore(), FakeModel()
    keys = {visits.add(Visit(model, drawing()), None) for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) >= 16 for key in keys)


def test_visits_expire_when_idle() -> None:
    """Guards against idle tabs that keep a photo in memory."""
    clock, model = Clock(), FakeModel()
    visits = VisitStore(Limits(idle=60), clock)
    keys = [visits.add(Visit(model, drawing()), None) for _ in range(3)]
    clock.now = 59
    visits.find(keys[0])
    with visits.find(keys[1]).asking("q"):
        clock.now = 119.5
        visits.find(keys[0])
        clock.now = 120
        visits.expire()
        assert [key for key in keys if visits.is_busy(key)] == [keys[1]]
        assert visits.find(keys[0])
        with pytest.raises(ChatError, match="was deleted"):
            visits.find(keys[2])
    with pytest.raises(ChatError, match="closed"):
        model.chats[2].ask("q")


def test_the_memory_of_visits_is_limited() -> None:
    """Guards against large photos that exceed the memory within the limit of visits."""
    model = FakeModel()
    memory = Visit(model, drawing()).memory
    visits = VisitStore(Limits(visits_memory=2 * memory))
    keys = [visits.add(Visit(model, drawing()), None) for _ in range(3)]
    assert len(visits) == 2
    with pytest.raises(ChatError, match="was deleted"):
        visits.find(keys[0])


def test_keeps_a_single_visit_beyond_the_memory_limit() -> None:
    """Guards against evicting a visit before its first question."""
    visits = VisitStore(Limits(visits_memory=1))
    key = visits.add(Visit(FakeModel(), drawing()), None)
    assert visits.find(key)


def test_pictures_need_the_token_and_are_deleted_with_the_visit() -> None:
    """Guards against serving a deleted photo at its old URL."""
    visits = VisitStore()
    visit = Visit(FakeModel(), drawing())
    key = visits.add(visit, None)
    assert visits.file(key, "photo", {}) is None
    assert visits.file(visit.token, "photo", {})
    visits.dismiss(key)
    assert visits.file(visit.token, "photo", {}) is None


def test_close_ends_every_conversation() -> None:
    """Guards against threads that generate after shutdown."""
    visits, model = VisitStore(), FakeModel()
    for _ in range(2):
        visits.add(Visit(model, drawing()), None)
    visits.close()
    assert len(visits) == 0
    for chat in model.chats:
        with pytest.raises(ChatError, match="closed"):
            chat.ask("q")


def test_a_reloaded_page_keeps_the_visit_when_its_former_session_ends() -> None:
    """Guards against a conversation that disappears a minute after the page was reloaded."""
    visits, visit = VisitStore(), Visit(FakeModel(), drawing())
    key = visits.add(visit, None)
    second = visits.resume(key)
    third = visits.resume(second)
    assert len({key, second, third}) == 3 and len(visits) == 1
    visits.leave(key)
    visits.leave(key)
    assert key not in visits
    visits.leave(second)
    assert visits.find(third) is visit and visit.holdings()
    visits.leave(third)
    assert len(visits) == 0 and visit.holdings() == []


def test_the_number_of_keys_of_a_visit_is_limited() -> None:
    """Guards against a client that resumes its visit for ever."""
    visits, visit = VisitStore(), Visit(FakeModel(), drawing())
    keys = [visits.add(visit, None)]
    keys += [visits.resume(keys[-1]) for _ in range(MAX_KEYS)]
    assert [key in visits for key in keys] == [False, *[True] * MAX_KEYS]
    visits.dismiss(keys[-1])
    assert not any(key in visits for key in keys) and visit.holdings() == []


def test_erasing_deletes_the_visit_for_every_page() -> None:
    """Guards against a photo that a former session keeps."""
    visits, visit = VisitStore(), Visit(FakeModel(), drawing())
    key = visits.add(visit, None)
    second = visits.resume(key)
    visits.dismiss(second)
    assert visit.holdings() == [] and len(visits) == 0
    for each in (key, second):
        assert each not in visits
        with pytest.raises(ChatError, match="was deleted"):
            visits.find(each)


def test_a_new_photo_in_a_reloaded_page_replaces_only_its_own_key() -> None:
    visits = VisitStore()
    first, other = Visit(FakeModel(), drawing()), Visit(FakeModel(), drawing())
    key = visits.add(first, None)
    second = visits.resume(key)
    visits.add(other, second)
    assert visits.find(key) is first and visits.find(second) is other
    visits.leave(key)
    assert first.holdings() == [] and other.holdings()


def test_an_unknown_visit_cannot_be_resumed() -> None:
    visits = VisitStore()
    with pytest.raises(ChatError, match="photo first"):
        visits.resume(None)
    with pytest.raises(ChatError, match="was deleted"):
        visits.resume("gone")


def test_only_the_photo_that_was_chosen_last_is_awaited() -> None:
    visits = VisitStore()
    first = visits.announce(None)
    second = visits.announce(first.key)
    assert second.key == first.key and second.pending is first.pending
    assert visits.awaits(second) and not visits.awaits(first)
    visits.give_up(second.key)
    assert second.pending.settled.is_set() and not second.pending.added
    third = visits.announce(first.key)
    assert not visits.awaits(first) and visits.awaits(third)
    late = Visit(FakeModel(), drawing())
    assert not visits.add_awaited(late, first) and late.holdings() == []
    assert visits.add_awaited(Visit(FakeModel(), drawing()), third) and third.key in visits
    assert third.pending.added and not visits.awaits(third)


def test_serves_exports_with_their_name() -> None:
    """Guards against a download without a media type, or from another visit."""
    visits, visit = VisitStore(), Visit(FakeModel(), drawing())
    visits.add(visit, None)
    list(visit.chat.ask("q"))
    file = visits.file(visit.token, "conversation.md", {})
    assert file is not None and file.name == f"emola-{visit.record().digest[:8]}.md"
    assert visits.file("x" * 24, "conversation.md", {}) is None


def test_adds_up_what_visits_hold() -> None:
    """Guards against metrics of a single visit."""
    visits, model = VisitStore(), FakeModel()
    assert not visits.memory()
    first, second = Visit(model, drawing()), Visit(model, drawing())
    visits.add(first, None)
    visits.add(second, None)
    assert visits.memory()["photo"] == 2 * next(h.bytes for h in first.holdings() if h.what == "photo")
