"""Pages whose model is loading, busy, reading or incomplete, each on a server of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from driving import answers, ask, expect, open_page, upload, wait_until_answered
from ui_fakes import ANSWERS, FakeModel, LoadingModel, drawing, save

from emola.ui.serving.server import PageServer
from emola.ui.shared import messages
from emola.ui.shared.model_handle import ModelHandle


def choose_adapter(page: Any, name: str) -> None:
    page.locator("#adapter label", has_text=name).click()
    expect(page.get_by_label(name, exact=True)).to_be_checked()


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
    choose_adapter(tab, "Emotion")
    ask(tab, "Which action units are active?")
    expect(answers(tab)).to_contain_text("emotion adapter")
    choose_adapter(tab, "Auto")
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
    """Guards against losing a photo, question or draft from before the model was ready, and an old photo."""
    loading = LoadingModel(FakeModel(faces=2))
    server = PageServer(loading.handle, {})
    tab = open_page(browser, server.launch(quiet=True), viewport={"width": 390, "height": 844})
    expect(tab.locator("#model-status")).to_contain_text(messages.loading("EmoLA-Nano"))
    expect(tab.locator("#masthead")).not_to_contain_text("parameters")
    tab.set_input_files("#photo input[type=file]", str(save(drawing(2), tmp_path)))
    expect(tab.locator("#photo-notice")).to_contain_text(messages.photo_waits("EmoLA-Nano"))
    first = tab.locator("#photo img").first.get_attribute("src") or ""
    other = save(drawing(2, (500, 300)), tmp_path, "other.png")
    tab.set_input_files("#photo input[type=file]", str(other))
    expect(tab.locator("#photo img").first).not_to_have_attribute("src", first)
    ask(tab, "Which action units are active?")
    expect(tab.locator("#chat-notice")).to_contain_text(messages.QUESTION_WAITS)
    expect(tab.locator('#chat [data-testid="user"]')).to_have_text("Which action units are active?")
    tab.fill("#question textarea", "a draft")
    loading.finish()
    expect(answers(tab)).to_contain_text(ANSWERS[0])
    expect(tab.locator(".face-svg image")).to_have_attribute("width", "500")
    expect(tab.locator("#model-status")).to_have_text("")
    expect(tab.locator("#masthead")).to_contain_text("142 million parameters")
    expect(tab.locator("#question textarea")).to_have_value("a draft")
    wait_until_answered(tab)
    tab.click("#theme-toggle")  # in the rebuilt masthead
    expect(tab.locator("body")).to_have_class(re.compile("dark"))
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    tab.context.close()
    server.close()


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


def test_reads_a_face_that_is_chosen_during_the_reading_of_another(browser: Any, tmp_path: Path) -> None:
    """Guards against Gradio's default, which drops an event while an earlier one of its kind is processed."""
    model = FakeModel(
        answers=("Short.", "Happiness clear. " * 20, "Sadness likely."), given="AU12 D.", faces=3
    )
    server = PageServer(ModelHandle.of(model), {})
    page = open_page(browser, server.launch(quiet=True))
    upload(page, save(drawing(3), tmp_path))
    expect(page.locator("#reading summary")).to_have_text(messages.what_was_read("Nano"))
    model.pause(0.1)
    for face in ("1", "2"):
        page.locator(f'.face-svg .face[data-face="{face}"]').press("Enter")
        expect(page.locator(".face-view")).to_have_attribute("data-face", face)
        expect(page.locator("#reading")).to_contain_text(messages.reads("Nano"))
    model.pause(0.0)
    expect(page.locator("#reading dd").nth(1)).to_have_text("Sadness likely.")
    page.context.close()
    server.close()
