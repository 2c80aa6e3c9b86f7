"""The chat page: its layout, events and endpoints put together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr

from emola.ui.chat.chat_events import ChatEvents
from emola.ui.chat.endpoints import Endpoints, add_endpoints
from emola.ui.chat.layout import Components, lay_out
from emola.ui.chat.photo_events import PhotoEvents
from emola.ui.serving.limits import DEFAULT, Limits
from emola.ui.serving.uploads import Uploads
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import AnswerQueue
from emola.ui.visits.visit_store import VisitStore

_FOCUS_QUESTION: dict[str, Any] = {
    "fn": None,
    "js": "() => document.querySelector('#question textarea').focus()",
}


def build_page(
    model: ModelHandle,
    examples: Mapping[str, Path],
    visits: VisitStore,
    uploads: Uploads,
    *,
    concurrency: int = 2,
    limits: Limits = DEFAULT,
) -> gr.Blocks:
    """Build the page of a model.

    examples: example photos by label. concurrency: answers generated at the same time.
    """
    queue = AnswerQueue(concurrency)
    with gr.Blocks(title="EmoLA", analytics_enabled=False, fill_width=True) as page:
        key = gr.State(None, delete_callback=visits.dismiss)
        parts = lay_out(model, examples, key)
        # The endpoints come first, so that Gradio gives their names to them and not to events of the page.
        add_endpoints(Endpoints(model, visits, uploads, queue, limits), key, concurrency)
        private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        photos = PhotoEvents(model, visits, uploads, parts, examples, concurrency)
        _connect_photo_events(photos, parts, concurrency, {**private, "outputs": parts.changeable})
        chat = ChatEvents(model, visits, queue, parts)
        _connect_chat_events(chat, parts, {**private, "outputs": parts.changeable})
        outputs = [parts.model_status, parts.masthead, parts.photo_notice]
        page.load(photos.open_page, None, outputs, concurrency_limit=None, **private)
    return page.queue(max_size=64, api_open=False)


def _connect_photo_events(
    photos: PhotoEvents, parts: Components, concurrency: int, options: dict[str, Any]
) -> None:
    progress: dict[str, Any] = {
        **options,
        "concurrency_limit": None,  # the handlers limit themselves, after the model is loaded
        "show_progress": "full",
        "show_progress_on": [parts.photo, parts.overlay],
    }
    select: dict[str, Any] = {**options, "concurrency_limit": concurrency, "concurrency_id": "select"}
    chosen = [
        parts.photo.input(photos.look, [parts.photo, parts.visit, parts.style], **progress),
        parts.picker.input(photos.pick, [parts.picker, parts.visit, parts.style], **select),
        # By default Gradio drops a click while an earlier one is processed, and with "always_last" it repeats
        # the coordinates of the earlier one.
        parts.overlay.select(
            photos.pick_by_click, [parts.visit, parts.style], trigger_mode="multiple", **select
        ),
    ]
    if parts.examples is not None:
        inputs = [parts.examples, parts.visit, parts.style]
        chosen.append(parts.examples.click(photos.look_at_example, inputs, **progress))
    for event in chosen:
        event.then(photos.read, [parts.visit], concurrency_limit=None, **options)
    parts.style.input(photos.restyle, [parts.style, parts.visit], **options)
    parts.another.click(photos.another, None, **options)
    parts.keep.click(photos.keep, [parts.visit], **options)
    parts.erase.click(photos.erase, [parts.visit], **options)


def _connect_chat_events(chat: ChatEvents, parts: Components, options: dict[str, Any]) -> None:
    # Questions wait in our own queue, which the page shows and can leave.
    answer: dict[str, Any] = {**options, "concurrency_limit": None, "concurrency_id": "answer"}
    ask = [parts.question, parts.visit, parts.adapter]
    gr.on([parts.question.submit, parts.send.click], chat.ask, ask, **answer)
    parts.retry.click(chat.retry, [parts.visit, parts.adapter], **answer)
    for button in parts.offers:
        button.click(chat.ask_offered, [button, parts.visit, parts.adapter], **answer)
    parts.stop.click(chat.stop, [parts.visit], concurrency_limit=None, **options)
    parts.undo.click(chat.undo, [parts.visit], **options).then(**_FOCUS_QUESTION)
    parts.edit.click(chat.edit, [parts.visit], **options).then(**_FOCUS_QUESTION)
    # The button that had the focus disappears.
    parts.leave_edit.click(chat.leave_edit, [parts.visit], **options).then(**_FOCUS_QUESTION)
    parts.clear.click(chat.clear, [parts.visit], **options)
