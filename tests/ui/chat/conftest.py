"""Fixtures of the chat page without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from memory_page import Page

from emola.ui.chat import chat_events, transcript


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path)


@pytest.fixture
def every_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Update the page after every token, so that tests can act between tokens."""
    monkeypatch.setattr(transcript, "UPDATE_INTERVAL", 0.0)
    monkeypatch.setattr(chat_events, "POLL_INTERVAL", 0.0)
