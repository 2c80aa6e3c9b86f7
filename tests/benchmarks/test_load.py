"""The benchmark of many visitors: arguments, report, and a browser against a real server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import load
from benchmarks.visitors.browser import Browser, Failure, address_of
from benchmarks.visitors.figures import References, Step, summary
from emola.ui.serving.server import PageServer
from emola.ui.shared.model_handle import ModelHandle

sys.path.append(str(Path(__file__).parents[1] / "ui"))


def test_arguments_after_two_dashes_are_the_apps() -> None:
    assert load.split_arguments(["burst", "--visitors", "3", "--", "--public", "--port", "1"]) == (
        ["burst", "--visitors", "3"],
        ["--public", "--port", "1"],
    )
    assert load.split_arguments(["kill"]) == (["kill"], [])


def test_scenarios_have_their_own_defaults() -> None:
    parse = load.parser().parse_args
    assert parse(["steady"]).visitors == 50 and parse(["steady"]).minutes == 10
    assert parse(["burst"]).visitors == 200
    assert parse(["leave"]).visitors == 100
    assert not hasattr(parse(["kill"]), "visitors")


def test_visitors_choose_from_the_example_photos() -> None:
    paths = load._examples()
    assert len(set(paths)) == load.PHOTOS
    assert all(path.is_file() for path in paths)


def figures(**others: Any) -> dict[str, Any]:
    return {
        "scenario": "leave",
        "settings": {},
        "model": {"name": "Nano", "identity": {"weights": "0123"}, "dtype": "bfloat16"},
        "commit": "abc",
        "machine": {"cores": 2},
        "alone": {
            "answers": 3,
            "first_words_seconds": {"median": 0.5, "p95": 0.6, "worst": 0.6},
            "again": {"same": 3, "different": 0},
            "refused": ["Why?"],
        },
        **others,
    }


def test_reports_a_crowd() -> None:
    visitors = summary([Step("open", 1, 0.0, 0.5)], References(), 1.0)
    sample = {"at": 0.0, "rss_mb": 900.0, "open_files": 20, "threads": 9, "cpu_seconds": 3.0}
    text = "\n".join(
        load.report_of(
            figures(
                visitors={
                    **visitors,
                    "processors_used": 0.25,
                    "afterwards": {"outcomes": {"open": "error"}, "first_words_seconds": None},
                },
                server={
                    "samples": [sample], "peak_mb": 950.0, "growth_mb": 1.5, "tracebacks": 0, "alive": True,
                },
                new_files={"a": 3},
                end={"exit_code": 143, "files": {}},
            )
        )
    )  # fmt: skip
    assert "refused and left out: Why?" in text
    assert "{'open': 'error'}" in text
    assert "peak 950.0 MB, +1.5 MB" in text
    assert "1 new files while it ran (3 bytes), 0 left" in text


def test_reports_a_kill() -> None:
    kill = {
        "noticed": {"as": "RemoteProtocolError", "seconds": 0.01},
        "served_seconds": 4.0,
        "ready_seconds": 8.0,
        "old_page": {"outcome": "choose_first", "text": "Choose a photo first."},
        "reload_restored": False,
        "new_visit_answered_as_before": True,
        "temporary_folders": {"after the kill": 1, "after the restart": 1},
    }
    text = "\n".join(load.report_of(figures(kill=kill)))
    assert "does not restore" in text and "the same answer" in text
    assert "1 after the kill, 1 after the restart" in text


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    """The address of a page with a fake model."""
    from ui_fakes import FakeModel

    server = PageServer(ModelHandle.of(FakeModel(pause=0.001)), {})
    yield server.launch(quiet=True)
    server.close()


def portrait(tmp_path: Path) -> bytes:
    from ui_fakes import drawing, save

    return save(drawing(), tmp_path).read_bytes()


@pytest.mark.slow
def test_browsers_visit_a_page(page: str, tmp_path: Path) -> None:
    """Two visitors at once look, ask twice and erase; each page shows its own questions."""
    from ui_fakes import ANSWERS

    photo = portrait(tmp_path)

    async def visit(number: int) -> None:
        browser, questions = Browser(page, address_of(number)), (f"first {number}", f"second {number}")
        try:
            await browser.open()
            await browser.look(photo, "face.png")
            for question in questions:
                answer = await browser.ask(question)
                assert answer.text in ANSWERS
                assert 0 < answer.first <= answer.seconds
            assert answer.shown == questions
            assert (await browser.record())["model"]["name"]
            await browser.erase()
            assert browser.pictures == []
        finally:
            await browser.close()

    async def visit_together() -> None:
        await asyncio.gather(visit(1), visit(2))

    asyncio.run(visit_together())


@pytest.mark.slow
def test_a_browser_sees_refusals(page: str, tmp_path: Path) -> None:
    async def visit() -> list[str]:
        browser, reasons = Browser(page), []
        try:
            await browser.open()
            for step in (browser.ask("Why?"), browser.look(b"no picture", "face.png"), browser.get("/none")):
                with pytest.raises(Failure) as caught:
                    await step
                reasons.append(caught.value.reason)
        finally:
            await browser.close()
        return reasons

    assert asyncio.run(visit()) == ["choose_first", "photo_unusable", "http_404"]


@pytest.mark.slow
def test_a_browser_leaves_in_mid_answer(page: str, tmp_path: Path) -> None:
    """Guards against a server that answers nobody after a visitor left."""

    class Gone(Exception):
        pass

    def leave() -> None:
        raise Gone

    async def visit(on_first: Any) -> str:
        browser = Browser(page)
        try:
            await browser.open()
            await browser.look(portrait(tmp_path), "face.png")
            return (await browser.ask("Which action units are active?", on_first)).text
        finally:
            await browser.close()

    with pytest.raises(Gone):
        asyncio.run(visit(leave))
    assert asyncio.run(visit(lambda: None))
