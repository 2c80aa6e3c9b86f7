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
    open_page,
    upload,
    wait_until_answered,
)
from ui_fakes import ANSWERS, FakeModel, LoadingModel, drawing, save

from emola.faba.prompts import follow_up
from emola.ui.serving.server import PageServer
from emola.ui.shared import messages
from emola.ui.shared.model_handle import ModelHandle


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
    """Upload, landmarks, question, streaming, stop, retry, follow-up, undo and clear.

    Guards as well against security headers or closed routes that break part of the page.
    """
    expect(page.locator("#masthead")).to_contain_text("EmoLA-Nano")
    expect(page.locator("#masthead")).to_contain_text(messages.LIMIT)
    upload(page, save(drawing(2), tmp_path))
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
    assert refused == []


def test_the_page_stays_usable_after_a_failed_upload(page: Any, tmp_path: Path) -> None:
    """Guards against a page that must be reloaded after an invalid file."""
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"this is no picture")
    page.set_input_files("#photo input[type=file]", str(bad))
    expect(page.locator("#photo-notice")).to_contain_text("not a picture")
    page.set_input_files("#photo input[type=file]", str(save(drawing(0), tmp_path, "wall.png")))
    expect(page.locator("#photo-notice")).to_contain_text(messages.NO_FACE)
    upload(page, save(drawing(2), tmp_path))
    ask(page, "Now?")
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


def test_selects_an_adapter_and_reports_a_missing_network(browser: Any, tmp_path: Path) -> None:
    """Guards against an ignored choice, and a missing network reported only after the upload."""
    model = FakeModel(adapters=("au", "emotion"))
    model.prior.missing = "The landmark network is not on this machine."
    server = PageServer(ModelHandle.of(model), {})
    tab = open_page(browser, server.launch(quiet=True))
    expect(tab.locator("#photo-notice")).to_have_text(model.prior.missing)
    model.prior.missing = None
    upload(tab, save(drawing(1), tmp_path))
    tab.click("#settings button")
    tab.get_by_label("Emotion", exact=True).check(force=True)
    ask(tab, "Which action units are active?")
    expect(answers(tab)).to_contain_text("emotion adapter")
    tab.get_by_label("Auto", exact=True).check(force=True)
    wait_until_answered(tab)
    ask(tab, "Which action units are active?")
    expect(answers(tab).nth(1)).to_contain_text("action units adapter")
    tab.context.close()
    server.close()


def test_shows_the_queue_position_and_can_leave_the_queue(browser: Any, tmp_path: Path) -> None:
    """Guards against a page that looks frozen during another visitor's answer."""
    model = FakeModel(pause=0.1, answers=("A long answer. " * 100,))
    server = PageServer(ModelHandle.of(model), {}, concurrency=1)
    url = server.launch(quiet=True)
    first, second = (open_page(browser, url) for _ in range(2))
    for tab in (first, second):
        upload(tab, save(drawing(1), tmp_path))
    ask(first, "First")
    expect(answers(first)).to_have_text(re.compile(r"^A"))
    ask(second, "Second")
    expect(second.locator("#chat-notice")).to_have_text(messages.waiting(1))
    second.click("#stop")
    wait_until_answered(second)
    expect(second.locator("#chat-notice")).to_have_text(messages.NOT_ASKED)
    expect(second.locator("#question textarea")).to_have_value("Second")
    second.press("#question textarea", "Enter")
    expect(second.locator("#chat-notice")).to_have_text(messages.waiting(1))
    first.keyboard.press("Escape")
    expect(answers(second)).to_have_text(re.compile(r"^A"))
    expect(second.locator("#chat-notice")).to_have_text("")
    second.click("#stop")
    wait_until_answered(second)
    for tab in (first, second):
        tab.context.close()
    server.close()


def test_works_before_the_model_is_loaded(browser: Any, tmp_path: Path) -> None:
    """Guards against losing a photo, question or draft entered before the model was ready."""
    loading = LoadingModel(FakeModel(faces=2))
    server = PageServer(loading.handle, {})
    tab = open_page(browser, server.launch(quiet=True), viewport={"width": 390, "height": 844})
    expect(tab.locator("#model-status")).to_contain_text(messages.loading("EmoLA-Nano"))
    expect(tab.locator("#masthead")).not_to_contain_text("parameters")
    tab.set_input_files("#photo input[type=file]", str(save(drawing(2), tmp_path)))
    expect(tab.locator("#photo-notice")).to_contain_text(messages.photo_waits("EmoLA-Nano"))
    ask(tab, "Which action units are active?")
    expect(tab.locator("#chat-notice")).to_contain_text(messages.question_waits("EmoLA-Nano"))
    expect(tab.locator('#chat [data-testid="user"]')).to_have_text("Which action units are active?")
    tab.fill("#question textarea", "a draft")
    loading.finish()
    expect(answers(tab)).to_contain_text(ANSWERS[0])
    expect(tab.locator(".face-svg image")).to_be_visible()
    expect(tab.locator("#model-status")).to_have_text("")
    expect(tab.locator("#masthead")).to_contain_text("142 million parameters")
    expect(tab.locator("#question textarea")).to_have_value("a draft")
    wait_until_answered(tab)
    tab.click("#theme-toggle")  # in the rebuilt masthead
    expect(tab.locator("body")).to_have_class(re.compile("dark"))
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.context.close()
    server.close()


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


def test_shows_what_the_model_read(browser: Any, tmp_path: Path) -> None:
    """Guards against a reading that blocks the page, closes after an answer, or outlives the photo."""
    model = FakeModel(answers=("Happiness clear.", ANSWERS[0]), pause=0.1, given="AU12 D.")
    server = PageServer(ModelHandle.of(model), {})
    page = open_page(browser, server.launch(quiet=True))
    upload(page, save(drawing(1), tmp_path))
    expect(page.locator("#reading")).to_contain_text(messages.reads("Nano"))
    expect(page.locator("#reading summary")).to_have_text(messages.what_was_read("Nano"))
    model.pause(0.0)
    expect(page.locator("#reading dd").first).to_be_hidden()
    page.click("#reading summary")
    expect(page.locator("#reading dd")).to_have_text(["AU12 D.", "Happiness clear."])
    ask(page, "Which action units are active?")
    expect(answers(page)).to_contain_text(ANSWERS[0])
    wait_until_answered(page)
    expect(page.locator("#reading dd").first).to_be_visible()
    page.click("#erase")
    expect(page.locator("#photo-notice")).to_have_text(messages.ERASED)
    expect(page.locator("#reading summary")).to_have_count(0)
    page.context.close()
    server.close()


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
