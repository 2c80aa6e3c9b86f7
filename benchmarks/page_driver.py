"""Drives the chat page in a Chromium of the system, and measures in the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from emola.errors import EmolaError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["CHROMIUM", "Answer", "Tab", "chromium", "usable_after"]

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
"""Path of the browser; None without one."""

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
_TIMEOUT_MS = 120_000

# Runs before the scripts of the page: accepts the consent as soon as the page reacts to clicks.
_USABLE = f"""window.usable = new Promise((resolve, reject) => {{
  setTimeout(() => reject(new Error("the page is not usable")), {_TIMEOUT_MS});
  const look = () => {{
    document.getElementById("agree")?.click();
    const agreed = document.documentElement?.classList.contains("consented");
    if (agreed && document.querySelector("#photo input[type=file]")) resolve(performance.now());
    else requestAnimationFrame(look);
  }};
  look();
}});"""
_USABLE_MS = """async () =>
  (await window.usable) - performance.getEntriesByType("navigation")[0].responseStart"""

# The seconds from the first words of the next answer to its end, which is marked by the line under it.
_WATCH = f"""() => {{
  const chat = document.getElementById("chat");
  window.answered = new Promise((resolve, reject) => {{
    setTimeout(() => reject(new Error("there is no answer")), {_TIMEOUT_MS});
    let first = 0;
    const observer = new MutationObserver(() => {{
      const words = chat.querySelector('[data-testid="bot"] .message-content');
      if (!first && words?.textContent.trim()) first = performance.now();
      if (!chat.querySelector(".made-by")) return;
      observer.disconnect();
      resolve((performance.now() - first) / 1000);
    }});
    observer.observe(chat, {{ childList: true, subtree: true, characterData: true }});
  }});
}}"""
_READ = """() => {
  const answer = document.querySelector('#chat [data-testid="bot"] .message-content').cloneNode(true);
  answer.querySelectorAll(".made-by, .evidence").forEach((note) => note.remove());
  return [answer.textContent.trim(), answer.querySelectorAll(".chip").length];
}"""


@contextmanager
def chromium(*arguments: str) -> Iterator[Browser]:
    """Run a headless Chromium of the system. arguments: more flags for it. Raises EmolaError."""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise EmolaError("This needs playwright, which is not installed: pip install playwright.") from error
    if CHROMIUM is None:
        raise EmolaError("There is no Chromium on this machine; install the package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_ARGUMENTS, *arguments])
        yield browser
        browser.close()


def usable_after(browser: Browser, url: str) -> tuple[float, float]:
    """Return the seconds from the first byte until the page is usable: with a cold cache, then a warm one.

    It is usable when the consent is accepted and a photo can be chosen.
    """
    context = browser.new_context()
    context.add_init_script(_USABLE)

    def seconds() -> float:
        page = context.new_page()  # its sessionStorage is empty, so that it asks for the consent again
        page.goto(url, wait_until="commit")
        usable = float(page.evaluate(_USABLE_MS)) / 1000
        page.close()
        return usable

    cold, warm = seconds(), seconds()
    context.close()
    return cold, warm


class Answer(NamedTuple):
    """An answer in the page. seconds: from its first words to its end."""

    seconds: float
    text: str
    chips: int


class Tab:
    """A page with a photo; its face view can be removed, whose scripts then ignore the conversation."""

    def __init__(self, browser: Browser, url: str, photo: Path, *, face_view: bool) -> None:
        self._page = page = browser.new_context().new_page()
        page.set_default_timeout(_TIMEOUT_MS)
        page.goto(url)
        page.locator("#theme-toggle[aria-label]").wait_for()  # the scripts have run
        page.click("#agree")
        page.set_input_files("#photo input[type=file]", str(photo))
        page.locator(".face-svg image").wait_for()
        page.locator("#offers button:not([disabled])").first.wait_for()
        if not face_view:
            page.evaluate("document.getElementById('face-view').remove()")

    def ask(self, question: str) -> Answer:
        """Ask a question, wait for the end of its answer, and clear the conversation."""
        page = self._page
        page.bring_to_front()
        page.evaluate(_WATCH)
        page.fill("#question textarea", question)
        page.press("#question textarea", "Enter")
        seconds = page.evaluate("window.answered")
        text, chips = page.evaluate(_READ)
        page.click("#clear")
        page.locator('#chat [data-testid="bot"]').wait_for(state="detached")
        return Answer(seconds, text, chips)
