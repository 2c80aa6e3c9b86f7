"""Chips in a real browser: wrapping, keys, and the focus while an answer grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driving import answers, ask, open_page, upload, wait_until_answered
from face_page import PHONE, answer, chip, expect, lit
from ui_fakes import FakeModel, drawing, save

from emola.ui.serving.server import PageServer
from emola.ui.shared.model_handle import ModelHandle


def test_the_last_claim_of_a_growing_answer_glows_and_the_others_are_marked(view: Any) -> None:
    answer(view, f"It shows {chip('AU25', 25)}")
    view.wait_for_function("document.querySelector('.unit.lit')")
    assert lit(view, "lit") == {"25"} and lit(view, "said") == {"25"}
    add = (
        """html => document.querySelector("#chat [data-testid=bot]").insertAdjacentHTML("beforeend", html)"""
    )
    view.evaluate(add, chip("AU12", 12) + chip("AU1", 1, present=False))
    view.wait_for_function("document.querySelector('.unit.denied')")
    assert lit(view, "said") == {"12", "25"} and lit(view, "denied") == {"1"} and lit(view, "lit") == {"1"}
    expect(view.locator(".unit.lit")).to_have_count(0, timeout=6000)
    answer(view, "Nothing moves.")
    expect(view.locator(".unit.said")).to_have_count(0)


def test_a_chip_lights_its_region_on_hover_and_focus_and_asks_on_click(view: Any) -> None:
    answer(view, chip("AU12", 12))
    shown = view.locator("#chat .chip")
    shown.hover()
    view.wait_for_function("document.querySelector('.unit.hot')")
    assert lit(view, "hot") == {"12"}
    view.mouse.move(1, 1)
    view.wait_for_function("!document.querySelector('.unit.hot')")
    shown.focus()
    view.wait_for_function("document.querySelector('.unit.hot')")
    shown.click()
    expect(view.locator("#told textarea")).to_have_value("asked 12")


def test_rows_of_the_evidence_are_not_claims(view: Any) -> None:
    answer(view, '<details open><summary>Evidence</summary><p data-au="12">AU12</p></details>')
    view.wait_for_timeout(200)
    assert lit(view, "said") == set()


@pytest.mark.parametrize("view", [PHONE], indirect=True)
def test_a_long_chip_wraps_like_the_text_around_it(view: Any) -> None:
    """Guards against a chip that is a block, as a ``<button>`` is."""
    words = "corners of the mouth are very strongly raised"
    answer(view, f"Here one can see that the {chip(words, 12)} at once.")
    lines, step, right = view.locator("#chat .chip").evaluate(
        """chip => {
        const before = new Range();
        before.selectNode(chip.previousSibling);
        const lines = [...chip.getClientRects()];
        const step = lines[0].bottom - [...before.getClientRects()].at(-1).bottom;
        return [lines.length, step, Math.max(...lines.map((line) => line.right))];
        }"""
    )
    assert lines > 1
    assert abs(step) < 4, "pixels between the bottom of the words before and that of the chip's first line"
    assert right <= PHONE["width"]


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_chip_is_a_button_with_a_name_and_keys(view: Any, key: str) -> None:
    view.add_style_tag(content="html { min-height: 300vh !important; }")
    answer(view, f"The {chip('lip corners are up', 12)}.")
    shown = view.get_by_role("button", name="lip corners are up", exact=True)
    expect(shown).to_have_accessible_description("AU12 Lip Corner Puller")
    shown.focus()
    scrolled = view.evaluate("scrollY")
    view.keyboard.press(key)
    expect(view.locator("#told textarea")).to_have_value("asked 12")
    assert view.evaluate("scrollY") == scrolled


SELECT_AND_RELEASE = """chip => {
    getSelection().selectAllChildren(chip);
    chip.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
}"""
"""What a browser does when the visitor drags the pointer over a chip."""


def test_selecting_words_of_a_chip_asks_nothing(view: Any) -> None:
    answer(view, f"The {chip('lip corners are up', 12)}.")
    shown, told = view.locator("#chat .chip"), view.locator("#told textarea")
    shown.evaluate(SELECT_AND_RELEASE)
    view.wait_for_timeout(300)
    expect(told).to_have_value("")
    view.evaluate("getSelection().removeAllRanges()")
    shown.click()
    expect(told).to_have_value("asked 12")


def rewrite(page: Any, html: str) -> None:
    """Replace the text of the answer, as Gradio does while it grows."""
    page.evaluate("html => { document.querySelector('#chat [data-testid=bot]').innerHTML = html; }", html)


def test_the_focus_stays_on_its_chip_while_the_answer_grows(view: Any) -> None:
    first, second = chip("AU25", 25), chip("AU12", 12)
    shown = view.locator("#chat .chip").nth(1)
    answer(view, f"{first} and {second}")
    shown.focus()
    for words in (" are", " are active."):
        rewrite(view, f"{first} and {second}{words}")
        expect(shown).to_be_focused()
    view.keyboard.press("Enter")
    expect(view.locator("#told textarea")).to_have_value("asked 12")


def test_a_chip_takes_the_focus_from_nothing_else(view: Any) -> None:
    """Guards against a question whose typing is interrupted by the answer before it."""
    other = view.locator(".face-tools button").first
    answer(view, chip("AU12", 12))
    view.locator("#chat .chip").focus()
    other.focus()
    rewrite(view, f"{chip('AU12', 12)} is")
    view.wait_for_timeout(200)
    expect(other).to_be_focused()


def test_a_chip_that_the_visitor_left_does_not_take_the_focus_back(view: Any) -> None:
    answer(view, chip("AU12", 12))
    view.locator("#chat .chip").focus()
    view.mouse.click(2, 2)
    expect(view.locator("#chat .chip")).not_to_be_focused()
    rewrite(view, f"{chip('AU12', 12)} is")
    view.wait_for_timeout(200)
    assert view.evaluate("document.activeElement === document.body")


def test_the_focus_stays_on_a_chip_until_a_streamed_answer_is_complete(browser: Any, tmp_path: Path) -> None:
    text = "AU12 is active. " + "Nothing else can be seen here. " * 4
    server = PageServer(ModelHandle.of(FakeModel(pause=0.03, answers=(text,))), {})
    page = open_page(browser, server.launch(quiet=True))
    upload(page, save(drawing(1), tmp_path))
    ask(page, "Which action units are active?")
    shown = answers(page).locator(".chip").first
    expect(shown).to_be_visible()
    shown.focus()
    expect(answers(page)).to_contain_text("here. Nothing")
    expect(shown).to_be_focused()
    expect(page.locator("#chat .made-by")).to_have_count(1)
    wait_until_answered(page)
    expect(shown).to_be_focused()
    page.context.close()
    server.close()
