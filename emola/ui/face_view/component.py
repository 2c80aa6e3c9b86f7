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

SCRIPTS = ("face_claims.js", "face_saves.js", "face_view.js")
"""The parts of the component's script, in order. They are one function; the last part starts it."""

FILLING = 0.95
"""Share of the photo that the zoomed view of a face must exceed for the zoom to be of no use."""

SMALL = 0.5
"""Share of the photo that the zoomed view of a face takes up at most for the face to begin zoomed.

The zoom then at least doubles the face, which is up to 40 % as high as the photo. In a view 375 pixels high
these are 150 pixels, too few to point at a lid or a brow. The faces of webcams and passports are larger and
begin in the whole photo.
"""


class FaceView(gr.HTML):  # type: ignore[misc]  # Gradio is untyped
    """A photo with its landmarks and regions; its value is the result of :func:`face_view`.

    Its script does the rest in the browser: styles, zoom, panels, downloads, and lighting up the regions of
    the units that the conversation names, which carry ``data-au``. Two events reach the server, as
    ``gr.EventData``: ``select`` with ``face``, the index of another face, and ``ask`` with ``au``, a code.
    """

    def __init__(self, value: str = "", **options: Any) -> None:
        script = "\n".join(asset(name).read_text(encoding="utf-8") for name in SCRIPTS)
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
        f"{choices}</div>{_zoom_button(face, size)}"
        f'<div class="saves">{downloads}</div></div>'
    )


def _zoom_button(face: Face, size: tuple[int, int]) -> str:
    """Return the button that zooms to a face; empty for a face that fills the photo.

    ``data-small`` tells the script that the face begins zoomed.
    """
    share = float(zoom_box(face, size)[2]) / size[0]
    if share > FILLING:
        return ""
    small = " data-small" if share <= SMALL else ""
    return f'<button type="button" class="zoom"{small} aria-pressed="false">{text(texts.ZOOM)}</button>'
