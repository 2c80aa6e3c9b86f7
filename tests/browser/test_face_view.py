"""The face view in a real browser, beside a conversation of plain HTML."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from mean_face import mean_face
from PIL import Image
from ui_fakes import drawing

from emola.face import AUEstimate
from emola.ui.face_view.component import FaceView, face_view
from emola.ui.shared.theme import style_sheets, theme

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect


SIZE = (640, 480)
FACES = [mean_face((60, 80, 280, 340)), mean_face((360, 80, 570, 330))]
MEASURED = {
    1: AUEstimate(0.2, 0.1, False, 0.1, 0.1),
    12: AUEstimate(0.97, 0.8, True, 0.9, 0.7),
    24: AUEstimate(0.3, 0.1, False, 0.1, 0.1),
    25: AUEstimate(0.6, 0.4, True, None, None),
}


def picture() -> str:
    buffer = BytesIO()
    drawing(2, SIZE).save(buffer, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def value(selected: int) -> str:
    return face_view(picture(), SIZE, FACES, selected, MEASURED, "regions")


def select(event: gr.EventData) -> tuple[str, str]:
    return value(event.face), f"selected {event.face}"


def ask(event: gr.EventData) -> str:
    return f"asked {event.au}"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with gr.Blocks() as page:
        component = FaceView(value(0), elem_id="face-view")
        gr.HTML("<div class='answers'></div>", elem_id="chat")
        told = gr.Textbox(elem_id="told", label="told")
        component.select(select, None, [component, told])
        component.ask(ask, None, told)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, theme=theme(), css_paths=style_sheets())
    yield address
    page.close(verbose=False)


@pytest.fixture(params=[{"width": 1000, "height": 900}], ids=["wide"])
def page(browser: Any, url: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A new page; its errors fail the test."""
    context = browser.new_context(viewport=request.param, accept_downloads=True, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: line.type == "error" and "face" in line.text and errors.append(line.text))
    page.goto(url)
    page.wait_for_function("document.querySelector('.face-view button[aria-pressed=true]')")
    page.add_style_tag(
        content="#chat { flex: none; min-height: 160px !important; }"
    )  # here it is not in the column of the chat page
    yield page
    context.close()
    assert errors == []


def region(page: Any, key: str, side: str = "") -> Any:
    return page.locator(f'.region[data-region="{key}"][data-side="{side}"]')


def hover(page: Any, key: str, side: str = "") -> None:
    box = region(page, key, side).locator(".lead").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def answer(page: Any, html: str) -> None:
    """Add an answer to the conversation."""
    page.evaluate(
        "html => document.querySelector('#chat .answers').insertAdjacentHTML('beforeend', html)",
        f'<div data-testid="bot">{html}</div>',
    )


def lit(page: Any, state: str) -> set[str]:
    return set(page.locator(f".unit.{state}").evaluate_all("units => units.map(unit => unit.dataset.au)"))


def test_hovering_a_region_shows_its_panel_and_another_replaces_it(page: Any) -> None:
    expect(page.locator(".face-hint")).to_be_visible()
    hover(page, "lip_corner", "left")
    panel = page.locator('.face-panel[data-region="lip_corner"]')
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("97 %")
    expect(page.locator(".face-hint")).to_be_hidden()
    hover(page, "inner_brow", "right")
    expect(page.locator(".face-panel:visible h2")).to_have_text("Inner brow")


def test_the_pointer_crosses_other_regions_on_its_way_to_the_panel(page: Any) -> None:
    hover(page, "lips")
    expect(page.locator(".face-panel:visible h2")).to_have_text("Lips")
    # At once, since a slow machine would give the pointer the time to rest.
    crossed = [".region[data-region=chin] .lead", ".region[data-region=jaw] .lead", ".face-panels"]
    page.evaluate(
        """crossed => crossed.forEach((part) => document.querySelector(part).dispatchEvent(
        new PointerEvent("pointerover", { bubbles: true })))""",
        crossed,
    )
    page.wait_for_timeout(250)
    expect(page.locator(".face-panel:visible h2")).to_have_text("Lips")


def test_a_click_on_a_region_asks_about_its_likeliest_unit(page: Any) -> None:
    hover(page, "lip_corner", "right")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#told textarea")).to_have_value("asked 12")


def test_a_click_on_a_row_of_the_panel_asks_about_that_unit(page: Any) -> None:
    hover(page, "lips")
    page.locator('.face-panel:visible [data-au="24"]').click()
    expect(page.locator("#told textarea")).to_have_value("asked 24")


def test_the_keyboard_reaches_every_region_and_asks(page: Any) -> None:
    page.locator('.region[tabindex="0"]').focus()
    seen = set()
    for _ in range(2):
        for _ in range(12):
            seen.add(
                page.evaluate(
                    "[document.activeElement.dataset.region, document.activeElement.dataset.side].join()"
                )
            )
            page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
    assert len(seen) == 19
    region(page, "lip_corner", "left").focus()
    expect(page.locator(".face-panel:visible h2")).to_have_text("Lip corner")
    page.keyboard.press("ArrowLeft")
    expect(region(page, "lip_corner", "right")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#told textarea")).to_have_value("asked 12")
    assert page.locator('.region[tabindex="0"]').count() == 1


def test_another_face_is_selected_by_click_and_by_key(page: Any) -> None:
    page.locator('.face[data-face="1"] text').click()
    expect(page.locator("#told textarea")).to_have_value("selected 1")
    expect(page.locator('.face[data-face="1"]')).to_have_attribute("aria-pressed", "true")
    page.locator('.face[data-face="1"]').focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#told textarea")).to_have_value("selected 0")
    expect(page.locator('.face[data-face="0"]')).to_have_attribute("aria-pressed", "true")


def test_the_style_and_the_zoom_survive_another_face(page: Any) -> None:
    page.get_by_role("button", name="Mesh").click()
    page.get_by_role("button", name="Zoom to the face").click()
    expect(page.locator(".layer.mesh")).to_be_visible()
    expect(page.locator(".layer.points")).to_be_hidden()
    view = page.locator(".face-svg").get_attribute("viewBox")
    assert view != "0 0 640 480"
    page.locator(".face-view").evaluate("view => view.querySelector('.face[data-face=\"1\"]').focus()")
    page.keyboard.press("Enter")
    expect(page.locator('.face[data-face="1"]')).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".face-view")).to_have_attribute("data-style", "mesh")
    expect(page.locator(".face-svg")).not_to_have_attribute(
        "viewBox", re.compile("^0 0 640 480$|^" + view + "$")
    )
    page.get_by_role("button", name="Zoom to the face").click()
    expect(page.locator(".face-svg")).to_have_attribute("viewBox", "0 0 640 480")


def test_the_last_claim_of_a_growing_answer_glows_and_the_others_are_marked(page: Any) -> None:
    answer(page, 'It shows <button class="said" data-au="25">AU25</button>')
    page.wait_for_function("document.querySelector('.unit.lit')")
    assert lit(page, "lit") == {"25"} and lit(page, "said") == {"25"}
    add = (
        """html => document.querySelector("#chat [data-testid=bot]").insertAdjacentHTML("beforeend", html)"""
    )
    page.evaluate(
        add, '<button class="said" data-au="12">AU12</button><span class="denied" data-au="1">no AU1</span>'
    )
    page.wait_for_function("document.querySelector('.unit.denied')")
    assert lit(page, "said") == {"12", "25"} and lit(page, "denied") == {"1"} and lit(page, "lit") == {"1"}
    expect(page.locator(".unit.lit")).to_have_count(0, timeout=6000)
    answer(page, "Nothing moves.")
    expect(page.locator(".unit.said")).to_have_count(0)


def test_a_chip_lights_its_region_on_hover_and_focus_and_asks_on_click(page: Any) -> None:
    answer(page, '<button class="said" data-au="12">AU12</button>')
    chip = page.locator("#chat [data-au]")
    chip.hover()
    page.wait_for_function("document.querySelector('.unit.hot')")
    assert lit(page, "hot") == {"12"}
    page.mouse.move(1, 1)
    page.wait_for_function("!document.querySelector('.unit.hot')")
    chip.focus()
    page.wait_for_function("document.querySelector('.unit.hot')")
    chip.click()
    expect(page.locator("#told textarea")).to_have_value("asked 12")


def test_rows_of_the_evidence_are_not_claims(page: Any) -> None:
    answer(page, '<details open><summary>Evidence</summary><p data-au="12">AU12</p></details>')
    page.wait_for_timeout(200)
    assert lit(page, "said") == set()


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_downloads_show_the_view_without_another_file(page: Any, kind: str, tmp_path: Path) -> None:
    with page.expect_download() as started:
        page.locator(f'[data-save="{kind}"]').click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert file.name == f"face-view.{kind}"
    if kind == "png":
        with Image.open(file) as image:
            assert image.size == (900, 675)
            colours = image.convert("RGB").getcolors(1 << 20)
        assert len(colours) > 100
    else:
        text = file.read_text("utf-8")
        assert "data:image/jpeg" in text and "http" not in text.replace("http://www.w3.org", "")
        assert "tabindex" not in text and 'class="layer points"' not in text


@pytest.mark.parametrize("page", [{"width": 360, "height": 740}], indirect=True)
def test_nothing_is_wider_than_a_phone(page: Any) -> None:
    hover(page, "lips")
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_a_tap_shows_the_panel_and_a_second_one_asks(browser: Any, url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    page.goto(url)
    page.wait_for_function("document.querySelector('.face-view button[aria-pressed=true]')")
    target = region(page, "lip_corner", "left").locator(".lead")
    box = target.bounding_box()
    spot = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.touchscreen.tap(*spot)
    expect(page.locator(".face-panel:visible h2")).to_have_text("Lip corner")
    assert page.locator("#told textarea").input_value() == ""
    page.touchscreen.tap(*spot)
    expect(page.locator("#told textarea")).to_have_value("asked 12")
    context.close()
