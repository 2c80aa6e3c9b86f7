"""The face view in a real browser, beside a conversation of plain HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from face_page import FACES, PHONE, WIDE, expect, opened, region, served
from PIL import Image

from emola.files import asset
from emola.ui.shared.i18n import catalogue_json
from emola.ui.shared.message import catalogue


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served(FACES) as address:
        yield address


@pytest.fixture(params=[WIDE], ids=["wide"])
def page(browser: Any, url: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    with opened(browser, url, viewport=request.param) as page:
        yield page


def hover(page: Any, key: str, side: str = "") -> None:
    box = region(page, key, side).locator(".lead").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


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


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_nothing_is_wider_than_a_phone(page: Any) -> None:
    hover(page, "lips")
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_a_tap_shows_the_panel_and_a_second_one_asks(browser: Any, url: str) -> None:
    with opened(browser, url, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        spot = region(page, "lip_corner", "left").locator(".lead")
        spot.tap()  # waits until the layout is at rest
        expect(page.locator(".face-panel:visible h2")).to_have_text("Lip corner")
        assert page.locator("#told textarea").input_value() == ""
        spot.tap()
        expect(page.locator("#told textarea")).to_have_value("asked 12")


def test_labels_stay_translated_when_another_face_is_selected(browser: Any, url: str) -> None:
    """Guards against English labels: Gradio writes them into the old elements, whose keys stay the same."""
    texts = catalogue("de")
    label = texts["face_label_lip_corner_left"].format(unit="AU12 Lip Corner Puller, 97 %")
    with opened(browser, url, locale="de-DE") as page:
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
