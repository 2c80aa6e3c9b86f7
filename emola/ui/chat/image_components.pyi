"""The picture components. A file of their own, because Gradio writes a stub beside a component's module."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from gradio.data_classes import ImageData

class Photo(gr.Image):
    """An image input that hands over the path that stands for the uploaded file, and opens nothing.

    Gradio's own would open any file of the server that a request names without "meta", and download what
    stands behind an address. Only :class:`emola.ui.uploads.Uploads` knows what is behind a path.
    """

    is_template = True  # the browser shows it as gr.Image

    def preprocess(self, payload: ImageData | None) -> str | None:
        """The path as it was sent, whatever it is."""
        return payload.path if payload is not None else None

    async def async_move_resource_to_block_cache(self, url_or_file_path: str | Path | None) -> str | None:
        """The path as it is: nothing is copied or downloaded."""
        return None if url_or_file_path is None else str(url_or_file_path)
    from collections.abc import Callable, Sequence
    from typing import TYPE_CHECKING, Any, Literal

    from gradio.blocks import Block

    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component

class ServedPicture(gr.Image):
    """A picture that the browser fetches from an address of this server, so that no file is written."""

    is_template = True

    def postprocess(self, value: object) -> ImageData | None:
        """The address as the picture's."""
        return ImageData(url=str(value)) if value is not None else None
    from collections.abc import Callable, Sequence
    from typing import TYPE_CHECKING, Any, Literal

    from gradio.blocks import Block

    if TYPE_CHECKING:
        from gradio.components import Timer
        from gradio.components.base import Component
