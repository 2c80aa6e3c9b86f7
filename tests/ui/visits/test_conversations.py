"""The conversations of a visit: one for each face, what they hold, and their end."""

from __future__ import annotations

import gc
import weakref

import pytest
from ui_fakes import ANSWERS, FakeModel, drawing

from emola.errors import ChatError
from emola.ui.visits.visit import HOLDINGS, Visit


def two_faces() -> Visit:
    return Visit(FakeModel(faces=2), drawing(2))


def test_each_face_has_a_conversation_that_is_kept() -> None:
    """Guards against losing a conversation by looking at another face."""
    visit = two_faces()
    list(visit.chat.ask("first"))
    assert not visit.select(0)
    assert list(visit.chats) == [0]
    assert visit.select(1)
    assert visit.chat.turns == () and visit.chat.face is visit.faces[1]
    list(visit.chat.ask("second"))
    assert visit.select(0)
    assert [turn.question for turn in visit.chat.turns] == ["first"]
    assert sorted(visit.chats) == [0, 1]


def test_rejects_a_face_that_does_not_exist() -> None:
    visit = two_faces()
    for index in (7, -1, "1"):
        with pytest.raises(ChatError, match="the photo has 2"):
            visit.select(index)  # type: ignore[arg-type]
    assert visit.selected == 0


def test_selecting_another_face_stops_the_answer_and_keeps_its_text() -> None:
    """Guards against an answer that goes on unseen, and against losing its text."""
    visit = two_faces()
    with visit.asking("q") as stopped:
        pieces = visit.chat.ask("q")
        text = next(pieces) + next(pieces)
        visit.select(1)
        assert stopped() and not visit.busy
        assert list(pieces) == []
    visit.select(0)
    (turn,) = visit.chat.turns
    assert turn.answer == text == ANSWERS[0][:2] and turn.stopped


def test_lists_what_it_holds() -> None:
    visit = two_faces()
    assert [held.what for held in visit.holdings()] == ["photo", "faces"]
    list(visit.chat.ask("q"))
    visit.select(1)
    list(visit.chat.ask("r"))
    holdings = visit.holdings()
    assert [held.what for held in holdings] == [what for what in HOLDINGS if what != "readings"]
    sizes = dict(holdings)
    assert all(size > 0 for size in sizes.values())
    assert sizes["conversations"] == len("q" + ANSWERS[0] + "r" + ANSWERS[1])
    assert sizes["faces"] >= 2 * 240 * 240 * 3
    assert visit.memory == sizes["photo"] + sizes["faces"]


def test_lists_readings_too() -> None:
    visit = Visit(FakeModel(given="AU12 D."), drawing())
    visit.chat.read()
    assert dict(visit.holdings())["readings"] == len("AU12 D." + ANSWERS[0])


def test_everything_is_gone_after_the_end() -> None:
    """Guards against pixels or text that outlive an erased visit."""
    model = FakeModel(faces=2, given="AU12 D.")
    visit = Visit(model, drawing(2))
    list(visit.chat.ask("q"))
    visit.select(1)
    list(visit.chat.ask("r"))
    face, crop = weakref.ref(visit.faces[0]), weakref.ref(visit.faces[0].crop)
    visit.close()
    visit.close()
    assert visit.holdings() == [] and visit.memory == 0 and visit.chats == {}
    assert len(model.engine.decoder.caches) == 0
    assert not model.engine._encoded and not model.engine.readings._slots
    assert visit.file("photo", {}) is None and visit.file("conversation.json", {}) is None
    model.chats.clear()  # the fake model keeps the conversations that it began
    gc.collect()
    assert face() is None and crop() is None


def test_a_closed_visit_says_so() -> None:
    """Guards against an IndexError in a handler that still has the visit."""
    visit = two_faces()
    face = visit.face
    assert visit.is_about(face) and not visit.is_about(visit.faces[1])
    visit.close()
    assert not visit.is_about(face)
    for attempt in (lambda: visit.chat, lambda: visit.face, visit.measured):
        with pytest.raises(ChatError, match="was deleted"):
            attempt()
    with pytest.raises(ChatError, match="the photo has 0"):
        visit.select(1)
    visit.stop()


def test_an_answer_in_progress_ends_with_the_visit() -> None:
    visit = two_faces()
    with visit.asking("q") as stopped:
        pieces = visit.chat.ask("q")
        next(pieces)
        visit.close()
        assert stopped() and list(pieces) == []
    assert visit.holdings() == []
