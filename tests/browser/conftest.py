"""The browser and the chat page of the tests in this folder; without Chromium the tests are skipped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks.page_driver import CHROMIUM, chromium

FOLDER = Path(__file__).parent
sys.path[:0] = [str(FOLDER.parent / "ui"), str(FOLDER)]  # the fakes of the page, and driving.py

quiet_chromium = partial(chromium, "--disable-gpu", "--disable-quic", "--disable-sync")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


class Shared:
    """What the modules of this folder share: opened at its first use, closed by ``close``."""

    def __init__(self) -> None:
        self._open: dict[Callable[[], Any], Any] = {}
        self._stack = ExitStack()

    def get(self, context: Callable[[], AbstractContextManager[Any]]) -> Any:
        """Return what a context manager yields; it is entered at the first call."""
        if context not in self._open:
            self._open[context] = self._stack.enter_context(context())
        return self._open[context]

    def close(self) -> None:
        self._open.clear()
        self._stack.close()


shared = Shared()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Close what is shared before a test of another folder: asyncio cannot be used beside the browser."""
    try:
        return (yield)
    finally:
        if nextitem is None or FOLDER not in nextitem.path.parents:
            shared.close()


def pytest_sessionfinish() -> None:
    """Close what is shared after an interruption."""
    shared.close()


@pytest.fixture(scope="module")
def browser() -> Any:
    """A browser, in which each test opens contexts of its own."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    return shared.get(quiet_chromium)


@pytest.fixture
def model(browser: Any) -> Any:
    """The fake model of the chat page, with its usual answers."""
    from driving import chat_page
    from ui_fakes import ANSWERS

    model, _ = shared.get(chat_page)
    model.pause(0.0)
    model.say(*ANSWERS)
    return model


@pytest.fixture
def url(model: Any) -> str:
    """The address of the chat page."""
    from driving import chat_page

    return str(shared.get(chat_page)[1])


@pytest.fixture
def page(browser: Any, url: str, tmp_path: Path) -> Iterator[Any]:
    """A page with a photo of two faces; errors of its scripts fail the test."""
    from driving import open_page, upload
    from ui_fakes import drawing, save

    page = open_page(browser, url)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    upload(page, save(drawing(2), tmp_path))
    yield page
    page.context.close()
    assert errors == []


@pytest.fixture
def view_url(browser: Any) -> str:
    """The address of a page with the face view of two faces beside a conversation of plain HTML."""
    from face_page import served_faces

    return str(shared.get(served_faces))


@pytest.fixture
def view(browser: Any, view_url: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """This page in a wide window, or in one of the size that the test is parametrised with."""
    from face_page import WIDE, opened

    with opened(browser, view_url, viewport=getattr(request, "param", WIDE)) as page:
        yield page
