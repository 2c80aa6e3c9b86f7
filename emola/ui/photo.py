"""The photo input. A file of its own, because Gradio writes a stub beside a component's module."""

from __future__ import annotations

import gradio as gr
from gradio.data_classes import ImageData


class Photo(gr.Image):
    """An image input that hands over the uploaded file as it is.

    Gradio's own opens it first and fails, before our code runs, on what is no picture; we want to say why.
    """

    is_template = True  # the browser shows it as gr.Image

    def preprocess(self, payload: ImageData | None) -> str | None:
        """The path of the uploaded file, which Gradio has checked to be an upload."""
        return payload.path if payload is not None else None
