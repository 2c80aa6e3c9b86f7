"""Questions that wait for their turn, without a browser."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from memory_page import Page
from ui_fakes import ANSWERS, FakeModel, drawing

from emola.limits import Limits
from emola.ui.chat.chat_panel import no_change
from emola.ui.shared import failures, fragments, messages
from emola.ui.visits.answer_queue import AnswerQueue
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore

pytestmark = pytest.mark.usefixtures("every_token")


def test_concurrent_pages_do_not_mix(tmp_path: Path) -> None:
    """Guards against one visitor's answer in another's conversation."""
    first = Page(tmp_path, FakeModel(pause=0.001))
    second = Page(tmp_path, first.model)
    second.visits = first.visits
    second.queue = AnswerQueue(2)
    second.connect()
    for page in (first, second):
        page.look()
    threads = [
        threading.Thread(target=page.ask, args=(name,))
        for page, name in ((first, "first"), (second, "second"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first.key != second.key
    assert first.messages[0] == "first" and second.messages[0] == "second"
    assert {first.messages[1], second.messages[1]} == set(ANSWERS[:2])


def test_a_waiting_question_shows_its_position_and_is_answered(page: Page) -> None:
    """Guards against a page that looks frozen while others are answered."""
    page.look()
    with ExitStack() as others:
        for _ in range(2):
            others.enter_context(page.queue.enter())
        stream = page.chat.ask("q", page.key)
        page.apply(next(stream))
        page.apply(next(stream))
        assert page.messages == ["q"]
        assert page.value(page.parts.chat_notice) == fragments.notice(messages.waiting(2))
        assert page.visible(page.parts.stop) and not page.visible(page.parts.send)
    page.run(stream)
    assert page.messages == ["q", ANSWERS[0]]
    assert page.value(page.parts.chat_notice) == ""
    assert page.visible(page.parts.send)


def test_stop_leaves_the_queue_and_returns_the_question(page: Page) -> None:
    """Guards against a queue that cannot be left, and an answer after Stop."""
    page.look()
    page.ask("one")
    with page.queue.enter():
        page.apply(page.chat.edit(page.key))
        stream = page.chat.ask("two", page.key)
        for _ in range(3):
            page.apply(next(stream))
        page.apply(page.chat.stop(page.key))
        page.run(stream)
    assert messages.NOT_ASKED in page.value(page.parts.chat_notice)
    assert page.messages == ["one", ANSWERS[0]]
    assert page.value(page.parts.question) == "two"
    assert page.visible(page.parts.send) and page.visible(page.parts.leave_edit)
    page.ask("two")
    assert page.messages == ["two", ANSWERS[1]]


def test_a_new_photo_or_face_leaves_the_queue(tmp_path: Path) -> None:
    """Guards against an abandoned question that occupies the queue."""
    page = Page(tmp_path, FakeModel(faces=2))
    page.look(2)
    for start_over in (lambda: page.select(1), lambda: page.look(2)):
        with page.queue.enter():
            stream = page.chat.ask("old", page.key)
            for _ in range(3):
                page.apply(next(stream))
            start_over()
            notice = page.value(page.parts.chat_notice)
            page.run(stream)
            assert page.value(page.parts.chat_notice) == notice
        page.ask("new")
        assert page.messages[::2] == ["new"]


def test_rejects_a_second_question_while_one_waits(page: Page) -> None:
    """Guards against queueing two questions of one page."""
    page.look()
    with page.queue.enter():
        stream = page.chat.ask("one", page.key)
        for _ in range(2):
            page.apply(next(stream))
        assert [*page.chat.ask("two", page.key)] == [
            {page.parts.chat_notice: fragments.notice(messages.STILL_WRITING, "error")}
        ]
        assert page.messages == ["one"]
    page.run(stream)
    assert page.messages == ["one", ANSWERS[0]]


@pytest.mark.parametrize("again", ["ask", "ask_offered", "retry"])
def test_a_question_that_was_sent_twice_is_asked_once(page: Page, again: str) -> None:
    """Guards against an error during an answer after a double click, and one counted as two questions."""
    page.look()
    page.ask("one")
    with page.queue.enter():
        asked = ["one"] if again != "retry" else []
        stream = getattr(page.chat, again)(*asked, page.key)
        for _ in range(2):
            page.apply(next(stream))
        second = list(getattr(page.chat, again)(*asked, page.key))
        assert second == [no_change(page.parts)]
    page.run(stream)
    assert page.messages[::2] == ["one"] * (1 if again == "retry" else 2)


def test_a_full_queue_is_reported_and_keeps_the_question(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a lost question."""
    page.look()
    monkeypatch.setattr(page.queue, "_max_members", 1)
    with page.queue.enter():
        page.ask("q")
    assert failures.queue_full(0) in page.value(page.parts.chat_notice)
    assert page.value(page.parts.question) == "q"
    assert page.visible(page.parts.send)


def test_a_busy_visit_is_kept_beyond_the_limit(page: Page) -> None:
    """Guards against evicting a visit during its answer."""
    page.visits = VisitStore(Limits(visits=1))
    page.connect()
    page.look()
    stream = page.chat.ask("q", page.key)
    for _ in range(3):
        page.apply(next(stream))
    page.visits.add(Visit(page.model, drawing()), None)
    page.run(stream)
    assert page.messages == ["q", ANSWERS[0]]
    assert page.visible(page.parts.send)
