"""The page as a whole: layout, events and endpoints put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from emola.errors import ChatError, EmolaError
from emola.face import load_image
from emola.ui import messages
from emola.ui.chat.answer_queue import POLL_INTERVAL, AnswerQueue
from emola.ui.chat.chat_events import ChatEvents
from emola.ui.chat.image_components import Photo
from emola.ui.chat.layout import Components, lay_out
from emola.ui.chat.photo_events import PhotoEvents
from emola.ui.chat.transcript import growing
from emola.ui.chat.visit import AffectModel, Visit, describe
from emola.ui.chat.visit_store import VisitStore
from emola.ui.uploads import Uploads


def build_page(
    model: AffectModel,
    examples: Mapping[str, Path],
    visitors: VisitStore,
    uploads: Uploads,
    *,
    concurrency: int = 2,
) -> gr.Blocks:
    """The page for a model; ``concurrency`` is how many answers may be written at the same time."""
    line = AnswerQueue(concurrency)
    with gr.Blocks(title="EmoLA", analytics_enabled=False, fill_width=True) as page:
        key = gr.State(None, delete_callback=visitors.dismiss)
        parts = lay_out(model, examples, key)
        # The endpoints come first, so that Gradio gives their names to them and not to the page's chat.
        _endpoints(model, visitors, uploads, line, key, concurrency)
        photos = PhotoEvents(model, visitors, uploads, parts, examples)
        _connect(photos, ChatEvents(model, visitors, line, parts), parts, concurrency)
        if model.prior.missing:
            quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
            page.load(photos.welcome, None, [parts.photo_notice], **quiet)
    return page.queue(max_size=64, api_open=False)


def _connect(photos: PhotoEvents, chat: ChatEvents, at: Components, concurrency: int) -> None:
    fixed = (at.examples, at.offers)
    everything = [part for part in vars(at).values() if part not in fixed] + at.offers
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "outputs": everything}
    # Who waits for an answer waits in our line, where the page can tell and stop it.
    answer: dict[str, Any] = {**quiet, "concurrency_limit": None, "concurrency_id": "answer"}
    look: dict[str, Any] = {**quiet, "concurrency_limit": concurrency, "concurrency_id": "look"}

    gr.on([at.question.submit, at.send.click], chat.ask, [at.question, at.visitor, at.adapter], **answer)
    at.retry.click(chat.retry, [at.visitor, at.adapter], **answer)
    for button in at.offers:
        button.click(chat.ask_offered, [button, at.visitor, at.adapter], **answer)
    progress = {**look, "show_progress": "full", "show_progress_on": [at.photo, at.overlay]}
    at.photo.input(photos.look, [at.photo, at.visitor, at.style], **progress)
    if at.examples is not None:
        at.examples.click(photos.look_at_example, [at.examples, at.visitor, at.style], **progress)
    at.picker.input(photos.pick, [at.picker, at.visitor, at.style], **look)
    # By itself Gradio drops a click that comes while the one before is being answered; "always_last" answers
    # it with the place of the one before.
    at.overlay.select(photos.pick_by_click, [at.visitor, at.style], trigger_mode="multiple", **look)
    at.style.input(photos.restyle, [at.style, at.visitor], **quiet)
    at.another.click(photos.another, None, **quiet)
    at.keep.click(photos.keep, [at.visitor], **quiet)
    at.erase.click(photos.erase, [at.visitor], **quiet)
    at.stop.click(chat.stop, [at.visitor], concurrency_limit=None, **quiet)
    to_question: dict[str, Any] = {
        "fn": None,
        "js": "() => document.querySelector('#question textarea').focus()",
    }
    at.undo.click(chat.undo, [at.visitor], **quiet).then(**to_question)
    at.edit.click(chat.edit, [at.visitor], **quiet).then(**to_question)
    at.leave_edit.click(chat.leave_edit, [at.visitor], **quiet).then(**to_question)  # the button goes
    at.clear.click(chat.clear, [at.visitor], **quiet)


def _endpoints(
    model: AffectModel,
    visitors: VisitStore,
    uploads: Uploads,
    line: AnswerQueue,
    key: gr.State,
    concurrency: int,
) -> None:
    """``/look`` and ``/ask``, for programs: a client's session holds the photo and the conversation."""

    def look(photo: str | None, visitor: str | None) -> tuple[dict[str, Any], str]:
        if photo is None:
            raise gr.Error("A photo is needed.", print_exception=False)
        try:
            new = Visit(model, load_image(uploads.take(photo)))
        except EmolaError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return describe(model, new.faces), visitors.welcome(new, visitor)

    def ask(question: str, face: Any, visitor: str | None) -> Iterator[str]:
        try:
            known = visitors.find(visitor)
            known.select(_index(face))
            pieces = known.chat.ask(question)
            with known.asking() as stopped, line.stand() as wait:
                while wait(POLL_INTERVAL) and not stopped():
                    yield ""  # lets a client that went away leave the line
                if stopped():
                    raise ChatError(messages.NOT_ASKED)
                yield from growing(pieces)
        except EmolaError as error:
            raise gr.Error(str(error), print_exception=False) from error

    shared: dict[str, Any] = {"concurrency_limit": concurrency}
    photo = Photo(type="filepath", image_mode=None, visible=False, label="photo")
    faces = gr.JSON(visible=False, label="faces")
    question = gr.Textbox(visible=False, label="question")
    face = gr.Number(1, visible=False, label="face")  # without bounds: what is wrong, we say ourselves
    answer = gr.Textbox(visible=False, label="answer")
    trigger = gr.Button(visible=False)
    trigger.click(
        look,
        [photo, key],
        [faces, key],
        api_name="look",
        api_description="Find the faces in a photo, largest first, and begin a conversation about the first.",
        concurrency_id="look",
        **shared,
    )
    trigger.click(
        ask,
        [question, face, key],
        answer,
        api_name="ask",
        api_description="Ask about a face of the photo that /look was given; the answer is streamed.",
        concurrency_id="ask",
        **shared,
    )


def _index(face: Any) -> int:
    """Which face a program means by a number from 1; the largest one if it gives none."""
    if face is None or face == "":
        return 0
    try:
        number = float(face)
    except (TypeError, ValueError):
        number = 0.5
    if not number.is_integer():
        raise ChatError(messages.no_face_number(face))
    return int(number) - 1
