"""The face view in a real browser, beside a conversation of plain HTML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from face_page import PHONE, expect, opened, region
from PIL import Image

from emola.files import asset
from emola.ui.shared.i18n import catalogue_json
from emola.ui.shared.message import catalogue


def hover(page: Any, key: str, side: str = "") -> None:
    region(page, key, side).locator(".lead").hover()
    expect(page.locator(f'.face-panel[data-region="{key}"]')).to_be_visible()


def test_hovering_a_region_shows_its_panel_and_another_replaces_it(view: Any) -> None:
    expect(view.locator(".face-hint")).to_be_visible()
    hover(view, "lip_corner", "left")
    panel = view.locator('.face-panel[data-region="lip_corner"]')
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("97 %")
    expect(view.locator(".face-hint")).to_be_hidden()
    hover(view, "inner_brow", "right")
    expect(view.locator(".face-panel:visible h2")).to_have_text("Inner brow")


def test_the_pointer_crosses_other_regions_on_its_way_to_the_panel(view: Any) -> None:
    hover(view, "lips")
    expect(view.locator(".face-panel:visible h2")).to_have_text("Lips")
    # At once, since a slow machine would give the pointer the time to rest.
    crossed = [".region[data-region=chin] .lead", ".region[data-region=jaw] .lead", ".face-panels"]
    view.evaluate(
        """crossed => crossed.forEach((part) => document.querySelector(part).dispatchEvent(
        new PointerEvent("pointerover", { bubbles: true })))""",
        crossed,
    )
    view.wait_for_timeout(250)
    expect(view.locator(".face-panel:visible h2")).to_have_text("Lips")


def test_a_click_on_a_region_asks_about_its_likeliest_unit(view: Any) -> None:
    hover(view, "lip_corner", "right")
    view.mouse.down()
    view.mouse.up()
    expect(view.locator("#told textarea")).to_have_value("asked 12")


def test_a_click_on_a_row_of_the_panel_asks_about_that_unit(view: Any) -> None:
    hover(view, "lips")
    view.locator('.face-panel:visible [data-au="24"]').click()
    expect(view.locator("#told textarea")).to_have_value("asked 24")


def test_the_keyboard_reaches_every_region_and_asks(view: Any) -> None:
    view.locator('.region[tabindex="0"]').focus()
    seen = set()
    for _ in range(2):
        for _ in range(12):
            seen.add(
                view.evaluate(
                    "[document.activeElement.dataset.region, document.activeElement.dataset.side].join()"
                )
            )
            view.keyboard.press("ArrowDown")
        view.keyboard.press("ArrowRight")
    assert len(seen) == 19
    region(view, "lip_corner", "left").focus()
    expect(view.locator(".face-panel:visible h2")).to_have_text("Lip corner")
    view.keyboard.press("ArrowLeft")
    expect(region(view, "lip_corner", "right")).to_be_focused()
    view.keyboard.press("Enter")
    expect(view.locator("#told textarea")).to_have_value("asked 12")
    assert view.locator('.region[tabindex="0"]').count() == 1


def test_another_face_is_selected_by_click_and_by_key(view: Any) -> None:
    view.locator('.face[data-face="1"] text').click()
    expect(view.locator("#told textarea")).to_have_value("selected 1")
    expect(view.locator('.face[data-face="1"]')).to_have_attribute("aria-pressed", "true")
    view.locator('.face[data-face="1"]').focus()
    view.keyboard.press("ArrowLeft")
    view.keyboard.press("Enter")
    expect(view.locator("#told textarea")).to_have_value("selected 0")
    expect(view.locator('.face[data-face="0"]')).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_downloads_show_the_view_without_another_file(view: Any, kind: str, tmp_path: Path) -> None:
    with view.expect_download() as started:
        view.locator(f'[data-save="{kind}"]').click()
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


@pytest.mark.parametrize("view", [PHONE], indirect=True)
def test_nothing_is_wider_than_a_phone(view: Any) -> None:
    hover(view, "lips")
    width = view.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_a_tap_shows_the_panel_and_a_second_one_asks(browser: Any, view_url: str) -> None:
    with opened(browser, view_url, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        spot = region(page, "lip_corner", "left").locator(".lead")
        spot.tap()  # waits until the layout is at rest
        expect(page.locator(".face-panel:visible h2")).to_have_text("Lip corner")
        assert page.locator("#told textarea").input_value() == ""
        spot.tap()
        expect(page.locator("#told textarea")).to_have_value("asked 12")


def test_labels_stay_translated_when_another_face_is_selected(browser: Any, view_url: str) -> None:
    """Guards against English labels: Gradio writes them into the old elements, whose keys stay the same."""
    texts = catalogue("de")
    label = texts["face_label_lip_corner_left"].format(unit="AU12 Lip Corner Puller, 97 %")
    with opened(browser, view_url, locale="de-DE") as page:
        page.route(
            re.compile(r"/i18n/de\.json$"),
            lambda route: route.fulfill(content_type="application/json", body=catalogue_json("de") or b""),
        )
        page.evaluate(f"({asset('i18n.js').read_text('utf-8').strip()})()")
        expect(region(page, "lip_corner", "left")).to_have_attribute("aria-label", label)
        page.locator('.face[data-face="1"] text').click()
        expect(page.locator('.face[data-face="1"]')).to_have_attribute("aria-pressed", "true")
        expect(region(page, "lip_corner", "left")).to_have_attribute("aria-label", label)
        expect(page.locator('.face[data-face="0"]')).to_have_attribute(
            "aria-label", texts["face_number"].format(number=1, total=2)
        )
