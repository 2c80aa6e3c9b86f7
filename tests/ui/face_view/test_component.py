"""The face view as a component."""

from __future__ import annotations

from html.parser import HTMLParser

import gradio as gr
import pytest
from mean_face import mean_face

from emola.face import AUEstimate, Face
from emola.ui.face_view.component import FaceView, face_view

MEASURED = {12: AUEstimate(0.97, 0.8, True, 0.9, 0.7)}
VOID = {"input", "br", "img", "meta", "link"}


class Balanced(HTMLParser):
    """Checks that every element is closed, and collects ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def view(face: Face | None = None, style: str = "points", **options: object) -> str:
    measured = options.get("measured", MEASURED)
    return face_view("visit/t/photo", (640, 480), [face or mean_face()], 0, measured, style)  # type: ignore[arg-type]


@pytest.mark.parametrize("measured", [MEASURED, {}, None])
def test_the_html_is_balanced_and_its_ids_are_unique(measured: object) -> None:
    parser = Balanced()
    parser.feed(view(measured=measured))
    assert parser.open == [] and len(parser.ids) == len(set(parser.ids))


def test_empty_evidence_is_no_evidence() -> None:
    assert view(measured={}) == view(measured=None)


def test_the_style_to_begin_with_is_pressed() -> None:
    html = view(style="mesh")
    assert '<div class="face-view" data-style="mesh"' in html
    assert 'data-style="mesh" aria-pressed="true"' in html and html.count('aria-pressed="true"') == 1


def test_a_face_without_regions_does_not_offer_them() -> None:
    assert 'data-style="regions"' in view()
    assert 'data-style="regions"' not in view(Face.whole(mean_face().crop))


def test_a_face_that_fills_the_photo_cannot_be_zoomed() -> None:
    assert 'class="zoom"' in view(mean_face((100, 50, 340, 330)))
    assert 'class="zoom"' not in view(mean_face((10, 10, 630, 470)))


@pytest.mark.parametrize(
    ("box", "small"),
    [((300, 120, 400, 240), True), ((300, 120, 380, 311), True), ((300, 120, 380, 313), False)],
)
def test_a_small_face_begins_zoomed(box: tuple[int, ...], small: bool) -> None:
    """The photo is 480 pixels high; a face of up to 192 is small."""
    assert (" data-small " in view(mean_face(box))) is small


def test_a_small_face_is_small_in_both_directions() -> None:
    """Guards against a zoom that cuts off the sides of a wide face."""
    assert " data-small " not in view(mean_face((100, 200, 360, 300)))


def test_the_component_has_its_events_and_script() -> None:
    with gr.Blocks() as page:
        component = FaceView(elem_id="face-view")
        component.select(lambda: None)
        component.ask(lambda: None)
    (config,) = (part for part in page.config["components"] if part["type"] == "html")
    assert config["props"]["html_template"] == "${value}"
    script = config["props"]["js_on_load"]
    assert 'trigger("ask"' in script and script.rstrip().endswith("refresh();")
    targets = [target[1] for dependency in page.config["dependencies"] for target in dependency["targets"]]
    assert targets == ["select", "ask"]
