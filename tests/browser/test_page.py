"""The page in a real browser with a fake model: what visitors do, without requests to other machines."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ui_fakes import ANSWERS, FakeModel, LoadingModel, drawing, save

from emola import downloads
from emola.faba.prompts import follow_up
from emola.ui import messages
from emola.ui.model_handle import ModelHandle
from emola.ui.server import PageServer

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 60_000
"""Timeout of each expectation, in milliseconds."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def model() -> FakeModel:
    return FakeModel(faces=2)


@pytest.fixture(scope="module")
def url(model: FakeModel) -> Iterator[str]:
    # An example from where examples are kept: Gradio serves files of the working and the temporary
    # folder by itself, but refused, in the middle of every answer of the page, those of the cache.
    examples = {"portrait": downloads.path("astronaut.png")}
    server = PageServer(ModelHandle.of(model), examples)
    yield server.launch(quiet=True)
    server.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any, url: str, model: FakeModel) -> Iterator[Any]:
    """A fresh page at phone width; a request to another machine fails the test."""
    model.pause(0.0)
    model.say(*ANSWERS)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    foreign: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: is_local(request.url, url) or foreign.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(url)
    expect(page.locator("#theme-toggle")).to_have_attribute("aria-label", re.compile("Use"))
    yield page
    expect(page.get_by_text("Error", exact=True)).to_have_count(0)
    width = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    context.close()
    assert foreign == []
    assert troubles == []
    assert width[0] <= width[1], "the page is wider than the phone"


def is_local(address: str, url: str) -> bool:
    return address.startswith((url, "data:", "blob:"))


def bring(page: Any, photo: Path) -> None:
    """Upload a photo and wait for its landmarks."""
    page.set_input_files("#photo input[type=file]", str(photo))
    expect(page.locator("#overlay img")).to_be_visible()
    expect(page.locator("#offers button:not([disabled])").first).to_be_visible()


def ask(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def answers(page: Any) -> Any:
    return page.locator('#chat [data-testid="bot"]')


def done(page: Any) -> None:
    expect(page.locator("#send")).to_be_visible()


def test_a_whole_visit(page: Any, model: FakeModel, tmp_path: Path) -> None:
    """Upload, landmarks, ask, text grows, stop, retry, follow-up, undo, clear: the main job in one go."""
    expect(page.locator("#masthead")).to_contain_text("EmoLA-Nano")
    expect(page.locator("#masthead")).to_contain_text(messages.LIMIT)
    bring(page, save(drawing(2), tmp_path))
    expect(page.locator("#photo-notice")).to_contain_text("2 faces")
    expect(page.locator("#seen img")).to_be_visible()
    expect(page.locator("#seen table")).to_be_hidden()
    page.click("#seen summary")
    expect(page.locator("#seen .active")).to_have_text(re.compile("AU12.*Lip Corner Puller.*97 %"))

    # Text grows, and stop ends it.
    model.pause(0.1)
    model.say("A long answer. " * 100)
    ask(page, "Which action units are active?")
    expect(page.locator("#stop")).to_be_visible()
    expect(answers(page)).to_have_text(re.compile(r"^A"))
    early = len(answers(page).inner_text())
    page.wait_for_function(
        f"document.querySelector('#chat [data-testid=bot]').innerText.length > {early + 3}"
    )
    page.keyboard.press("Escape")
    done(page)
    expect(answers(page)).to_contain_text(messages.STOPPED)
    assert len(answers(page).inner_text()) < 1400

    # Retry answers the same question, to its end.
    model.pause(0.0)
    model.say(ANSWERS[0], ANSWERS[1])
    page.click("#retry")
    expect(answers(page)).to_have_text(ANSWERS[0])
    done(page)
    expect(page.locator('#chat [data-testid="user"]')).to_have_text("Which action units are active?")

    # A follow-up about an action unit that the answer named, with one click.
    text = follow_up(12)
    page.locator("#offers button", has_text=text).click()
    expect(answers(page)).to_have_count(2)
    done(page)
    expect(page.locator('#chat [data-testid="user"]').nth(1)).to_have_text(text)

    page.click("#undo")
    expect(answers(page)).to_have_count(1)
    expect(page.locator("#question textarea")).to_have_value(text)
    page.click("#clear")
    expect(answers(page)).to_have_count(0)


def test_faces_are_picked_and_landmarks_switched(page: Any, tmp_path: Path) -> None:
    """Guards against a click on the second face not reaching it; the switch drawing nothing new."""
    bring(page, save(drawing(2), tmp_path))
    picture = page.locator("#overlay img")
    before = picture.get_attribute("src")
    page.get_by_label("Off").check(force=True)
    expect(picture).not_to_have_attribute("src", before)
    page.wait_for_function("document.querySelector('#overlay img').complete")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.5, "y": 3})  # beside all faces: nothing, and no error
    picture.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.5})
    expect(page.locator("#photo-notice")).to_contain_text(messages.chosen(2))
    expect(page.locator("#face-picker label.selected")).to_have_text("2")


def test_photos_that_fail_leave_the_page_usable(page: Any, tmp_path: Path) -> None:
    """Guards against a page that has to be reloaded after a wrong file."""
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"this is no picture")
    page.set_input_files("#photo input[type=file]", str(bad))
    expect(page.locator("#photo-notice")).to_contain_text("not a picture")
    page.set_input_files("#photo input[type=file]", str(save(drawing(0), tmp_path, "wall.png")))
    expect(page.locator("#photo-notice")).to_contain_text(messages.NO_FACE)
    bring(page, save(drawing(2), tmp_path))
    ask(page, "Now?")
    expect(answers(page)).to_have_count(1)


def test_a_second_photo_and_an_example(page: Any, model: FakeModel, tmp_path: Path) -> None:
    """Guards against the old answer, still being written, landing under the new photo."""
    page.locator("#example-photos .gallery-item").first.click()
    expect(page.locator("#overlay img")).to_be_visible()
    model.pause(0.1)
    model.say("A long answer. " * 100)
    ask(page, "About the first")
    expect(answers(page)).to_have_text(re.compile(r"^A"))
    page.click("#another")
    expect(page.locator("#example-photos .gallery-item").first).to_have_attribute(
        "aria-label", "Example photo: portrait"
    )
    bring(page, save(drawing(2, (500, 300)), tmp_path))
    expect(page.locator("#chat-notice")).to_contain_text(messages.NEW_CONVERSATION)
    page.wait_for_timeout(600)
    expect(answers(page)).to_have_count(0)
    done(page)
    model.pause(0.0)
    model.say("Short.")
    ask(page, "About the second")
    expect(answers(page)).to_have_count(1)


def test_works_by_keyboard_alone(page: Any, tmp_path: Path) -> None:
    """Guards against a control that cannot be reached or named without a mouse."""
    bring(page, save(drawing(2), tmp_path))
    page.focus("#question textarea")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(answers(page)).to_have_count(1)
    done(page)
    reached = []
    page.focus("#question textarea")
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert reached[:5] == ["send", "retry", "undo", "edit", "clear"]
    page.focus("#edit")
    page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_have_value("By keyboard")
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#question textarea")).to_have_value("")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input:not([type=file]), textarea")]
            .filter(e => e.offsetParent !== null)
            .filter(e => !(e.innerText || e.ariaLabel || e.title || e.labels?.length
                           || e.querySelector("img[alt]:not([alt=''])")))
            .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    pictures = page.evaluate("[...document.images].filter(i => !i.alt && i.offsetParent).map(i => i.src)")
    assert pictures == []


def test_adapters_can_be_chosen_and_a_missing_network_is_reported(browser: Any, tmp_path: Path) -> None:
    """Guards against a choice that does not reach the answer; a photo in vain before what lacks is said."""
    model = FakeModel(adapters=("au", "emotion"))
    model.prior.missing = "The landmark network is not on this machine."
    server = PageServer(ModelHandle.of(model), {})
    url = server.launch(quiet=True)
    tab = browser.new_page()
    tab.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    tab.goto(url)
    expect(tab.locator("#photo-notice")).to_have_text(model.prior.missing)
    model.prior.missing = None
    bring(tab, save(drawing(1), tmp_path))
    tab.get_by_label("Emotion", exact=True).check(force=True)
    ask(tab, "Which action units are active?")
    expect(answers(tab)).to_contain_text("emotion adapter")
    tab.get_by_label("Auto", exact=True).check(force=True)
    done(tab)
    ask(tab, "Which action units are active?")
    expect(answers(tab).nth(1)).to_contain_text("action units adapter")
    tab.close()
    server.close()


def test_waiting_in_the_queue_is_shown_and_can_be_stopped(browser: Any, tmp_path: Path) -> None:
    """Guards against a page that looks dead while another visitor's answer is written."""
    model = FakeModel(pause=0.1, answers=("A long answer. " * 100,))
    server = PageServer(ModelHandle.of(model), {}, concurrency=1)
    url = server.launch(quiet=True)
    expect.set_options(timeout=PATIENCE)
    one, two = (browser.new_page() for _ in range(2))
    for tab in (one, two):
        tab.set_default_timeout(PATIENCE)
        tab.goto(url)
        bring(tab, save(drawing(1), tmp_path))
    ask(one, "First")
    expect(answers(one)).to_have_text(re.compile(r"^A"))
    ask(two, "Second")
    expect(two.locator("#chat-notice")).to_have_text(messages.waiting(1))
    two.click("#stop")
    done(two)
    expect(two.locator("#chat-notice")).to_have_text(messages.NOT_ASKED)
    expect(two.locator("#question textarea")).to_have_value("Second")
    two.press("#question textarea", "Enter")
    expect(two.locator("#chat-notice")).to_have_text(messages.waiting(1))
    one.keyboard.press("Escape")
    expect(answers(two)).to_have_text(re.compile(r"^A"))
    expect(two.locator("#chat-notice")).to_have_text("")
    two.click("#stop")
    done(two)
    for tab in (one, two):
        tab.close()
    server.close()


def test_a_page_that_opens_before_the_model_is_loaded(browser: Any, tmp_path: Path) -> None:
    """Guards against a photo, a question or a draft lost because they came before the model was ready."""
    loading = LoadingModel(FakeModel(faces=2))
    server = PageServer(loading.handle, {})
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    tab.goto(server.launch(quiet=True))
    expect(tab.locator("#model-status")).to_contain_text(messages.loading("EmoLA-Nano"))
    expect(tab.locator("#masthead")).not_to_contain_text("parameters")
    tab.set_input_files("#photo input[type=file]", str(save(drawing(2), tmp_path)))
    expect(tab.locator("#photo-notice")).to_contain_text(messages.photo_waits("EmoLA-Nano"))
    ask(tab, "Which action units are active?")
    expect(tab.locator("#chat-notice")).to_contain_text(messages.question_waits("EmoLA-Nano"))
    expect(tab.locator('#chat [data-testid="user"]')).to_have_text("Which action units are active?")
    tab.fill("#question textarea", "a draft")
    loading.finish()
    expect(answers(tab)).to_have_text(ANSWERS[0])
    expect(tab.locator("#overlay img")).to_be_visible()
    expect(tab.locator("#model-status")).to_have_text("")
    expect(tab.locator("#masthead")).to_contain_text("142 million parameters")
    expect(tab.locator("#question textarea")).to_have_value("a draft")
    done(tab)
    tab.click("#theme-toggle")  # in the rebuilt masthead
    expect(tab.locator("body")).to_have_class(re.compile("dark"))
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.close()
    server.close()


def test_delete_takes_the_photo_off_the_page_and_the_server(page: Any, tmp_path: Path) -> None:
    """Guards against a face that can still be fetched after "Delete my photo"; a page that is dead then."""
    bring(page, save(drawing(2), tmp_path))
    ask(page, "Which action units are active?")
    expect(answers(page)).to_have_count(1)
    done(page)
    picture = page.evaluate("document.querySelector('#overlay img').src")
    assert page.request.get(picture).status == 200
    page.click("#erase")
    expect(page.locator("#photo-notice")).to_have_text(messages.ERASED)
    expect(page.locator("#overlay img")).to_have_count(0)
    expect(page.locator("#seen img")).to_have_count(0)
    expect(answers(page)).to_have_count(0)
    assert page.request.get(picture).status == 404
    bring(page, save(drawing(2), tmp_path))
    ask(page, "Again?")
    expect(answers(page)).to_have_count(1)


def test_no_request_or_script_of_the_page_is_refused(browser: Any, url: str, tmp_path: Path) -> None:
    """Guards against a part of the page that the security headers or the closed routes break."""
    tab = browser.new_page()
    troubles: list[str] = []
    tab.on("console", lambda message: message.type == "error" and troubles.append(message.text))
    tab.on("response", lambda response: response.status >= 400 and troubles.append(response.url))
    tab.goto(url)
    bring(tab, save(drawing(2), tmp_path))
    ask(tab, "Which action units are active?")
    expect(answers(tab)).to_have_count(1)
    tab.wait_for_timeout(500)
    tab.close()
    assert troubles == []


def test_switches_between_light_and_dark(page: Any) -> None:
    """Guards against a switch that is forgotten at the next visit, or text of its ground's colour."""

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
