"""The page while the model is loading: photos, questions and drafts are kept."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from memory_page import Page
from ui_fakes import ANSWERS, FakeModel, LoadingModel, drawing, save

from emola.errors import CheckpointError
from emola.ui.chat import chat_events, photo_events
from emola.ui.chat.chat_panel import no_change
from emola.ui.shared import failures, fragments, law, messages

NAME = FakeModel.name


@pytest.fixture(autouse=True)
def short_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_events, "POLL_INTERVAL", 0.01)
    monkeypatch.setattr(photo_events, "STATUS_INTERVAL", 0.01)


@pytest.fixture
def loading() -> Iterator[LoadingModel]:
    model = LoadingModel(FakeModel())
    yield model
    model.finish()


@pytest.fixture
def page(tmp_path: Path, loading: LoadingModel) -> Page:
    return Page(tmp_path, handle=loading.handle)


class Background:
    """Runs events of a page in threads and waits for conditions on the page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        apply = page.apply

        def notify(changes: dict[Any, Any]) -> None:
            with self._changed:
                apply(changes)
                self._changed.notify_all()

        page.apply = notify  # type: ignore[method-assign]

    def start(self, event: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=event, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def until(self, condition: Callable[[], Any]) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, 20)

    def join(self) -> None:
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()


def upload_photo(page: Page, faces: int = 1) -> Background:
    """Upload a photo and return once it waits for the model."""
    background = Background(page)
    background.start(page.upload, save(drawing(faces), page.folder))
    background.until(lambda: page.key is not None)
    return background


def test_an_open_page_shows_the_state_of_the_model(page: Page, loading: LoadingModel) -> None:
    assert "parameters" not in page.parts.masthead.value
    background = Background(page)
    background.start(page.run_async, page.photos.open_page())
    background.until(lambda: page.value(page.parts.model_status) == fragments.loading(NAME))
    loading.finish()
    background.join()
    assert page.value(page.parts.model_status) == ""
    assert "142 million parameters" in page.value(page.parts.masthead)


def test_an_open_page_shows_that_loading_failed(page: Page, loading: LoadingModel) -> None:
    loading.finish(CheckpointError("model.safetensors is damaged."))
    page.run_async(page.photos.open_page())
    assert page.value(page.parts.model_status) == fragments.notice(messages.load_failed(NAME), "error")


def test_a_photo_waits_for_the_model_and_keeps_a_draft(page: Page, loading: LoadingModel) -> None:
    background = upload_photo(page)
    assert messages.photo_waits(NAME) in page.value(page.parts.photo_notice)
    loading.finish()
    background.join()
    assert "One face" in page.value(page.parts.photo_notice)
    assert page.visible(page.parts.view)
    assert page.parts.question not in page.state, "a draft in the text box is unchanged"
    page.ask("q")
    assert page.messages == ["q", ANSWERS[0]]


@pytest.mark.parametrize("offered", [False, True])
def test_a_question_waits_with_its_photo_and_is_answered(
    page: Page, loading: LoadingModel, offered: bool
) -> None:
    background = upload_photo(page)
    ask = page.chat.ask_offered if offered else page.chat.ask
    background.start(page.run, ask("q", page.key))
    background.until(lambda: page.messages == ["q"])
    background.until(lambda: messages.QUESTION_WAITS in page.value(page.parts.chat_notice))
    assert page.visible(page.parts.stop)
    assert (page.value(page.parts.question) == "") is not offered
    page.state[page.parts.question] = {"value": "a draft"}
    loading.finish()
    background.join()
    assert page.value(page.parts.question) == "a draft"
    assert page.messages == ["q", ANSWERS[0]]
    assert page.value(page.parts.chat_notice) == ""
    assert page.visible(page.parts.send) and not page.visible(page.parts.stop)


def test_the_switch_to_movements_applies_to_a_photo_that_waits(page: Page, loading: LoadingModel) -> None:
    """Guards against emotion words below the banner that says they are withheld."""
    background = upload_photo(page)
    background.start(page.run, page.chat.ask("q", page.key))
    background.until(lambda: page.messages == ["q"])
    page.apply(page.chat.show_movements_only(True, page.key))
    assert page.messages == ["q"] and page.visible(page.parts.stop) and not page.offered
    loading.finish()
    background.join()
    assert page.visible(page.parts.banner) and page.visits.find(page.key).movement_only


def test_a_session_file_that_is_opened_meanwhile_continues(
    tmp_path: Path, page: Page, loading: LoadingModel
) -> None:
    """Guards against a conversation that is shown and then lost."""
    first = Page(tmp_path)
    first.look()
    first.ask("one")
    file = first.visits.find(first.key).file("conversation.json", {})
    assert file is not None
    background = upload_photo(page)
    page.apply(page.sessions.open(page.file(file.data), page.key))
    session = page.value(page.parts.session)
    loading.finish()
    background.join()
    assert page.messages == ["one", ANSWERS[0]]
    assert messages.session_opened(1) in page.value(page.parts.chat_notice)
    assert page.visits.opened.size(session) == 0


def test_one_question_waits_at_a_time(page: Page, loading: LoadingModel) -> None:
    background = upload_photo(page)
    background.start(page.run, page.chat.ask("one", page.key))
    background.until(lambda: page.messages == ["one"])
    assert list(page.chat.ask("two", page.key)) == [
        {page.parts.chat_notice: fragments.notice(messages.STILL_WRITING, "error")}
    ]
    assert list(page.chat.ask("one", page.key)) == [no_change(page.parts)]  # clicked twice
    loading.finish()
    background.join()
    assert page.messages == ["one", ANSWERS[0]]


def test_stop_returns_a_waiting_question(page: Page, loading: LoadingModel) -> None:
    background = upload_photo(page)
    background.start(page.run, page.chat.ask("one", page.key))
    background.until(lambda: page.messages == ["one"])
    page.apply(page.chat.stop(page.key))
    background.until(lambda: page.value(page.parts.question) == "one")
    assert messages.NOT_ASKED in page.value(page.parts.chat_notice)
    assert page.messages == [] and page.visible(page.parts.send)
    background.start(page.run, page.chat.ask("two", page.key))
    background.until(lambda: page.messages == ["two"])
    loading.finish()
    background.join()
    assert page.messages == ["two", ANSWERS[0]]


def test_a_question_that_is_refused_after_the_wait_returns(tmp_path: Path, loading: LoadingModel) -> None:
    """Guards against a page that stays at Stop with an empty text box."""
    page = Page(tmp_path, handle=loading.handle, movement_only=True)
    background = upload_photo(page)
    background.start(page.run, page.chat.ask("Is she happy?", page.key))
    background.until(lambda: page.messages == ["Is she happy?"])
    loading.finish()
    background.join()
    assert law.EMOTION_REFUSED in page.value(page.parts.chat_notice)
    assert page.value(page.parts.question) == "Is she happy?" and page.messages == []
    assert page.visible(page.parts.send) and not page.visible(page.parts.stop)


def test_a_photo_without_a_face_returns_the_question(page: Page, loading: LoadingModel) -> None:
    background = upload_photo(page, faces=0)
    background.start(page.run, page.chat.ask("q", page.key))
    background.until(lambda: page.messages == ["q"])
    loading.finish()
    background.join()
    assert messages.NO_FACE in page.value(page.parts.photo_notice)
    assert messages.PHOTO_FAILED in page.value(page.parts.chat_notice)
    assert page.value(page.parts.question) == "q" and page.messages == []
    assert page.key is None


def test_a_model_that_fails_to_load_is_reported_and_returns_the_question(
    page: Page, loading: LoadingModel
) -> None:
    background = upload_photo(page)
    background.start(page.run, page.chat.ask("q", page.key))
    background.until(lambda: page.messages == ["q"])
    loading.finish(CheckpointError("model.safetensors is damaged."))
    background.join()
    assert messages.load_failed(NAME) in page.value(page.parts.photo_notice)
    assert page.value(page.parts.question) == "q"


def test_a_page_closed_while_loading_leaves_no_visit(page: Page, loading: LoadingModel) -> None:
    """Guards against keeping the photo of a closed page for an hour."""
    background = upload_photo(page)
    page.visits.leave(page.key)
    loading.finish()
    background.join()
    assert len(page.visits) == 0


def test_the_photo_that_was_chosen_last_is_shown(page: Page, loading: LoadingModel) -> None:
    """Guards against the first photo in place of the second, and a question that waits for ever."""
    background = upload_photo(page)
    background.start(page.run, page.chat.ask("q", page.key))
    background.until(lambda: page.messages == ["q"])
    background.start(page.upload, save(drawing(size=(500, 300)), page.folder, "second.png"))
    pending = page.visits.pending(page.key)
    while pending is not None and pending.photos < 2:
        time.sleep(0.01)
    loading.finish()
    background.join()
    assert len(page.visits) == 1
    assert page.visits.find(page.key).size == (500, 300)
    assert 'width="500"' in page.value(page.parts.view)
    assert page.messages == ["q", ANSWERS[0]]


def test_a_photo_that_is_removed_is_not_read(page: Page, loading: LoadingModel) -> None:
    background = upload_photo(page)
    background.start(page.run, page.chat.ask("q", page.key))
    background.until(lambda: page.messages == ["q"])
    page.run_async(page.photos.look(None, page.key, False, None))
    background.until(lambda: page.value(page.parts.question) == "q")
    assert messages.PHOTO_FAILED in page.value(page.parts.chat_notice)
    assert page.key is None and not page.value(page.parts.photo_notice)
    loading.finish()
    background.join()
    assert len(page.visits) == len(page.uploads) == 0 and not page.visible(page.parts.view)


def test_too_many_waiting_questions_are_refused_and_kept(
    page: Page, loading: LoadingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_photo(page)
    monkeypatch.setattr(page.queue, "_max_members", 0)
    page.run(page.chat.ask("q", page.key))
    assert failures.queue_full(0) in page.value(page.parts.chat_notice)
    assert page.parts.question not in page.state


def test_no_question_waits_for_a_photo_whose_event_was_cancelled(page: Page) -> None:
    """Guards against a program that fills the queue with questions about photos that never come."""

    async def cancel() -> None:
        stream: Any = page.photos.look(page.file(b"a photo"), None, False, None)
        page.apply(await anext(stream))
        await stream.aclose()
        for _ in range(5):
            await asyncio.sleep(0)  # the loop closes the inner generator

    asyncio.run(cancel())
    assert page.key is not None and page.visits.pending(page.key) is None
    page.ask("q")
    assert page.value(page.parts.chat_notice) == fragments.notice(messages.IDLE_TOO_LONG, "error")
