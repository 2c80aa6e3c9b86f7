"""The chat page with a fake model, and what a visitor does on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ui_fakes import FakeModel

from emola import downloads
from emola.ui.serving.server import PageServer
from emola.ui.shared.model_handle import ModelHandle

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

TIMEOUT_MS = 60_000
"""Timeout of each expectation."""


@contextmanager
def chat_page() -> Iterator[tuple[FakeModel, str]]:
    """Serve a fake model that finds two faces, with an example photo; yields the model and the address."""
    model = FakeModel(faces=2)
    # The example lies in the cache folder, which Gradio, unlike the working and the temporary folder,
    # does not serve by default.
    photo = downloads.ExamplePhoto(
        downloads.path("astronaut.png"), "portrait", "NASA", "public domain", "https://example.org/photo"
    )
    server = PageServer(ModelHandle.of(model), {"portrait": photo})
    yield model, server.launch(quiet=True)
    server.close()


def context_of(browser: Any, **options: Any) -> Any:
    """Return a new context. Motion is reduced by default, since drawing animations takes CPU time."""
    return browser.new_context(**{"reduced_motion": "reduce", **options})


def open_page(browser: Any, url: str, **options: Any) -> Any:
    """Open a page in a context of its own. options: of the context."""
    page = context_of(browser, **options).new_page()
    page.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    page.goto(url)
    return page


def agree(page: Any) -> None:
    """Agree to the notice before the first photo, if it is shown."""
    expect(page.locator("#theme-toggle")).to_have_attribute(
        "aria-label", re.compile("Use")
    )  # scripts have run
    if page.locator("#agree").is_visible():
        page.click("#agree")


def upload(page: Any, photo: Path) -> None:
    """Upload a photo and wait for its landmarks."""
    agree(page)
    page.set_input_files("#photo input[type=file]", str(photo))
    expect(page.locator(".face-svg image")).to_be_visible()
    expect(page.locator("#offers button:not([disabled])").first).to_be_visible()


def ask(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def answers(page: Any) -> Any:
    return page.locator('#chat [data-testid="bot"]')


def questions(page: Any) -> Any:
    return page.locator('#chat [data-testid="user"]')


def wait_until_answered(page: Any) -> None:
    expect(page.locator("#send")).to_be_visible()


def ask_and_wait(page: Any, question: str) -> None:
    """Ask a question, and wait until its answer is complete."""
    complete = page.locator("#chat .made-by")
    count = complete.count()
    ask(page, question)
    expect(complete).to_have_count(count + 1)
    wait_until_answered(page)
