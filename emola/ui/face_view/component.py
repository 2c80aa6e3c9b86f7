"""The face view as a component of Gradio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from emola.face import Face
from emola.face.face_map import region_outlines
from emola.files import asset
from emola.ui.face_view import texts
from emola.ui.face_view.panel import in_words, panels
from emola.ui.face_view.svg import Measured, interactive_svg, zoom_box
from emola.ui.shared.fragments import attribute, text


class FaceView(gr.HTML):  # type: ignore[misc]  # Gradio is untyped
    """A photo with its landmarks and regions; its value is the result of :func:`face_view`.

    Its script does the rest in the browser: styles, zoom, panels, downloads, and lighting up the regions of
    the units that the conversation names, which carry ``data-au``. Two events reach the server, as
    ``gr.EventData``: ``select`` with ``face``, the index of another face, and ``ask`` with ``au``, a code.
    """

    def __init__(self, value: str = "", **options: Any) -> None:
        script = asset("face_view.js").read_text(encoding="utf-8")
        super().__init__(
            value, html_template="${value}", js_on_load=script, apply_default_css=False, **options
        )


def face_view(
    picture: str,
    size: tuple[int, int],
    faces: Sequence[Face],
    selected: int,
    measured: Measured | None,
    style: str = "points",
) -> str:
    """Return the face view of a photo as HTML.

    picture: address of the photo. size: width and height of the photo. faces: in its pixels. measured:
    evidence of the selected face; empty or None without. style: the style to begin with, a key of
    ``texts.STYLES``.
    """
    face = faces[selected]
    drawing = interactive_svg(picture, size, faces, selected, measured or None)
    return (
        f'<div class="face-view" data-style="{style}" data-face="{selected}">'
        f'<div class="face-stage" style="--shape:{size[0] / size[1]:.4f}">{drawing}</div>'
        f"{_tools(face, size, style)}{panels(face, measured or None)}{in_words(face, measured or None)}</div>"
    )


def _tools(face: Face, size: tuple[int, int], style: str) -> str:
    """Return the buttons for the style, the zoom and the downloads."""
    zoom = f'<button type="button" class="zoom" aria-pressed="false">{text(texts.ZOOM)}</button>'
    if zoom_box(face, size)[2] > 0.95 * size[0]:  # the face fills the photo
        zoom = ""
    styles = [name for name in texts.STYLES if name != "regions" or region_outlines(face)]
    choices = "".join(
        f'<button type="button" data-style="{name}" aria-pressed="{str(name == style).lower()}">'
        f"{text(texts.STYLES[name])}</button>"
        for name in styles
    )
    downloads = "".join(
        f'<button type="button" data-save="{kind}" {attribute("aria-label", label)}>{kind.upper()}</button>'
        for kind, label in (("png", texts.SAVE_PNG), ("svg", texts.SAVE_SVG))
    )
    return (
        f'<div class="face-tools"><div class="choices" role="group" {attribute("aria-label", texts.STYLE)}>'
        f"{choices}</div>{zoom}"
        f'<div class="saves">{downloads}</div></div>'
    )
