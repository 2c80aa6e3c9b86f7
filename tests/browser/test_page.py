"""The page in a real browser with a fake model, without requests to other machines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import (
    TIMEOUT_MS,
    agree,
    answers,
    ask,
    ask_and_wait,
    context_of,
    expect,
    upload,
    wait_until_answered,
)
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.faba.prompts import follow_up
from emola.limits import DEFAULT
from emola.ui.shared import failures, law, messages


@pytest.fixture
def refused() -> list[str]:
    """The errors in the console of the page, and the addresses that returned one."""
    return []


@pytest.fixture
def page(browser: Any, url: str, refused: list[str]) -> Iterator[Any]:
    """A new page at phone width; requests to other machines and page errors fail the test."""
    context = context_of(browser, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    expect.set_options(timeout=TIMEOUT_MS)
    foreign_requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: is_local(request.url, url) or foreign_requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and refused.append(message.text))
    page.on("response", lambda response: response.status >= 400 and refused.append(response.url))
    page.goto(url)
    expect(page.locator("#theme-toggle")).to_have_attribute("aria-label", re.compile("Use"))
    yield page
    expect(page.get_by_text("Error", exact=True)).to_have_count(0)
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert foreign_requests == []
    assert errors == []
    assert width[0] <= width[1], "the page is wider than the phone"


def is_local(address: str, url: str) -> bool:
    return address.startswith((url, "data:", "blob:"))


def test_the_main_workflow(page: Any, model: FakeModel, tmp_path: Path, refused: list[str]) -> None:
    """Consent, upload, landmarks, question, streaming, stop, retry, follow-up, undo, clear and back.

    Guards as well against security headers or closed routes that break part of the page.
    """
    expect(page.locator("#masthead")).to_contain_text("EmoLA-Nano")
    expect(page.locator("#masthead")).to_contain_text(messages.LIMIT)
    expect(page.locator("#consent")).to_contain_text(law.ARTICLE_50)
    expect(page.locator("#photo")).to_be_hidden()
    upload(page, save(drawing(2), tmp_path))
    expect(page.locator("#consent")).to_be_hidden()
    expect(page.locator("#photo-notice")).to_contain_text("2 faces")
    expect(page.locator("#seen img")).to_be_visible()
    expect(page.locator("#seen table")).to_be_hidden()
    page.click("#seen summary")
    expect(page.locator("#seen .active")).to_have_text(re.compile("AU12.*Lip Corner Puller.*97 %"))

    # The text streams until it is stopped.
    model.pause(0.1)
    model.say("A long answer. " * 100)
    ask(page, "Which action units are active?")
    expect(page.locator("#stop")).to_be_visible()
    expect(answers(page)).to_have_text(re.compile(r"^A"))
    length = len(answers(page).inner_text())
    page.wait_for_function(
        f"document.querySelector('#chat [data-testid=bot]').innerText.length > {length + 3}"
    )
    page.keyboard.press("Escape")
    wait_until_answered(page)
    expect(answers(page)).to_contain_text(messages.STOPPED)
    assert len(answers(page).inner_text()) < 1400

    # Retry answers the same question completely.
    model.pause(0.0)
    model.say(ANSWERS[0], ANSWERS[1])
    page.click("#retry")
    expect(answers(page)).to_contain_text(ANSWERS[0])
    wait_until_answered(page)
    expect(page.locator('#chat [data-testid="user"]')).to_have_text("Which action units are active?")

    # One click asks a follow-up about an action unit of the answer.
    text = follow_up(12)
    page.locator("#offers button", has_text=text).click()
    expect(answers(page)).to_have_count(2)
    wait_until_answered(page)
    expect(page.locator('#chat [data-testid="user"]').nth(1)).to_have_text(text)

    page.click("#undo")
    expect(answers(page)).to_have_count(1)
    expect(page.locator("#question textarea")).to_have_value(text)
    page.click("#clear")
    expect(answers(page)).to_have_count(0)
    page.click("#back")
    expect(answers(page)).to_contain_text(ANSWERS[0])
    assert refused == []


def test_the_page_stays_usable_after_failures(page: Any, model: FakeModel, tmp_path: Path) -> None:
    """Guards against a page that must be reloaded after a bad file, and a question lost with its answer."""

    def choose(photo: Path) -> None:
        page.set_input_files("#photo input[type=file]", str(photo))

    bad, large = tmp_path / "bad.png", tmp_path / "large.jpg"
    bad.write_bytes(b"this is no picture")
    with large.open("wb") as file:
        file.truncate(DEFAULT.upload_bytes + 1)
    wall = save(drawing(0), tmp_path, "wall.png")
    agree(page)
    choose(large)
    too_large = page.get_by_text(messages.upload_too_large(DEFAULT.upload_bytes))
    expect(too_large).to_be_visible()
    choose(bad)
    expect(page.locator("#photo-notice")).to_contain_text("not a picture")
    expect(too_large).to_be_hidden()
    choose(wall)
    expect(page.locator("#photo-notice")).to_contain_text(messages.NO_FACE)
    upload(page, save(drawing(2), tmp_path))
    ask_and_wait(page, "Now?")

    # A photo without a face leaves the one before and its conversation.
    page.click("#another")
    choose(wall)
    expect(page.locator("#photo-notice")).to_contain_text(messages.NO_FACE)
    expect(answers(page)).to_have_count(1)
    page.click("#keep")
    expect(page.locator(".face-svg image")).to_be_visible()

    model.say([ord("x"), RuntimeError("CUDA out of memory")])
    ask(page, "A question to keep")
    expect(page.locator("#chat-notice")).to_contain_text(failures.OUT_OF_MEMORY)
    expect(page.locator("#question textarea")).to_have_value("A question to keep")
    expect(answers(page)).to_have_count(1)


def test_a_second_photo_starts_a_new_conversation(page: Any, model: FakeModel, tmp_path: Path) -> None:
    """Guards against the unfinished old answer appearing under the new photo."""
    agree(page)
    page.locator("#example-photos .gallery-item").first.click()
    expect(page.locator(".face-svg image")).to_be_visible()
    model.pause(0.1)
    model.say("A long answer. " * 100)
    ask(page, "About the first")
    expect(answers(page)).to_have_text(re.compile(r"^A"))
    page.click("#another")
    expect(page.locator("#example-photos .gallery-item").first).to_have_attribute(
        "aria-label", "Example photo: portrait"
    )
    credit = page.locator("#examples .credits")
    expect(credit).to_have_text("portrait (NASA, public domain)")
    expect(credit.locator("a")).to_have_attribute("href", "https://example.org/photo")
    upload(page, save(drawing(2, (500, 300)), tmp_path))
    expect(page.locator("#chat-notice")).to_contain_text(messages.NEW_CONVERSATION)
    page.wait_for_timeout(600)
    expect(answers(page)).to_have_count(0)
    wait_until_answered(page)
    model.pause(0.0)
    model.say("Short.")
    ask(page, "About the second")
    expect(answers(page)).to_have_count(1)


def test_works_by_keyboard_alone(page: Any, tmp_path: Path) -> None:
    """Guards against controls that cannot be reached by keyboard or have no accessible name."""
    upload(page, save(drawing(2), tmp_path))
    page.focus("#question textarea")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(answers(page)).to_have_count(1)
    wait_until_answered(page)
    focused = []
    page.focus("#question textarea")
    for _ in range(6):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.id"))
    assert focused[:5] == ["send", "retry", "undo", "edit", "clear"]
    page.focus("#edit")
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_have_value("By keyboard")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#question textarea")).to_have_value("")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=file]), textarea")]
            .filter(e => e.checkVisibility())
            .filter(e => !(e.innerText || e.ariaLabel || e.title || e.labels?.length
                           || e.querySelector("img[alt]:not([alt=''])")))
            .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []
    without_alt = page.evaluate("[...document.images].filter(i => !i.alt && i.offsetParent).map(i => i.src)")
    assert without_alt == []


def test_faces_keep_their_conversations_until_all_is_deleted(page: Any, url: str, tmp_path: Path) -> None:
    """Guards against ignored clicks on a face, lost conversations, and a photo that outlives its deletion."""
    upload(page, save(drawing(2), tmp_path))
    ask_and_wait(page, "About the first?")
    page.locator('.face-svg .face[data-face="1"]').click()
    expect(page.locator("#photo-notice")).to_contain_text(messages.chosen(2))
    expect(page.locator(".face-view")).to_have_attribute("data-face", "1")
    expect(answers(page)).to_have_count(0)
    page.locator('.face-svg .face[data-face="0"]').press("Enter")
    expect(page.locator('#chat [data-testid="user"]')).to_have_text("About the first?")

    picture = page.evaluate("document.querySelector('.face-svg image').href.baseVal")
    assert page.request.get(url + picture).status == 200
    page.click("#erase")
    expect(page.locator("#photo-notice")).to_have_text(messages.ERASED)
    expect(page.locator(".face-svg image")).to_have_count(0)
    expect(page.locator("#seen img")).to_have_count(0)
    expect(answers(page)).to_have_count(0)
    assert page.request.get(url + picture).status == 404
    upload(page, save(drawing(2), tmp_path))
    ask(page, "Again?")
    expect(answers(page)).to_have_count(1)


def test_switches_between_light_and_dark(page: Any) -> None:
    """Guards against a choice lost at the next visit, and text in the colour of its background."""

    def colours() -> list[str]:
        return page.evaluate(
            "[[document.body, 'backgroundColor'], [document.querySelector('h1'), 'color']]"
            ".map(([part, name]) => getComputedStyle(part)[name])"
        )

    light = colours()
    page.click("#theme-toggle")
    dark = colours()
    assert dark[0] != light[0] and dark[1] != light[1]
    assert dark[0] != dark[1]
    page.reload()
    expect(page.locator("body")).to_have_class(re.compile("dark"))
