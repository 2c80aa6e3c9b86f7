"""Conversations that are saved, opened again, reloaded and printed, with a fake model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from driving import answers, ask, ask_and_wait, expect, open_page, questions, upload
from ui_fakes import FakeModel, drawing, save

from emola.ui.shared import messages


def save_all(page: Any, folder: Path) -> dict[str, Path]:
    """Save the conversation in all forms; returns the files by their suffix."""
    saved = {}
    for index, suffix in enumerate(("md", "json", "html")):
        with page.expect_download() as download:
            page.locator("#exports a").nth(index).click()
        assert download.value.suggested_filename.endswith(f".{suffix}")
        saved[suffix] = folder / f"saved.{suffix}"
        download.value.save_as(saved[suffix])
    return saved


def test_a_conversation_is_saved_and_opened_again(
    page: Any, browser: Any, url: str, model: FakeModel, tmp_path: Path
) -> None:
    model.say("AU4 and AU12 are active.")
    ask_and_wait(page, "Which action units are active?")
    saved = save_all(page, tmp_path)
    assert "AU12" in saved["md"].read_text("utf-8")
    assert "<svg" in saved["html"].read_text("utf-8")
    assert json.loads(saved["json"].read_text("utf-8"))["format"] == "emola-session"

    other = open_page(browser, url)
    notice = other.locator("#chat-notice")

    def open_saved() -> None:
        with other.expect_file_chooser() as chooser:
            other.click("#import")
        chooser.value.set_files(str(saved["json"]))

    # Before a photo, it is shown; another photo does not continue it, and says so.
    open_saved()
    expect(notice).to_contain_text(messages.session_needs_photo(640, 480))
    expect(answers(other)).to_contain_text("AU4 and AU12 are active.")
    expect(other.locator("#erase")).to_be_visible()
    upload(other, save(drawing(2, (500, 300)), tmp_path, "other.png"))
    expect(notice).to_contain_text(messages.OTHER_PHOTO)
    expect(answers(other)).to_have_count(0)
    other.click("#another")
    upload(other, save(drawing(2), tmp_path))
    expect(notice).to_contain_text(messages.NEW_CONVERSATION)
    open_saved()
    expect(notice).to_contain_text(messages.session_opened(1))
    expect(questions(other)).to_have_text("Which action units are active?")
    ask(other, "And now?")
    expect(answers(other)).to_have_count(2)
    other.context.close()


def test_a_reload_keeps_the_conversation_that_the_panel_lists_until_it_is_erased(page: Any) -> None:
    ask_and_wait(page, "Which action units are active?")
    page.locator('.face-svg .face[data-face="1"]').click()
    expect(answers(page)).to_have_count(0)
    ask_and_wait(page, "And this one?")
    page.reload()
    expect(page.locator("#chat-notice")).to_contain_text(messages.RESTORED)
    expect(questions(page)).to_have_text("And this one?")
    page.locator('.face-svg .face[data-face="0"]').click()
    expect(questions(page)).to_have_text("Which action units are active?")
    page.click("#privacy button")
    expect(page.locator("#privacy table")).to_contain_text(re.compile(r"photo.*KB", re.S))
    page.click("#erase")
    expect(page.locator("#photo-notice")).to_have_text(messages.ERASED)
    expect(page.locator("#privacy table")).to_have_count(0)
    assert page.evaluate("sessionStorage.getItem('emola-visit')") is None
    page.reload()
    expect(page.locator("#photo")).to_be_visible()
    expect(answers(page)).to_have_count(0)


def test_a_reload_during_an_answer_keeps_its_text(
    browser: Any, url: str, model: FakeModel, tmp_path: Path
) -> None:
    """Guards against a question and half an answer that are gone until the next question."""
    page = open_page(browser, url)
    upload(page, save(drawing(2), tmp_path))
    model.pause(0.05)
    model.say("A long answer. " * 20)
    ask(page, "What moves?")
    expect(answers(page)).to_have_text(re.compile("^A long"))
    page.reload()
    expect(page.locator("#chat-notice")).to_contain_text(messages.RESTORED)
    expect(questions(page)).to_have_text("What moves?")
    expect(answers(page)).to_have_text(re.compile(f"^A long.*{messages.STOPPED}"))
    model.pause(0.0)
    model.say("Yes.")
    ask_and_wait(page, "And now?")
    expect(questions(page)).to_have_count(2)
    page.context.close()


def test_the_whole_conversation_is_printed(page: Any, model: FakeModel) -> None:
    """Guards against a print of what fits into the window, in colours for a dark ground."""
    model.say("A long answer. " * 20)
    for number in range(5):
        ask_and_wait(page, f"Question {number}")
    hidden = "document.querySelector('#chat [role=log]')"
    hidden = f"{hidden}.scrollHeight - {hidden}.clientHeight"
    assert page.evaluate(hidden) > 100
    page.click("#theme-toggle")
    page.emulate_media(media="print")
    expect(page.locator("#ask-row")).to_be_hidden()
    expect(page.locator(".face-svg image")).to_be_visible()
    page.wait_for_function(f"{hidden} <= 2")
    below = """() => document.querySelector("#chat").getBoundingClientRect().bottom
        - [...document.querySelectorAll("#chat .made-by")].at(-1).getBoundingClientRect().bottom"""
    assert page.evaluate(below) >= 0
    text = page.locator("#chat .message-content").first
    assert text.evaluate("text => getComputedStyle(text).color") == "rgb(35, 39, 43)"
