"""The zoom of the face view in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from face_page import SMALL, WHOLE, expect, opened, served


@pytest.fixture(scope="module")
def one_url() -> Iterator[str]:
    with served(SMALL[:1]) as address:
        yield address


@pytest.fixture(scope="module")
def three_url() -> Iterator[str]:
    with served(SMALL) as address:
        yield address


def expect_zoom(page: Any, *, on: bool) -> None:
    """Expect the view of the selected face, or the whole photo; the button says which."""
    svg = page.locator(".face-svg")
    expect(page.locator(".zoom")).to_have_attribute("aria-pressed", str(on).lower())
    expect(svg).to_have_attribute("viewBox", svg.get_attribute("data-zoom") if on else WHOLE)


def expect_selected(page: Any, face: int) -> None:
    expect(page.locator(f'.face[data-face="{face}"]')).to_have_attribute("aria-pressed", "true")


def measure_again(page: Any, share: str) -> None:
    """Let the server send a new value for the same face, and wait until it is shown."""
    page.get_by_role("button", name="Measure again").click()
    corner = page.locator('.region[data-region="lip_corner"][data-side="left"]')
    expect(corner).to_have_attribute("aria-label", re.compile(share))


def test_a_small_face_begins_zoomed_until_the_visitor_zooms_out(browser: Any, one_url: str) -> None:
    with opened(browser, one_url) as page:
        expect_zoom(page, on=True)
        measure_again(page, "50 %")
        expect_zoom(page, on=True)
        page.locator(".zoom").click()
        expect_zoom(page, on=False)
        measure_again(page, "51 %")
        expect_zoom(page, on=False)


def test_several_small_faces_begin_in_the_whole_photo(browser: Any, three_url: str) -> None:
    """Guards against faces that cannot be chosen because the view shows one alone."""
    with opened(browser, three_url) as page:
        expect_zoom(page, on=False)
        page.locator('.face[data-face="2"] text').click()
        expect_selected(page, 2)
        expect_zoom(page, on=True)
        page.locator('.face[data-face="2"]').focus()
        page.keyboard.press("ArrowLeft")
        expect(page.locator('.face[data-face="1"]')).to_be_focused()
        expect_zoom(page, on=False)
        page.keyboard.press("Enter")
        expect_selected(page, 1)
        expect_zoom(page, on=True)
        page.keyboard.press("Escape")
        expect_zoom(page, on=False)
        page.locator('.face[data-face="0"] text').click()
        expect_selected(page, 0)
        expect_zoom(page, on=False)


def test_escape_stops_an_answer_before_it_zooms_out(browser: Any, one_url: str) -> None:
    """Guards against an answer that goes on because the face view takes the key."""
    with opened(browser, one_url) as page:
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<button id=stop>Stop</button>')")
        page.locator('.region[tabindex="0"]').focus()
        page.keyboard.press("Escape")
        expect_zoom(page, on=True)
        page.evaluate("document.getElementById('stop').hidden = true")
        page.keyboard.press("Escape")
        expect_zoom(page, on=False)


def test_the_style_and_the_zoom_survive_another_face(browser: Any, view_url: str) -> None:
    with opened(browser, view_url) as page:
        page.get_by_role("button", name="Mesh").click()
        page.get_by_role("button", name="Zoom to the face").click()
        expect(page.locator(".layer.mesh")).to_be_visible()
        expect(page.locator(".layer.points")).to_be_hidden()
        view = page.locator(".face-svg").get_attribute("viewBox")
        assert view != WHOLE
        page.locator(".face-view").evaluate("view => view.querySelector('.face[data-face=\"1\"]').focus()")
        page.keyboard.press("Enter")
        expect(page.locator('.face[data-face="1"]')).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".face-view")).to_have_attribute("data-style", "mesh")
        expect(page.locator(".face-svg")).not_to_have_attribute("viewBox", re.compile(f"^{WHOLE}$|^{view}$"))
        page.get_by_role("button", name="Zoom to the face").click()
        expect(page.locator(".face-svg")).to_have_attribute("viewBox", WHOLE)
