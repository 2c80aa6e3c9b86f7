"""The limits of the server on the chat page and for programs, without a browser."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest
from memory_page import Page
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.errors import ChatError, ImageError
from emola.limits import DEFAULT, Limits
from emola.ui.chat.chat_events import ChatEvents
from emola.ui.chat.chat_panel import ChatPanel
from emola.ui.chat.endpoints import Endpoints
from emola.ui.chat.photo_events import PhotoEvents
from emola.ui.chat.reading_events import ReadingEvents
from emola.ui.chat.settings import Settings
from emola.ui.serving import questions as admission
from emola.ui.serving.questions import PHOTOS, Questions
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import fragments, messages
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import AnswerQueue
from emola.ui.visits.visit import Visit
from emola.ui.visits.visit_store import VisitStore

pytestmark = pytest.mark.usefixtures("every_token")


def limited(tmp_path: Path, **limits: Any) -> Page:
    """Return a page with a photo and with limits on its questions."""
    page = Page(tmp_path)
    panel = ChatPanel(page.parts, page.handle)
    questions = Questions(Limits(**limits))
    page.chat = ChatEvents(page.handle, page.visits, page.queue, page.parts, panel, questions)
    page.look()
    return page


def limit_photos(page: Page, **limits: Any) -> None:
    panel, questions = ChatPanel(page.parts, page.handle), Questions(Limits(**limits))
    page.photos = PhotoEvents(page.handle, page.visits, page.uploads, page.parts, panel, {}, 1, questions)


def notice(page: Page) -> Any:
    return page.value(page.parts.chat_notice)


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all events come from one visitor."""
    monkeypatch.setattr(admission, "current_visitor", lambda: "192.0.2.1")


@pytest.mark.usefixtures("visitor")
def test_a_visitor_who_asks_too_often_is_told_when_to_ask_again(tmp_path: Path) -> None:
    """Guards against a visitor who keeps the model busy, and against a question that is lost."""
    page = limited(tmp_path, questions_per_minute=1)
    page.ask("one")
    page.state[page.parts.question] = {"value": "two"}
    page.ask("two")
    assert notice(page) == fragments.notice(messages.too_many_questions(1, 60), "error")
    assert page.messages == ["one", ANSWERS[0]] and page.value(page.parts.question) == "two"
    page.run(page.chat.retry(page.key))
    assert page.messages == ["one", ANSWERS[0]]


@pytest.mark.usefixtures("visitor")
def test_a_question_that_waits_for_its_photo_is_counted_once(tmp_path: Path) -> None:
    """Guards against questions without a limit that fill the queue, each waiting for a photo."""
    page = limited(tmp_path, questions_per_minute=1)
    photo, other = page.visits.announce(page.key), page.visits.announce(None)
    stream = page.chat.ask("one", page.key)
    page.apply(next(stream))
    assert page.visible(page.parts.stop)
    refused = fragments.notice(messages.too_many_questions(1, 60), "error")
    assert [*page.chat.ask("two", other.key)] == [{page.parts.chat_notice: refused}]
    assert page.visits.add_awaited(Visit(page.model, drawing()), photo)
    page.run(stream)
    assert page.messages == ["one", ANSWERS[0]]


@pytest.mark.usefixtures("visitor")
def test_readings_are_limited_and_then_left_to_the_question(tmp_path: Path) -> None:
    """Guards against a visitor who keeps the model busy by choosing faces."""
    page = Page(tmp_path, FakeModel(faces=2, answers=("one", "two", "three"), given=""))
    panel, questions = ChatPanel(page.parts, page.handle), Questions(Limits(questions_per_minute=1))
    page.reading = ReadingEvents(page.handle, page.visits, page.parts, panel, 1, questions)
    page.look(2)
    for _ in range(2):  # the second time it is known
        page.read()
        assert page.visits.find(page.key).chat.reading is not None
    page.select(1)
    page.read()
    assert page.visits.find(page.key).chat.reading is None
    page.ask("q")
    assert page.visits.find(page.key).chat.reading is not None and page.messages == ["q", "three"]


@pytest.mark.usefixtures("visitor")
def test_a_visitor_who_chooses_too_many_photos_is_told_when_to_choose_again(tmp_path: Path) -> None:
    """Guards against a visitor who keeps the face detector busy, and against a conversation that is lost."""
    page = Page(tmp_path)
    limit_photos(page, photos_per_minute=1)
    page.look()
    key = page.key
    page.look()
    assert "Too many photos: the limit is 1 per minute" in page.value(page.parts.photo_notice)
    assert page.key == key and key in page.visits and page.visits.pending(key) is None
    assert len(page.uploads) == 0


def test_a_long_question_is_refused(tmp_path: Path) -> None:
    page = limited(tmp_path, question_length=20)
    page.ask("x" * 21)
    assert notice(page) == fragments.notice(messages.question_too_long(21, 20), "error")


def test_a_conversation_ends_at_its_limit_and_can_be_cleared(tmp_path: Path) -> None:
    page = limited(tmp_path, turns=1)
    page.ask("one")
    page.ask("two")
    assert notice(page) == fragments.notice(messages.turns_full(1), "error")
    page.run(page.chat.retry(page.key))
    assert page.messages == ["one", ANSWERS[1]]
    page.apply(page.chat.clear(page.key))
    page.ask("three")
    assert page.messages == ["three", ANSWERS[2]]


def test_the_last_question_of_a_full_conversation_can_be_edited(tmp_path: Path) -> None:
    page = limited(tmp_path, turns=1)
    page.ask("one")
    page.apply(page.chat.edit(page.key))
    page.run(page.chat.ask_offered("offered", page.key))
    assert notice(page) == fragments.notice(messages.turns_full(1), "error")
    page.ask("one again")
    assert page.messages == ["one again", ANSWERS[1]]


def test_an_answer_is_as_long_as_the_server_allows(tmp_path: Path) -> None:
    """Guards against a client that asks for more tokens than the drawer offers."""
    page = limited(tmp_path, answer_tokens=20)
    page.run(page.chat.ask("one", page.key, *astuple(Settings(length=600.0))))
    page.run(page.chat.ask("two", page.key, *astuple(Settings(length=10.0))))
    page.ask("three")
    turns = page.visits.find(page.key).chat.turns
    assert [turn.settings.max_new_tokens for turn in turns] == [20, 10, 20]
    assert turns[0].cut and len(turns[0].answer) == 20


def test_an_answer_that_takes_too_long_keeps_its_text(tmp_path: Path) -> None:
    page = limited(tmp_path, answer_seconds=0.5)
    page.model.pause(0.05)
    page.ask("one")
    (turn,) = page.visits.find(page.key).chat.turns
    assert turn.stopped and 0 < len(turn.answer) < len(ANSWERS[0])
    assert notice(page) == fragments.notice(messages.answer_timed_out(0.5))
    assert page.visible(page.parts.send)


def test_an_answer_whose_prompt_takes_too_long_is_ended(tmp_path: Path) -> None:
    """Guards against a long prompt that is computed to its end, although the limit has passed."""
    page = limited(tmp_path, answer_seconds=0.2)
    page.model.engine.decoder._chunk = 1  # four tokens of the prompt in each pass
    page.model.pause(0.02)
    page.ask("x" * 400)
    (turn,) = page.visits.find(page.key).chat.turns
    assert turn.stopped and turn.answer == ""
    assert notice(page) == fragments.notice(messages.answer_timed_out(0.2))


def test_a_stopping_server_says_so(tmp_path: Path) -> None:
    page = limited(tmp_path)
    page.chat._questions.stop(0.0)
    page.ask("one")
    assert notice(page) == fragments.notice(messages.SERVER_STOPS, "error")
    assert page.messages == []


def test_a_photo_of_too_many_pixels_is_refused(tmp_path: Path) -> None:
    page = Page(tmp_path)
    limit_photos(page, photo_pixels=100_000)
    page.look()
    assert page.key is None
    assert "640 x 480 pixels" in page.value(page.parts.photo_notice)


def test_photos_of_pages_and_of_programs_share_a_limit(tmp_path: Path) -> None:
    """Guards against a dozen photos in memory at once: each caller had a limit of its own."""
    page, questions = Page(tmp_path), Questions()
    panel = ChatPanel(page.parts, page.handle)
    page.photos = PhotoEvents(page.handle, page.visits, page.uploads, page.parts, panel, {}, 1, questions)
    endpoints = Endpoints(page.handle, page.visits, page.uploads, page.queue, DEFAULT, questions=questions)
    detect, reading, most = page.model.prior.detect, Counter[str](), []

    def observed(image: Any) -> Any:
        reading.update(["photo"])
        most.append(reading["photo"])
        time.sleep(0.05)
        reading.subtract(["photo"])
        return detect(image)

    page.model.prior.detect = observed  # type: ignore[method-assign]
    photo = save(drawing(), tmp_path).read_bytes()
    threads = [threading.Thread(target=endpoints.look_at, args=(photo, None)) for _ in range(4)]
    threads.append(threading.Thread(target=page.look))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 5 and max(most) == PHOTOS


def test_the_limits_hold_for_programs(tmp_path: Path) -> None:
    """Guards against limits of the page that its endpoints do not have."""
    limits = Limits(question_length=20, turns=1, answer_tokens=20, photo_pixels=400_000)
    model = ModelHandle.of(FakeModel())
    endpoints = Endpoints(model, VisitStore(), Uploads(tmp_path, limits), AnswerQueue(1), limits)
    _, key = endpoints.look_at(save(drawing(), tmp_path).read_bytes(), None)
    with pytest.raises(ImageError, match="too large"):
        endpoints.look_at(save(drawing(size=(1000, 500)), tmp_path).read_bytes(), None)
    with pytest.raises(ChatError, match="at most 20"):
        list(endpoints.ask("x" * 21, 1, key))
    assert [*endpoints.ask("one", 1, key)][-1] == ANSWERS[0][:20]
    with pytest.raises(ChatError, match="at most one question here"):
        list(endpoints.ask("two", 1, key))
