"""Visits with a fake browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from benchmarks.visitors import crowd as module
from benchmarks.visitors.browser import Answer, Failure, address_of
from benchmarks.visitors.crowd import Crowd
from benchmarks.visitors.figures import COMPARISONS
from emola.errors import DataError, EmolaError

PHOTOS = {"a.jpg": b"a", "b.jpg": b"b"}


class FakeBrowser:
    """A browser whose answers name the photo and the question. failures: what the next steps raise."""

    failures: Iterator[Exception | None] = iter(())
    refused = ""
    browsers: list[FakeBrowser] = []

    def __init__(self, url: str, address: str | None = None) -> None:
        self.address = address
        self.photo = ""
        self.questions: list[str] = []
        self.did: list[str] = []
        self.browsers.append(self)

    def _do(self, what: str) -> None:
        self.did.append(what)
        if failure := next(FakeBrowser.failures, None):
            raise failure

    async def open(self, kept: str | None = None) -> None:
        self._do("open")

    async def look(self, photo: bytes, name: str) -> None:
        self._do("look")
        assert PHOTOS[name] == photo
        self.photo = name

    async def ask(self, question: str, on_first: Callable[[], None] = lambda: None) -> Answer:
        self._do("ask")
        if question == self.refused:
            raise Failure("emotion_refused", "Only movements.")
        await asyncio.sleep(0)
        on_first()
        self.questions.append(question)
        return Answer(0.1, 0.2, False, f"{self.photo} {question}", tuple(self.questions))

    async def record(self) -> dict[str, Any]:
        return {"model": {"name": "fake"}}

    async def erase(self) -> None:
        self._do("erase")

    async def close(self) -> None:
        self.did.append("close")


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Crowd:
    monkeypatch.setattr(module, "Browser", FakeBrowser)
    monkeypatch.setattr(module, "RETRY", 0.0)
    monkeypatch.setattr(FakeBrowser, "failures", iter(()))
    monkeypatch.setattr(FakeBrowser, "refused", "")
    monkeypatch.setattr(FakeBrowser, "browsers", [])
    return Crowd("http://127.0.0.1:1", PHOTOS, think=0)


def outcomes(crowd: Crowd, kind: str = "question") -> list[str]:
    return [step.outcome for step in crowd.steps if step.kind == kind]


BUSY = Failure("queue_full_at", "Come back.", busy=True)


def test_asks_alone_and_then_compares(crowd: Crowd) -> None:
    assert asyncio.run(crowd.model()) == {"name": "fake"}
    alone = asyncio.run(crowd.ask_alone())
    questions = sum(map(len, module.QUESTIONS))
    assert alone["answers"] == len(PHOTOS) * questions == len(crowd.references)
    again = dict.fromkeys(COMPARISONS, 0)
    assert alone["again"] == {**again, "same": len(PHOTOS) * len(module.QUESTIONS[0])}
    addresses = [browser.address for browser in FakeBrowser.browsers]
    assert len(set(addresses)) == len(addresses) or address_of(1) is None
    crowd.restart()
    asyncio.run(crowd.burst(7))
    assert crowd.figures()["mixing"]["same"] == 7
    assert outcomes(crowd, "erase") == ["done"] * 7


def test_a_page_without_a_configuration_is_an_error(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against one strange answer of a loaded server that ends the whole measurement."""
    monkeypatch.setattr(FakeBrowser, "failures", iter([DataError("The page has no configuration.")]))
    asyncio.run(crowd.visit(1, crowd.scripts[0]))
    (step,) = crowd.steps
    assert (step.kind, step.outcome, step.reason) == ("open", "error", "DataError")


def test_scripts_with_a_refused_question_are_dropped(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against counting the refusals of a page about movements alone as errors."""
    monkeypatch.setattr(FakeBrowser, "refused", module.QUESTIONS[1][0])
    assert asyncio.run(crowd.ask_alone())["refused"] == [module.QUESTIONS[1][0]]
    assert {script.questions for script in crowd.scripts} == {module.QUESTIONS[0], module.QUESTIONS[2]}


def test_a_page_that_answers_nothing_ends_the_run(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeBrowser, "failures", iter([Failure("load_failed", "No model.")]))
    with pytest.raises(EmolaError, match="No model"):
        asyncio.run(crowd.model())
    crowd.scripts = crowd.scripts[:1]
    monkeypatch.setattr(FakeBrowser, "refused", module.QUESTIONS[0][0])
    with pytest.raises(EmolaError, match="Only movements"):
        asyncio.run(crowd.ask_alone())


def test_nobody_tries_again_in_a_burst(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeBrowser, "failures", iter([None, None, BUSY]))
    asyncio.run(crowd.burst(1))
    assert outcomes(crowd) == ["busy"]
    assert FakeBrowser.browsers[0].did == ["open", "look", "ask", "erase", "close"]


def test_a_visitor_tries_again_when_the_server_is_busy(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    script = crowd.scripts[0].until(1)
    monkeypatch.setattr(FakeBrowser, "failures", iter([None, None, BUSY, BUSY]))
    asyncio.run(crowd.visit(1, script, attempts=3))
    assert outcomes(crowd) == ["busy", "busy", "done"]
    monkeypatch.setattr(FakeBrowser, "failures", iter([Failure("ReadError")]))
    asyncio.run(crowd.visit(1, script, attempts=3))
    assert outcomes(crowd, "open") == ["done", "error"]
    assert FakeBrowser.browsers[-1].did == ["open", "close"]


def test_visitors_leave_in_mid_answer(crowd: Crowd) -> None:
    asyncio.run(crowd.leave(3, patience=5.0))
    assert outcomes(crowd) == ["left"] * 3 + ["done"]
    assert [browser.did[-2:] for browser in FakeBrowser.browsers[:3]] == [["ask", "close"]] * 3


def test_visitors_leave_when_no_answer_comes(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(self: FakeBrowser, question: str, on_first: Callable[[], None] = lambda: None) -> Answer:
        await asyncio.sleep(60)
        raise AssertionError

    monkeypatch.setattr(FakeBrowser, "ask", wait)
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    asyncio.run(crowd.leave(1, patience=0.01))
    assert outcomes(crowd) == ["left", "error"]
    assert crowd.steps[-2].reason == "no_response"


def test_steady_visitors_come_back_until_the_end(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep = asyncio.sleep
    monkeypatch.setattr(module.asyncio, "sleep", lambda seconds: sleep(min(seconds, 0.005)))
    asyncio.run(crowd.steady(2, minutes=0.2 / 60))
    assert {step.visitor for step in crowd.steps} == {1, 2}
    assert len(FakeBrowser.browsers) > 2
    assert set(outcomes(crowd)) == {"done"}


def test_each_visitor_has_an_address_of_its_own() -> None:
    addresses = [address_of(visitor) for visitor in range(300)]
    assert set(addresses) == {None} or len(set(addresses)) == 300
