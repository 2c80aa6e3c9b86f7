"""A page with the face view beside a conversation of plain HTML."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from itertools import count
from typing import Any

import gradio as gr
import pytest
from mean_face import mean_face
from ui_fakes import drawing

from emola.faba.claims import Claim
from emola.face import AUEstimate, Face
from emola.ui.face_view.component import FaceView, face_view
from emola.ui.shared.chips import with_chips
from emola.ui.shared.theme import style_sheets, theme

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

SIZE = (640, 480)
WIDE, PHONE = {"width": 1000, "height": 900}, {"width": 360, "height": 740}
FACES = [mean_face((60, 80, 280, 340)), mean_face((360, 80, 570, 330))]
SMALL = [mean_face((60, 180, 160, 300)), mean_face((260, 170, 370, 300)), mean_face((460, 180, 560, 300))]
MEASURED = {
    1: AUEstimate(0.2, 0.1, False, 0.1, 0.1),
    12: AUEstimate(0.97, 0.8, True, 0.9, 0.7),
    24: AUEstimate(0.3, 0.1, False, 0.1, 0.1),
    25: AUEstimate(0.6, 0.4, True, None, None),
}
WHOLE = "0 0 640 480"


def picture() -> str:
    buffer = BytesIO()
    drawing(2, SIZE).save(buffer, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"


@contextmanager
def served(faces: Sequence[Face]) -> Iterator[str]:
    """Serve a page with the face view of faces, a conversation, and what the view told the server.

    Its button measures the first face again: its AU12 has 50 %, the next time 51 %, and so on.
    """

    def value(selected: int, measured: dict[int, AUEstimate] = MEASURED) -> str:
        return face_view(picture(), SIZE, faces, selected, measured, "regions")

    def select(event: gr.EventData) -> tuple[str, str]:
        return value(event.face), f"selected {event.face}"

    def ask(event: gr.EventData) -> str:
        return f"asked {event.au}"

    shares = count(50)

    def measure_again() -> str:
        return value(0, {12: AUEstimate(next(shares) / 100, 0.5, True, 0.5, 0.5)})

    with gr.Blocks() as page:
        component = FaceView(value(0), elem_id="face-view")
        gr.HTML("<div class='answers'></div>", elem_id="chat")
        told = gr.Textbox(elem_id="told", label="told")
        gr.Button("Measure again").click(measure_again, None, component)
        component.select(select, None, [component, told])
        component.ask(ask, None, told)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, theme=theme(), css_paths=style_sheets())
    yield address
    page.close(verbose=False)


served_faces = partial(served, FACES)
"""Serves the page of ``FACES``, which several modules share."""


@contextmanager
def opened(browser: Any, url: str, **options: Any) -> Iterator[Any]:
    """Open a page in a new context; the options are Playwright's. Its errors fail the test."""
    options = {"viewport": WIDE, "accept_downloads": True, "reduced_motion": "reduce", **options}
    context = browser.new_context(**options)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: line.type == "error" and "face" in line.text and errors.append(line.text))
    page.goto(url)
    page.wait_for_selector(".face-panels[data-side]")  # its script has run
    page.add_style_tag(
        content="#chat { flex: none; min-height: 160px !important; }"
    )  # here it is not in the column of the chat page
    yield page
    context.close()
    assert errors == []


def region(page: Any, key: str, side: str = "") -> Any:
    return page.locator(f'.region[data-region="{key}"][data-side="{side}"]')


def answer(page: Any, html: str) -> None:
    """Add an answer to the conversation."""
    page.evaluate(
        "html => document.querySelector('#chat .answers').insertAdjacentHTML('beforeend', html)",
        f'<div data-testid="bot">{html}</div>',
    )


def chip(words: str, code: int, present: bool = True) -> str:
    return with_chips(words, [Claim(0, len(words), code, present)])


def lit(page: Any, state: str) -> set[str]:
    return set(page.locator(f".unit.{state}").evaluate_all("units => units.map(unit => unit.dataset.au)"))
