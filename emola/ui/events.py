"""What the page does: each event of a component, and what it changes.

Handlers return what changes as ``{component: update}``. A handler that answers streams such changes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from emola.errors import ChatError, EmolaError
from emola.face import load_image
from emola.ui import transcript, words
from emola.ui.chat_side import Changes, ChatSide
from emola.ui.layout import Components
from emola.ui.line import WAIT_LOOK, Line
from emola.ui.uploads import Uploads
from emola.ui.visitor import AffectModel, Visitor
from emola.ui.visitors import Visitors

log = logging.getLogger(__name__)


class Events:
    """The handlers of one page, over the model and the visitors kept on the server."""

    def __init__(
        self,
        model: AffectModel,
        visitors: Visitors,
        uploads: Uploads,
        line: Line,
        parts: Components,
        examples: Mapping[str, Path],
    ) -> None:
        self._model = model
        self._visitors = visitors
        self._uploads = uploads
        self._line = line
        self._side = ChatSide(parts, model)
        self._parts = parts
        self._examples = list(examples.values())

    def welcome(self) -> Changes:
        """A page was opened: say what this machine lacks, if it lacks something that faces need."""
        return {self._parts.photo_notice: words.notice(self._model.prior.missing or "", "error")}

    # -- the photo -----------------------------------------------------------------------------

    def look(self, path: str | None, key: str | None, style: str) -> Changes:
        """A photo was uploaded: find its faces and begin a new conversation; or say why not."""
        if path is None:
            return self._nothing()
        return self._look(lambda: load_image(self._uploads.take(path)), key, style)

    def look_at_example(self, index: int, key: str | None, style: str) -> Changes:
        """One of the example photos was chosen."""
        return self._look(lambda: load_image(self._examples[index]), key, style)

    def _look(self, read: Callable[[], Image.Image], key: str | None, style: str) -> Changes:
        at = self._parts
        try:
            visitor = Visitor(self._model, read())
            seen = words.seen(visitor.crop_address(), visitor.measured())
        except EmolaError as error:
            return {at.photo: None, at.photo_notice: words.notice(str(error), "error")}
        except Exception:
            log.exception("looking at a photo failed")
            return {at.photo: None, at.photo_notice: words.notice(words.DEFECT, "error")}
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
            at.photo_notice: words.notice(words.found(count)),
            **self._side.rest(visitor, words.notice(words.NEW_CONVERSATION) if again else ""),
            at.chat: gr.update(value=[], placeholder=words.BEFORE_QUESTION),
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
            at.photo_notice: words.notice(words.ERASED),
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

        def back(visitor: Visitor) -> Changes:
            hidden = (at.photo, at.gallery, at.keep)
            shown = (at.overlay, at.style, at.another, at.seen)
            picker = gr.update(visible=len(visitor.faces) > 1)
            return {
                **_visible(hidden, False),
                **_visible(shown, True),
                at.picker: picker,
                at.photo_notice: "",
            }

        return self._told(key, at.photo_notice, back)

    def restyle(self, style: str, key: str | None) -> Changes:
        """Draw the landmarks in another style."""
        at = self._parts
        return self._told(key, at.photo_notice, lambda visitor: {at.overlay: self._picture(visitor, style)})

    def pick(self, index: int, key: str | None, style: str) -> Changes:
        """Turn to another face of the photo, by its number."""
        return self._told(key, self._parts.photo_notice, lambda visitor: self._turn_to(visitor, index, style))

    def pick_by_click(self, key: str | None, style: str, click: gr.SelectData) -> Changes:
        """Turn to the face that was clicked on."""

        def turn(visitor: Visitor) -> Changes:
            index = visitor.face_at(*click.index)
            return self._nothing() if index is None else self._turn_to(visitor, index, style)

        return self._told(key, self._parts.photo_notice, turn)

    def _turn_to(self, visitor: Visitor, index: int, style: str) -> Changes:
        at = self._parts
        if not visitor.select(index):
            return {at.picker: visitor.selected}
        return {
            at.overlay: self._picture(visitor, style),
            at.picker: index,
            at.seen: words.seen(visitor.crop_address(), visitor.measured()),
            at.photo_notice: words.notice(words.chosen(index + 1)),
            **self._side.rest(visitor),
        }

    def _picture(self, visitor: Visitor, style: str, **more: Any) -> Any:
        alt = f"Your photo; face {visitor.selected + 1} of {len(visitor.faces)} is chosen"
        return gr.update(value=visitor.overlay_address(style), alt_text=alt, **more)

    # -- the conversation ----------------------------------------------------------------------

    def ask(self, question: str, key: str | None, adapter: str | None = None) -> Iterator[Changes]:
        """Ask what was typed, or, while editing, ask it in the place of the last question.

        adapter: which of the model's adapters is to answer; None for a model that has no choice.
        """

        def begin(visitor: Visitor) -> Iterator[str]:
            return (visitor.chat.edit if visitor.editing else visitor.chat.ask)(question)

        yield from self._answer(key, adapter, begin, question, typed=True)

    def ask_offered(self, question: str, key: str | None, adapter: str | None = None) -> Iterator[Changes]:
        """Ask a question that was offered."""
        yield from self._answer(key, adapter, lambda visitor: visitor.chat.ask(question), question)

    def retry(self, key: str | None, adapter: str | None = None) -> Iterator[Changes]:
        """Answer the last question again."""
        yield from self._answer(key, adapter, lambda visitor: visitor.chat.retry())

    def _answer(
        self,
        key: str | None,
        adapter: str | None,
        begin: Callable[[Visitor], Iterator[str]],
        question: str | None = None,
        *,
        typed: bool = False,
    ) -> Iterator[Changes]:
        """question: None for the last one again. typed: it was in the text box, where a draft stays else."""
        at = self._parts
        try:
            visitor = self._visitors.find(key)
            if visitor.busy:
                raise ChatError(words.STILL_WRITING)
            if adapter is not None:
                visitor.chat.use(adapter)
            turns, face, editing = visitor.chat.turns, visitor.chat.face, visitor.editing
            pieces = begin(visitor)
        except EmolaError as error:
            yield {at.chat_notice: words.notice(str(error), "error")}
            return
        before = turns[:-1] if question is None or (typed and editing) else turns
        asked = question or turns[-1].question
        visitor.editing = False
        shown = [*self._side.shown(before), transcript.said("user", asked)]
        emptied = {at.question: ""} if typed or editing else {}
        yield {at.chat: shown, at.chat_notice: "", **emptied, **self._side.busy()}
        wanted = partial(self._visitors.holds, key, visitor, face)  # until another photo or face comes
        notice = yield from self._written(visitor, pieces, shown, wanted)
        if not wanted():
            yield self._nothing()  # Gradio sends the last change again at the end: not the old answer
            return
        failed: Changes = {}
        if notice and typed:  # it can be sent again, in the same place
            visitor.editing = editing
            failed = {at.question: asked, at.leave_edit: gr.update(visible=editing)}
        yield {**self._side.rest(visitor, notice), **failed}

    def _written(
        self,
        visitor: Visitor,
        pieces: Iterator[str],
        shown: list[dict[str, str]],
        wanted: Callable[[], bool],
    ) -> Generator[Changes, None, str]:
        """Show an answer as it grows, as long as it is wanted; returns a notice when it broke off."""
        try:
            with visitor.asking() as stopped, self._line.stand() as wait:
                yield from self._waited(wait, lambda: stopped() or not wanted())
                if stopped():
                    return words.notice(words.NOT_ASKED)
                for answer in transcript.growing(pieces):
                    if not wanted():
                        break
                    yield {self._parts.chat: [*shown, transcript.said("assistant", answer)]}
        except EmolaError as error:
            return words.notice(str(error), "error")
        except Exception:
            log.exception("answering failed")
            return words.notice(words.DEFECT, "error")
        return ""

    def _waited(self, wait: Callable[[float], int], left: Callable[[], bool]) -> Iterator[Changes]:
        """Say that a question waits for its turn, until it has it or leaves the line."""
        if not (number := wait(0.0)):
            return
        while number and not left():
            yield {self._parts.chat_notice: words.notice(words.waiting(number))}
            number = wait(WAIT_LOOK)
        if not left():
            yield {self._parts.chat_notice: ""}

    def stop(self, key: str | None) -> Changes:
        """End the answer being written, or the wait for it."""

        def end(visitor: Visitor) -> Changes:
            visitor.stop()
            return self._nothing()

        return self._told(key, self._parts.chat_notice, end)

    def undo(self, key: str | None) -> Changes:
        """Take the last question back into the text box."""
        return self._changed(key, lambda visitor: {self._parts.question: visitor.chat.undo().question})

    def edit(self, key: str | None) -> Changes:
        """Put the last question into the text box, to be asked anew; it stays until then."""

        def begin(visitor: Visitor) -> Changes:
            turns = visitor.chat.turns
            if not turns:
                raise ChatError(words.NOTHING_TO_EDIT)
            visitor.editing = True
            return {
                self._parts.question: turns[-1].question,
                self._parts.chat_notice: words.notice(words.EDITING),
                self._parts.leave_edit: gr.update(visible=True),
            }

        return self._changed(key, begin)

    def leave_edit(self, key: str | None) -> Changes:
        """Leave the last question as it was."""
        return self._changed(key, lambda _: {self._parts.question: ""})

    def clear(self, key: str | None) -> Changes:
        """Begin the conversation about this face anew."""

        def forget(visitor: Visitor) -> Changes:
            visitor.chat.see(visitor.chat.face)
            return {self._parts.question: ""}

        return self._changed(key, forget)

    def _nothing(self) -> Changes:
        """No change; Gradio wants at least one part to be named."""
        return {self._parts.chat_notice: gr.skip()}

    def _told(self, key: str | None, where: gr.HTML, act: Callable[[Visitor], Changes]) -> Changes:
        """Do something for a visitor; or say, in a line of the page, why it cannot be done."""
        try:
            return act(self._visitors.find(key))
        except EmolaError as error:
            return {where: words.notice(str(error), "error")}

    def _changed(self, key: str | None, act: Callable[[Visitor], Changes]) -> Changes:
        """Do something to a conversation that is not being answered, and show it as it is then."""

        def change(visitor: Visitor) -> Changes:
            visitor.editing = False
            changes = act(visitor)
            return {**self._side.rest(visitor), **changes}

        return self._told(key, self._parts.chat_notice, change)


def _visible(parts: Iterable[Any], visible: bool) -> Changes:
    return {part: gr.update(visible=visible) for part in parts}
