"""The reading of a face on the page: before the first question, and until the photo is deleted."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from memory_page import Page
from ui_fakes import FakeModel

from emola.ui.shared import messages

pytestmark = pytest.mark.usefixtures("every_token")

GIVEN, WRITTEN = "AU12 D.", "Happiness clear."


def reading_page(tmp_path: Path, *answers: object, faces: int = 1) -> Page:
    return Page(tmp_path, FakeModel(faces=faces, answers=(WRITTEN, *answers), given=GIVEN))


def test_shows_what_was_measured_and_what_the_model_wrote(tmp_path: Path) -> None:
    page = reading_page(tmp_path, "Yes.")
    page.look()
    assert messages.reads("Nano") in page.value(page.parts.reading) and page.visible(page.parts.reading)
    page.read()
    shown = page.value(page.parts.reading)
    assert "What Nano read" in shown and page.visible(page.parts.reading)
    lines = [messages.GIVEN, GIVEN, messages.WRITTEN, WRITTEN]
    assert [shown.index(line) for line in lines] == sorted(shown.index(line) for line in lines)
    page.ask("q")
    assert page.messages == ["q", "Yes."]
    assert page.value(page.parts.reading) == shown


def test_a_model_without_a_reading_shows_none(page: Page) -> None:
    page.look()
    page.read()
    page.ask("q")
    assert not page.visible(page.parts.reading) and not page.value(page.parts.reading)


def test_nothing_is_told_that_was_not_measured(tmp_path: Path) -> None:
    page = Page(tmp_path, FakeModel(answers=(WRITTEN,), given=""))
    page.look()
    page.read()
    assert messages.GIVEN not in page.value(page.parts.reading)
    assert WRITTEN in page.value(page.parts.reading)


def test_the_first_question_reads_the_face_at_the_latest(tmp_path: Path) -> None:
    """Guards against a reading that is never shown if the event after the upload was lost."""
    page = reading_page(tmp_path, "Yes.")
    page.look()
    page.ask("q")
    assert page.messages == ["q", "Yes."]
    assert WRITTEN in page.value(page.parts.reading)


def test_a_failed_reading_leaves_no_line_and_the_question_repeats_it(tmp_path: Path) -> None:
    page = Page(tmp_path, FakeModel(answers=([RuntimeError("broken")], WRITTEN, "Yes."), given=GIVEN))
    page.look()
    page.read()
    assert page.value(page.parts.reading) == ""
    page.ask("q")
    assert page.messages == ["q", "Yes."]
    assert WRITTEN in page.value(page.parts.reading)


def test_another_face_has_its_own_reading(tmp_path: Path) -> None:
    page = reading_page(tmp_path, "Sadness likely.", faces=2)
    page.look(2)
    page.read()
    page.select(1)
    assert WRITTEN not in page.value(page.parts.reading)
    page.read()
    assert "Sadness likely." in page.value(page.parts.reading)


def test_the_reading_is_hidden_with_the_photo_and_shown_with_it(tmp_path: Path) -> None:
    page = reading_page(tmp_path)
    page.look()
    page.apply(page.photos.another())
    page.read()
    assert not page.visible(page.parts.reading)
    page.apply(page.photos.keep(page.key))
    assert page.visible(page.parts.reading) and WRITTEN in page.value(page.parts.reading)


def test_delete_erases_the_reading(tmp_path: Path) -> None:
    page = reading_page(tmp_path)
    page.look()
    page.read()
    page.apply(page.photos.erase(page.key))
    assert page.value(page.parts.reading) == "" and not page.visible(page.parts.reading)
    page.read()
    assert page.value(page.parts.reading) == ""


def test_delete_during_the_reading_shows_nothing_of_it(tmp_path: Path) -> None:
    """Guards against a late reading on the empty page, and in the memory of the engine."""
    page = reading_page(tmp_path)
    page.look()
    begun, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        assert go_on.wait(10)

    page.model.scripted.on_step = hold

    async def read_and_erase() -> None:
        async def read() -> None:
            async for changes in page.reading.read(page.key):
                page.apply(changes)

        reading = asyncio.create_task(read())
        await asyncio.to_thread(begun.wait, 10)
        page.apply(page.photos.erase(page.key))
        go_on.set()
        await reading

    asyncio.run(read_and_erase())
    assert page.value(page.parts.reading) == ""
    assert not page.model.engine.readings._slots and len(page.model.engine.decoder.caches) == 0


def test_a_face_is_read_again_by_another_adapter(tmp_path: Path) -> None:
    """Guards against a reading on the page that is not the one the next answer begins with."""
    answers = (WRITTEN, "Sadness likely.")
    page = Page(tmp_path, FakeModel(answers=answers, given=GIVEN, adapters=("au", "emotion")))
    page.look()
    page.read(adapter="emotion")
    page.read(adapter="au")
    assert "Sadness likely." in page.value(page.parts.reading)
    page.read(adapter="emotion")
    assert WRITTEN in page.value(page.parts.reading)


def test_a_wrong_setting_leaves_the_reading(tmp_path: Path) -> None:
    page = reading_page(tmp_path)
    page.look()
    page.read()
    page.read(length=-1)
    assert WRITTEN in page.value(page.parts.reading)
