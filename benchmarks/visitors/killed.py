"""The scenario of a server that is killed in the middle of an answer and started again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from benchmarks.visitors.app_process import AppProcess
from benchmarks.visitors.browser import Browser, Failure
from benchmarks.visitors.crowd import Crowd

__all__ = ["kill_and_restart", "report_of_kill"]

_FOLDERS = "emola-page-*"


async def kill_and_restart(app: AppProcess, crowd: Crowd) -> dict[str, Any]:
    """Kill the app at the first words of an answer, start it again, and return what visitors then meet."""
    script = crowd.scripts[0]
    photo, question = crowd.photos[script.photo], script.questions[0]
    async with AsyncExitStack() as stack:

        def new_browser() -> Browser:
            browser = Browser(app.url)
            stack.push_async_callback(browser.close)
            return browser

        page = new_browser()
        await page.open()
        await page.look(photo, script.photo)
        key = page.state.value(page.layout.id("kept"))
        lost = await _killed_while_asking(app, page, question)
        left = _folders(app)
        begun = time.perf_counter()
        served = await app.start()
        fresh = new_browser()
        await fresh.open()
        ready = time.perf_counter() - begun
        old = await _asked(page, question)
        reloaded = new_browser()
        await reloaded.open(key)
        await fresh.look(photo, script.photo)
        answer = (await fresh.ask(question)).text
        return {
            "noticed": lost,
            "served_seconds": served,
            "ready_seconds": ready,
            "old_page": old,
            "reload_restored": bool(reloaded.state.value(reloaded.layout.id("kept"))),
            "new_visit_answered_as_before": answer == crowd.references.answer(script.until(1)),
            "temporary_folders": {"after the kill": left, "after the restart": _folders(app)},
        }


async def _killed_while_asking(app: AppProcess, page: Browser, question: str) -> dict[str, Any]:
    """Ask, kill the app at the first words, and return how and after how long the page noticed."""
    killed = time.perf_counter()

    def kill() -> None:
        nonlocal killed
        app.kill()
        killed = time.perf_counter()

    told = "the answer was complete"
    try:
        await page.ask(question, kill)
    except Failure as failure:
        told = failure.reason
    return {"as": told, "seconds": time.perf_counter() - killed}


async def _asked(page: Browser, question: str) -> dict[str, str]:
    """Ask in a page that was opened before the restart; returns what it shows."""
    try:
        answer = await page.ask(question)
    except Failure as failure:
        return {"outcome": failure.reason, "text": failure.text}
    return {"outcome": "answered", "text": answer.text}


def _folders(app: AppProcess) -> int:
    return len(list(app.temp.glob(_FOLDERS)))


def report_of_kill(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures of ``kill_and_restart`` as lines of text."""
    noticed, old, folders = figures["noticed"], figures["old_page"], figures["temporary_folders"]
    same = "the same answer" if figures["new_visit_answered_as_before"] else "another answer"
    return [
        f"killed at the first words of an answer; noticed {noticed['seconds']:.2f} s later ({noticed['as']})",
        f"restarted: serves the page after {figures['served_seconds']:.1f} s, answers after "
        f"{figures['ready_seconds']:.1f} s",
        f'the page of before the kill: {old["outcome"]}: "{old["text"]}"',
        f"a reload {'restores' if figures['reload_restored'] else 'does not restore'} the visit",
        f"a new visit gets {same} as before",
        "temporary folders: " + ", ".join(f"{count} {when}" for when, count in folders.items()),
    ]
