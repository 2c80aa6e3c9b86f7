"""What the page does with photos: each event of a component, and what it changes.

Handlers return what changes as ``{component: update}``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from emola.errors import EmolaError
from emola.face import load_image
from emola.ui import messages
from emola.ui.chat.chat_panel import Changes, ChatPanel, nothing, told
from emola.ui.chat.layout import Components
from emola.ui.chat.visit import AffectModel, Visit
from emola.ui.chat.visit_store import VisitStore
from emola.ui.uploads import Uploads

log = logging.getLogger(__name__)


class PhotoEvents:
    """The handlers of the photo side of a page, over the model and the visitors kept on the server."""

    def __init__(
        self,
        model: AffectModel,
        visitors: VisitStore,
        uploads: Uploads,
        parts: Components,
        examples: Mapping[str, Path],
    ) -> None:
        self._model = model
        self._visitors = visitors
        self._uploads = uploads
        self._side = ChatPanel(parts, model)
        self._parts = parts
        self._examples = list(examples.values())

    def welcome(self) -> Changes:
        """A page was opened: say what this machine lacks, if it lacks something that faces need."""
        return {self._parts.photo_notice: messages.notice(self._model.prior.missing or "", "error")}

    def look(self, path: str | None, key: str | None, style: str) -> Changes:
        """A photo was uploaded: find its faces and begin a new conversation; or say why not."""
        if path is None:
            return nothing(self._parts)
        return self._look(lambda: load_image(self._uploads.take(path)), key, style)

    def look_at_example(self, index: int, key: str | None, style: str) -> Changes:
        """One of the example photos was chosen."""
        if not isinstance(index, int) or index not in range(len(self._examples)):
            return nothing(self._parts)
        return self._look(lambda: load_image(self._examples[index]), key, style)

    def _look(self, read: Callable[[], Image.Image], key: str | None, style: str) -> Changes:
        at = self._parts
        try:
            visitor = Visit(self._model, read())
            seen = messages.seen(visitor.face, visitor.crop_address(), visitor.measured())
        except EmolaError as error:
            return {at.photo: None, at.photo_notice: messages.notice(str(error), "error")}
        except Exception:
            log.exception("looking at a photo failed")
            return {at.photo: None, at.photo_notice: messages.notice(messages.DEFECT, "error")}
        again = key is not None
        count = len(visitor.faces)
        return {
            at.visitor: self._visitors.welcome(visitor, key),
            at.photo: gr.update(value=None, visible=False),
            at.gallery: gr.update(visible=False),
            at.keep: gr.update(visible=False),
            at.overlay: self._picture(visitor, style, visible=True),
            **_visible((at.style, at.another, at.erase), True),
            at.picker: gr.update(
                choices=[(f"{number}", number - 1) for number in range(1, count + 1)],
                value=0,
                visible=count > 1,
            ),
            at.seen: gr.update(value=seen, visible=True),
            at.photo_notice: messages.notice(messages.found(count)),
            **self._side.rest(visitor, messages.notice(messages.NEW_CONVERSATION) if again else ""),
            at.chat: gr.update(value=[], placeholder=messages.BEFORE_QUESTION),
            at.question: "",
        }

    def erase(self, key: str | None) -> Changes:
        """Delete the photo and the conversation from the server and the page."""
        at = self._parts
        self._visitors.dismiss(key)
        hidden = (at.style, at.another, at.picker, at.keep, at.erase)
        return {
            **_visible(hidden, False),
            at.visitor: None,
            at.overlay: gr.update(value=None, visible=False),
            at.seen: gr.update(value="", visible=False),
            at.photo: gr.update(value=None, visible=True),
            at.gallery: gr.update(visible=True),
            at.photo_notice: messages.notice(messages.ERASED),
            **self._side.empty(),
            at.question: "",
        }

    def another(self) -> Changes:
        """Offer the ways to bring a photo again; the conversation stays until one is there."""
        at = self._parts
        hidden = (at.overlay, at.style, at.another, at.picker, at.seen)
        shown = (at.photo, at.gallery, at.keep)
        return {**_visible(hidden, False), **_visible(shown, True), at.photo_notice: ""}

    def keep(self, key: str | None) -> Changes:
        """Back to the photo there was."""
        at = self._parts

        def back(visitor: Visit) -> Changes:
            hidden = (at.photo, at.gallery, at.keep)
            shown = (at.overlay, at.style, at.another, at.seen)
            picker = gr.update(visible=len(visitor.faces) > 1)
            return {
                **_visible(hidden, False),
                **_visible(shown, True),
                at.picker: picker,
                at.photo_notice: "",
            }

        return told(self._visitors, key, at.photo_notice, back)

    def restyle(self, style: str, key: str | None) -> Changes:
        """Draw the landmarks in another style."""
        at = self._parts
        return told(
            self._visitors, key, at.photo_notice, lambda visitor: {at.overlay: self._picture(visitor, style)}
        )

    def pick(self, index: int, key: str | None, style: str) -> Changes:
        """Turn to another face of the photo, by its number."""
        return told(
            self._visitors,
            key,
            self._parts.photo_notice,
            lambda visitor: self._turn_to(visitor, index, style),
        )

    def pick_by_click(self, key: str | None, style: str, click: gr.SelectData) -> Changes:
        """Turn to the face that was clicked on."""

        def turn(visitor: Visit) -> Changes:
            x, y = click.index if _is_point(click.index) else (-1, -1)
            index = visitor.face_at(x, y)
            return nothing(self._parts) if index is None else self._turn_to(visitor, index, style)

        return told(self._visitors, key, self._parts.photo_notice, turn)

    def _turn_to(self, visitor: Visit, index: int, style: str) -> Changes:
        at = self._parts
        if not visitor.select(index):
            return {at.picker: visitor.selected}
        return {
            at.overlay: self._picture(visitor, style),
            at.picker: index,
            at.seen: messages.seen(visitor.face, visitor.crop_address(), visitor.measured()),
            at.photo_notice: messages.notice(messages.chosen(index + 1)),
            **self._side.rest(visitor),
        }

    def _picture(self, visitor: Visit, style: str, **more: Any) -> Any:
        alt = f"Your photo; face {visitor.selected + 1} of {len(visitor.faces)} is chosen"
        return gr.update(value=visitor.overlay_address(style), alt_text=alt, **more)


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, (list, tuple))
        and len(value) == 2
        and all(isinstance(n, (int, float)) for n in value)
    )


def _visible(parts: Iterable[Any], visible: bool) -> Changes:
    return {part: gr.update(visible=visible) for part in parts}
