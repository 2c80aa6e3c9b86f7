"""Inputs for files that open no file of the server and write none."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from gradio.data_classes import FileData, ImageData


class Photo(gr.Image):  # type: ignore[misc]  # Gradio is untyped
    """An image input whose value is the path of the upload, unopened.

    Gradio's own component opens any file of the server that a request names without "meta", and downloads
    addresses. Only :class:`emola.ui.serving.uploads.Uploads` resolves a path here.
    """

    is_template = True  # the browser shows it as gr.Image

    def preprocess(self, payload: ImageData | None) -> str | None:
        """Return the path as it was sent, unchecked."""
        return payload.path if payload is not None else None

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        """Return the path unchanged; nothing is copied or downloaded."""
        return None if url_or_file_path is None else str(url_or_file_path)


class SessionFile(gr.UploadButton):  # type: ignore[misc]  # Gradio is untyped
    """An upload button whose value is the path of the upload, unopened.

    Gradio's own component opens the path that a request names. Only
    :class:`emola.ui.serving.uploads.Uploads` resolves a path here.
    """

    is_template = True  # the browser shows it as gr.UploadButton

    def preprocess(self, payload: FileData | None) -> str | None:
        """Return the path as it was sent, unchecked."""
        return payload.path if payload is not None else None

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        """Return the path unchanged; nothing is copied or downloaded."""
        return None if url_or_file_path is None else str(url_or_file_path)
