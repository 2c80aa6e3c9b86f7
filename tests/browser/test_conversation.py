"""The conversation and the face view together, with a fake model."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import answers, ask, ask_and_wait, expect, open_page, questions, upload, wait_until_answered
from ui_fakes import FakeModel, drawing, save

from emola.faba.prompts import follow_up
from emola.ui.serving.server import PageServer
from emola.ui.shared import failures, law, messages
from emola.ui.shared.model_handle import ModelHandle

HOSTILE = [
    "1. why",
    "+ x",
    "---",
    "# title",
    "<img src=x onerror=alert(1)>",
    "a\n1. b",
    "&lt;b&gt; **c** `d`",
]


@pytest.fixture
def page(browser: Any, url: str, tmp_path: Path) -> Iterator[Any]:
    """A page with a photo of two faces; errors of its scripts fail the test."""
    page = open_page(browser, url)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    upload(page, save(drawing(2), tmp_path))
    yield page
    page.context.close()
    assert errors == []


def test_claims_become_chips_that_light_up_and_ask(page: Any, model: FakeModel) -> None:
    model.say("AU4 is not active. AU12 is active here, and that is all that moves in this face today.")
    model.pause(0.03)
    ask(page, "Which action units are active?")
    expect(page.locator(".face-svg .unit.lit[data-au='12']").first).to_be_attached()
    wait_until_answered(page)
    expect(answers(page).locator(".chip.denied")).to_have_text("AU4")
    chip = answers(page).locator(".chip.said")
    expect(chip).to_have_attribute("data-au", "12")
    expect(page.locator(".face-svg .unit.denied[data-au='4']").first).to_be_attached()
    chip.hover()
    expect(page.locator(".face-svg .unit.hot[data-au='12']").first).to_be_attached()
    model.say("Yes.")
    chip.click()
    expect(questions(page).nth(1)).to_have_text(follow_up(12))


def test_the_face_view_is_saved_and_a_region_asks_about_its_first_unit(page: Any) -> None:
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<svg")):
        with page.expect_download() as download:
            page.click(f'[data-save="{kind}"]')
        data = Path(download.value.path()).read_bytes()
        assert data.startswith(start) and len(data) > 10_000, kind
    page.click('.choices [data-style="regions"]')
    region = page.locator('.region[data-region="lip_corner"][data-side="left"]')
    region.hover()
    panel = page.locator(".face-panel:visible")
    expect(panel).to_contain_text("AU12")
    expect(panel).to_contain_text("97 %")
    region.focus()
    page.keyboard.press("Enter")
    expect(questions(page)).to_have_text(follow_up(12))


def test_text_stays_text(page: Any, model: FakeModel) -> None:
    """Guards against lists, rules and elements made of what was typed or answered."""
    model.say(*HOSTILE)
    for number, text in enumerate(HOSTILE):
        ask_and_wait(page, text)
        assert questions(page).nth(number).inner_text().strip() == text
        assert answers(page).nth(number).inner_text().startswith(text)
        assert page.locator("#chat").locator("ol, ul, hr, h1, img, strong, code").count() == 0, text


def test_the_settings_reach_the_answer(page: Any, model: FakeModel) -> None:
    page.click("#settings button")
    page.fill("#seed input, #seed textarea", "7")
    page.locator("#prior input").uncheck()
    page.get_by_role("spinbutton").first.fill("0.5")
    page.keyboard.press("Tab")
    ask_and_wait(page, "Which action units are active?")
    expect(answers(page).locator(".made-by")).to_contain_text("seed 7")
    expect(answers(page).locator(".made-by")).to_contain_text("temperature 0.5")


def test_an_answer_has_its_evidence_and_is_saved_and_opened_again(
    page: Any, browser: Any, url: str, model: FakeModel, tmp_path: Path
) -> None:
    model.say("AU4 and AU12 are active.")
    ask_and_wait(page, "Which action units are active?")
    rows = answers(page).locator(".evidence tr[data-au]")
    expect(rows.first).to_be_hidden()
    answers(page).locator(".evidence summary").click()
    expect(rows.nth(0)).to_have_class("disagree")
    expect(rows.nth(0)).to_have_attribute("data-au", "4")
    expect(rows.nth(1)).to_have_class("agree")
    expect(page.locator("#offers button:visible").first).to_contain_text("AU4")

    saved = {}
    for index, suffix in enumerate(("md", "json", "html")):
        with page.expect_download() as download:
            page.locator("#exports a").nth(index).click()
        assert download.value.suggested_filename.endswith(f".{suffix}")
        saved[suffix] = tmp_path / f"saved.{suffix}"
        download.value.save_as(saved[suffix])
    assert "AU12" in saved["md"].read_text("utf-8")
    assert "<svg" in saved["html"].read_text("utf-8")
    assert json.loads(saved["json"].read_text("utf-8"))["format"] == "emola-session"

    other = open_page(browser, url)
    with other.expect_file_chooser() as chooser:
        other.click("#import")
    chooser.value.set_files(str(saved["json"]))
    expect(other.locator("#chat-notice")).to_contain_text(messages.session_needs_photo(640, 480))
    expect(answers(other)).to_contain_text("AU4 and AU12 are active.")
    upload(other, save(drawing(2), tmp_path))
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


def test_movement_only_withholds_what_is_shown(page: Any, model: FakeModel) -> None:
    model.say("The face looks happy: AU12 is active.")
    ask_and_wait(page, "What is it?")
    expect(answers(page)).to_contain_text("happy")
    page.locator("#movement-only input").check()
    expect(answers(page).locator(".masked")).to_have_count(1)
    expect(answers(page)).not_to_contain_text("happy")
    expect(page.locator("#banner")).to_contain_text(law.MOVEMENT_ONLY)
    ask(page, "Which emotion is it?")
    expect(page.locator("#chat-notice")).to_have_text(law.EMOTION_REFUSED)
    expect(page.locator("#question textarea")).to_have_value("Which emotion is it?")


def test_the_flag_leaves_no_other_mode(browser: Any, tmp_path: Path) -> None:
    server = PageServer(
        ModelHandle.of(FakeModel(answers=("Happy. AU12 is active.",))), {}, movement_only=True
    )
    page = open_page(browser, server.launch(quiet=True))
    upload(page, save(drawing(1), tmp_path))
    expect(page.locator("#banner")).to_contain_text(law.MOVEMENT_ONLY_FIXED)
    expect(page.locator("#movement-only")).to_have_count(0)
    ask_and_wait(page, "What moves?")
    expect(answers(page)).to_contain_text("AU12")
    assert "appy" not in page.locator("body").inner_text()
    page.context.close()
    server.close()


def test_a_lost_connection_loses_no_text(browser: Any, tmp_path: Path) -> None:
    """Guards against a page that waits forever, and a lost question."""
    model = FakeModel(pause=0.1, answers=("A long answer. " * 100,))
    server = PageServer(ModelHandle.of(model), {})
    page = open_page(browser, server.launch(quiet=True))
    upload(page, save(drawing(1), tmp_path))
    ask(page, "What moves?")
    expect(answers(page)).to_have_text(re.compile("^A"))
    page.fill("#question textarea", "a draft")
    page.context.set_offline(True)
    expect(page.get_by_text(failures.CONNECTION_LOST)).to_be_visible()
    expect(answers(page)).to_have_text(re.compile("^A"))
    expect(page.locator("#question textarea")).to_have_value("a draft")
    page.context.set_offline(False)
    expect(page.locator("#reload")).to_be_visible()
    page.click("#reload")
    expect(page.locator("#question textarea")).to_have_value("a draft")
    page.context.close()
    server.close()


def test_a_browser_in_german_sees_german(browser: Any, url: str) -> None:
    page = open_page(browser, url, locale="de-DE")
    expect(page.locator("#send")).to_have_text("Senden")
    expect(page.locator("#consent h2")).not_to_have_text("Before your first photo")
    page.context.close()
