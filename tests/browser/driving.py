"""What a visitor does on the chat page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

TIMEOUT_MS = 60_000
"""Timeout of each expectation."""


def open_page(browser: Any, url: str, **options: Any) -> Any:
    """Open a page in a context of its own. options: of the context."""
    page = browser.new_context(**options).new_page()
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
