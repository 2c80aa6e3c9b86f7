"""The figures of the page."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks import page
from benchmarks.page_driver import CHROMIUM
from emola.chat import Turn
from emola.ui.chat import transcript
from emola.ui.chat.transcript import chat_messages
from emola.ui.serving.middleware import AccessMiddleware

sys.path.append(str(Path(__file__).parents[1] / "ui"))

ANSWER = "AU6 is active here. AU4 is not active, and that is all that moves in this face today."


def update(kind: str, length: int) -> bytes:
    """Return a message of the event stream of a given length."""
    return f'data: {{"msg":"{kind}"}}'.encode().ljust(length)


def test_answers_have_no_chips_for_comparison() -> None:
    """Guards against a comparison of the page with itself, after a rename."""
    turn = Turn("q", "AU12 is active.")
    with page.without_chips():
        assert "chip" not in chat_messages([turn])[1]["content"]
        assert transcript.GrowingClaims().update("AU12 is active. ") == []
    assert "chip" in chat_messages([turn])[1]["content"]
    assert len(transcript.GrowingClaims().update("AU12 is active. ")) == 1


def test_the_bytes_of_a_claim_are_those_of_the_growing_answer() -> None:
    """Guards against counting the whole page, which is sent before and after."""
    generating = "process_generating"
    ends = [update(generating, 900), update("process_completed", 1000), update("heartbeat", 500)]
    plain = [update(generating, 5000), update(generating, 100), update(generating, 110), *ends]
    chips = [update(generating, 5000), update(generating, 300), update(generating, 210), *ends]
    figures = page.claim_figures(chips, plain, 2)
    assert figures["bytes_while_growing"] == figures["bytes_in_all"] == 150
    assert figures["largest_update"] == {"with": 300, "without": 110}
    assert figures["updates"] == {"with": 2, "without": 2}
    assert figures["total"] == {"with": 7410, "without": 7110}


def test_records_the_event_stream_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    async def respond(self: Any, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"data: 1"})

    async def send(message: Any) -> None:
        sent.append(message["type"])

    async def request(app: Any) -> None:
        for path in ("/gradio_api/queue/data", "/config"):
            await app({"type": "http", "path": path}, None, send)

    monkeypatch.setattr(AccessMiddleware, "__call__", respond)
    updates: list[bytes] = []
    recording = page.recording(updates)
    asyncio.run(request(recording.__new__(recording)))
    assert updates == [b"data: 1"]
    assert sent == ["http.response.start", "http.response.body"] * 2


@pytest.mark.slow
@pytest.mark.browser
def test_measures_a_page_in_a_browser(tmp_path: Path) -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    from ui_fakes import FakeModel, drawing, save

    model = FakeModel(answers=(ANSWER,), pause=0.005)
    figures = page.measure(model, save(drawing(), tmp_path), "Which action units are active?", 1, len)
    assert figures["stream"]["answers"] == [ANSWER]
    assert 0.1 < figures["stream"]["ratio"] < 10
    assert figures["claim"]["chips"] == 2
    assert figures["claim"]["updates"]["with"] == figures["claim"]["updates"]["without"] > 10
    assert 100 < figures["claim"]["bytes_while_growing"] < figures["claim"]["largest_update"]["with"]
    assert min(figures["usable"].values()) > 0
    assert "2 chips" in page.report(figures)
