"""Handlers of photos, faces and deletion, without a browser."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import gradio as gr
import pytest
from memory_page import Page
from ui_clock import Clock
from ui_fakes import FakeModel, drawing, save

from emola.faba.prompts import STARTER_QUESTIONS
from emola.face.image import loading
from emola.limits import DEFAULT
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import messages

pytestmark = pytest.mark.usefixtures("every_token")


def test_a_photo_shows_its_landmarks_and_starts_the_conversation(page: Page) -> None:
    """Guards against still asking for a photo after an upload."""
    page.look()
    assert page.address == page.visits.find(page.key).photo_address()
    assert page.visible(page.parts.view) and not page.visible(page.parts.photo)
    assert page.value(page.parts.kept) == page.key
    assert "One face" in page.value(page.parts.photo_notice)
    assert page.offered == list(STARTER_QUESTIONS[:4])
    assert page.value(page.parts.chat_notice) == ""


def test_a_photo_is_decoded_once(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = Mock(wraps=loading.decode)
    converted = Mock(wraps=loading._from_pil)
    monkeypatch.setattr(loading, "decode", decoded)
    monkeypatch.setattr(loading, "_from_pil", converted)
    page.look()
    page.ask("q")
    assert decoded.call_count == 1
    assert converted.call_count == 0, "the photo was converted or copied again"


def test_each_face_has_its_own_conversation(tmp_path: Path) -> None:
    """Guards against questions being limited to the largest face, and lost conversations."""
    page = Page(tmp_path, FakeModel(faces=3))
    page.look(3)
    assert "3 faces" in page.value(page.parts.photo_notice)
    assert page.value(page.parts.view).count('class="face"') == 3
    page.ask("q")
    page.select(1)
    assert page.messages == []
    assert "Face 2" in page.value(page.parts.photo_notice)
    assert 'data-face="1"' in page.value(page.parts.view).split("<svg")[0]
    page.ask("r")
    page.select(0)
    assert page.messages[0] == "q"
    page.select(1)
    assert page.messages[0] == "r"


def test_nothing_changes_without_a_photo(page: Page) -> None:
    page.look()
    page.run_async(page.photos.look(None, page.key, False, None))
    assert page.visible(page.parts.view)


@pytest.mark.parametrize("problem", ["no face", "unreadable", "defect"])
def test_reports_a_failed_photo_and_keeps_the_conversation(
    page: Page, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a traceback, an unusable page or a lost conversation."""
    page.look()
    page.ask("q")
    before = page.messages
    path = page.folder / "bad.png"
    path.write_bytes(b"no picture")
    if problem != "unreadable":
        save(drawing(0), page.folder, "bad.png")
    if problem == "defect":
        monkeypatch.setattr(page.model.prior, "detect", lambda image: 1 / 0)
    page.upload(path)
    expected = {"no face": "No face", "unreadable": "not a picture", "defect": "our side"}[problem]
    assert expected in page.value(page.parts.photo_notice)
    assert "notice-error" in page.value(page.parts.photo_notice)
    assert page.messages == before
    page.ask("r")
    assert len(page.messages) == 4


def test_a_second_photo_starts_a_new_conversation(page: Page) -> None:
    """Guards against answering about the old photo."""
    page.look()
    page.ask("q")
    page.look(size=(300, 300))
    assert page.messages == []
    assert messages.NEW_CONVERSATION in page.value(page.parts.chat_notice)
    page.ask("r")
    assert page.messages[0] == "r"


def test_choosing_another_photo_can_be_cancelled(page: Page) -> None:
    """Guards against losing the photo and its conversation."""
    page.look()
    page.ask("q")
    page.apply(page.photos.another())
    assert page.visible(page.parts.photo) and not page.visible(page.parts.view)
    page.apply(page.photos.keep(page.key))
    assert page.visible(page.parts.view) and not page.visible(page.parts.photo)
    assert len(page.messages) == 2


def test_reports_a_missing_network_when_the_page_opens_and_for_each_photo(tmp_path: Path) -> None:
    """Guards against a page that fails to open, or a bare "Error", without the landmark network."""
    page = Page(tmp_path)
    page.run_async(page.photos.open_page())
    assert not page.value(page.parts.photo_notice)
    assert page.value(page.parts.model_status) == ""
    page.model.prior.missing = "The landmark network is not on this machine: get it."
    page.run_async(page.photos.open_page())
    assert page.model.prior.missing in page.value(page.parts.photo_notice)
    page.state.clear()
    page.look()
    assert page.model.prior.missing in page.value(page.parts.photo_notice)
    assert not page.visible(page.parts.view)


def test_delete_clears_the_page_and_the_server(page: Page) -> None:
    """Guards against keeping the face or the conversation."""
    page.look()
    page.ask("q")
    key = page.key
    page.apply(page.photos.erase(key))
    assert len(page.visits) == 0 and len(page.uploads) == 0
    assert page.key is None
    assert page.messages == [] and page.value(page.parts.view) == "" and page.value(page.parts.seen) == ""
    assert page.visible(page.parts.photo) and not page.visible(page.parts.erase)
    assert messages.ERASED in page.value(page.parts.photo_notice)
    page.ask("r")
    assert messages.CHOOSE_FIRST in page.value(page.parts.chat_notice)
    page.look()
    page.ask("again")
    assert page.messages[0] == "again"


def test_delete_stops_the_answer(page: Page) -> None:
    """Guards against late text of a deleted conversation on the empty page."""
    page.look()
    stream = page.chat.ask("q", page.key)
    for _ in range(3):
        page.apply(next(stream))
    page.apply(page.photos.erase(page.key))
    page.run(stream)
    assert page.messages == []


@pytest.mark.parametrize("path", ["/etc/passwd", "/dev/zero", "http://localhost/face.jpg", "", "\0"])
def test_only_an_uploaded_photo_is_read(page: Page, path: str) -> None:
    """Guards against reading server files, fetching URLs and reading endless devices."""
    page.run_async(page.photos.look(path, None, False, None))
    assert messages.NOT_UPLOADED in page.value(page.parts.photo_notice)


@pytest.mark.parametrize("index", [-1, 99, 0.5, "0", None, [0], {}])
def test_checks_indices_sent_by_clients(tmp_path: Path, index: Any) -> None:
    """Guards against a traceback for a forged request."""
    page = Page(tmp_path, FakeModel(faces=2))
    page.run_async(page.photos.look_at_example(index, None, False, None))
    assert page.key is None
    page.look(2)
    page.select(index)
    assert "no face" in page.value(page.parts.photo_notice)
    page.apply(page.photos.select(gr.EventData(None, index), page.key))
    assert page.visits.find(page.key).selected == 0


def test_a_photo_does_not_expire_while_it_waits_for_others(page: Page) -> None:
    """Guards against "upload it again" for every photo after the first minute of a rush of visitors."""
    clock, others = Clock(), threading.Event()
    page.uploads = Uploads(page.folder, DEFAULT, clock)
    page.connect()
    page.photos._threads.submit(others.wait)
    look = threading.Thread(target=page.look)
    look.start()
    try:
        while not page.key:
            time.sleep(0.001)
        clock.now = 1000
        page.uploads.expire()
    finally:
        others.set()
        look.join()
    assert len(page.visits) == 1 and len(page.uploads) == 0
