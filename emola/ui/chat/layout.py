"""The components of the chat page and their layout; ``page`` connects their events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from html import escape
from typing import Any

import gradio as gr

from emola.limits import DEFAULT, Limits
from emola.ui.chat.settings import SettingsDrawer, lay_out_settings
from emola.ui.face_view.component import FaceView
from emola.ui.shared import failures, fragments, labels, law, messages
from emola.ui.shared.consent import consent
from emola.ui.shared.evidence import offered
from emola.ui.shared.example_photos import ExamplePhoto, credits_of
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.shared.upload_inputs import Photo, SessionFile


@dataclass
class Components:
    """The components that events read or change.

    visit: key of the visit in Gradio's session. kept: the same key in the browser, which keeps it for a
    reload. session: key of a session file that was opened before its photo.
    """

    visit: gr.State
    kept: gr.Textbox
    session: gr.State
    masthead: gr.HTML
    banner: gr.HTML
    model_status: gr.HTML
    photo: Photo
    view: FaceView
    another: gr.Button
    keep: gr.Button
    erase: gr.Button
    seen: gr.HTML
    reading: gr.HTML
    photo_notice: gr.HTML
    examples: gr.Dataset | None
    gallery: gr.Column
    privacy: gr.HTML
    privacy_drawer: gr.Accordion
    chat: gr.Chatbot
    chat_notice: gr.HTML
    offers: list[gr.Button]
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    retry: gr.Button
    undo: gr.Button
    edit: gr.Button
    leave_edit: gr.Button
    clear: gr.Button
    back: gr.Button
    movement_only: gr.Checkbox
    settings: SettingsDrawer
    exports: gr.HTML
    session_file: SessionFile

    @property
    def changeable(self) -> list[Any]:
        """The components that an event may change."""
        fixed = (self.examples, self.offers, self.settings, self.privacy_drawer)
        single = [getattr(self, field.name) for field in fields(self)]
        return [part for part in single if part not in fixed] + self.offers


def lay_out(
    model: ModelHandle,
    examples: Mapping[str, ExamplePhoto],
    visit: gr.State,
    session: gr.State,
    limits: Limits = DEFAULT,
    *,
    movement_only: bool = False,
) -> Components:
    """Create the components inside an open ``gr.Blocks``.

    visit, session: see ``Components``. limits: of the server. movement_only: the server was started in
    movement-only mode.
    """
    info = model.model.info if model.model else {}
    masthead = gr.HTML(fragments.header(model.name, info), elem_id="masthead", padding=False)
    banner = gr.HTML(
        law.banner(fixed=True) if movement_only else "",
        elem_id="banner",
        visible=movement_only,
        padding=False,
    )
    status = gr.HTML("", elem_id="model-status", padding=False)
    gr.HTML(failures.connection(), padding=False)
    kept = gr.Textbox(visible="hidden", elem_id="kept")
    with gr.Row(elem_id="stage", equal_height=False):
        with gr.Column(elem_id="photo-side", scale=5, min_width=300):
            photo_side = _photo_side(examples, limits, movement_only)
        with gr.Column(elem_id="chat-side", scale=7, min_width=320):
            chat_side = _chat_side(model, limits, movement_only)
    return Components(
        visit=visit,
        kept=kept,
        session=session,
        masthead=masthead,
        banner=banner,
        model_status=status,
        **photo_side,
        **chat_side,
    )


def _photo_side(examples: Mapping[str, ExamplePhoto], limits: Limits, movement_only: bool) -> dict[str, Any]:
    gr.HTML(consent(movement_only=movement_only), elem_id="consent", padding=False)
    gr.HTML(failures.oversized(limits.upload_bytes), elem_id="too-large", padding=False)
    pictures = _pictures()
    tools = _photo_tools()
    photo_notice = gr.HTML("", elem_id="photo-notice", padding=False)
    seen = gr.HTML("", visible=False, elem_id="seen", padding=False)
    reading = gr.HTML("", visible=False, elem_id="reading", padding=False)
    with gr.Column(elem_id="examples") as gallery:
        dataset = _examples(examples)
        gr.HTML(f'<p class="fine-print">{fragments.text(messages.PRIVACY)}</p>', padding=False)
    with gr.Accordion(labels.PRIVACY, open=False, elem_id="privacy") as privacy_drawer:
        privacy = gr.HTML("", padding=False)
    return {
        **pictures,
        **tools,
        "seen": seen,
        "reading": reading,
        "photo_notice": photo_notice,
        "examples": dataset,
        "gallery": gallery,
        "privacy": privacy,
        "privacy_drawer": privacy_drawer,
    }


def _pictures() -> dict[str, Any]:
    photo = Photo(
        label=labels.PHOTO,
        sources=["upload", "webcam", "clipboard"],
        type="filepath",
        image_mode=None,
        height=300,
        webcam_options=gr.WebcamOptions(mirror=False),  # left and right matter in a face
        placeholder=labels.PHOTO_PLACEHOLDER,
        buttons=[],
        elem_id="photo",
    )
    return {"photo": photo, "view": FaceView(visible=False, elem_id="face-view", padding=False)}


def _photo_tools() -> dict[str, Any]:
    button: dict[str, Any] = {"size": "sm", "visible": False, "min_width": 96}
    with gr.Row(elem_id="photo-tools"):
        return {
            "another": gr.Button(labels.NEW_PHOTO, elem_id="another", **button),
            "keep": gr.Button(labels.BACK_TO_PHOTO, elem_id="keep", **button),
            "erase": gr.Button(labels.ERASE, elem_id="erase", **button),
        }


def _examples(examples: Mapping[str, ExamplePhoto]) -> gr.Dataset | None:
    if not examples:
        return None
    names = escape(json.dumps(list(examples)))
    gr.HTML(f'<div id="example-labels" data-labels="{names}"></div>', padding=False)
    dataset = gr.Dataset(
        label=labels.EXAMPLES,
        components=[gr.Image(visible=False, type="filepath", label=labels.EXAMPLE)],
        samples=[[str(photo.path)] for photo in examples.values()],
        type="index",
        samples_per_page=12,
        elem_id="example-photos",
    )
    gr.HTML(credits_of(examples.values()), padding=False)
    return dataset


def _chat_side(model: ModelHandle, limits: Limits, movement_only: bool) -> dict[str, Any]:
    chat = gr.Chatbot(
        label=labels.CONVERSATION,
        show_label=False,
        placeholder=labels.BEFORE_PHOTO,
        buttons=["copy"],
        latex_delimiters=[],
        allow_tags=False,
        render_markdown=False,
        sanitize_html=False,  # the messages are HTML that we write, see `transcript`
        feedback_options=None,
        height="auto",
        elem_id="chat",
    )
    chat_notice = gr.HTML("", elem_id="chat-notice", padding=False)
    with gr.Row(elem_id="offers"):
        options: dict[str, Any] = {"size": "sm", "interactive": False, "elem_classes": "offer"}
        questions = offered([], [], movement_only=movement_only)
        offers = [gr.Button(question, min_width=40, **options) for question in questions]
    return {
        "chat": chat,
        "chat_notice": chat_notice,
        "offers": offers,
        **_question_row(limits.question_length),
        **_turn_tools(),
        "movement_only": gr.Checkbox(
            movement_only,
            label=labels.MOVEMENT_ONLY,
            info=labels.MOVEMENT_ONLY_INFO,
            visible=not movement_only,
            elem_id="movement-only",
        ),
        "settings": lay_out_settings(model.adapters, limits.answer_tokens),
        **_files(),
    }


def _question_row(max_length: int) -> dict[str, Any]:
    with gr.Row(elem_id="ask-row", equal_height=True):
        question = gr.Textbox(
            label=labels.QUESTION,
            show_label=False,
            placeholder=labels.QUESTION_PLACEHOLDER,
            lines=1,
            max_lines=4,
            max_length=max_length,
            container=False,
            scale=8,
            elem_id="question",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
        )
        send = gr.Button(labels.SEND, variant="primary", scale=1, min_width=80, elem_id="send")
        stop = gr.Button(labels.STOP, variant="stop", scale=1, min_width=80, visible=False, elem_id="stop")
    return {"question": question, "send": send, "stop": stop}


def _turn_tools() -> dict[str, Any]:
    with gr.Row(elem_id="turn-tools"):
        small: dict[str, Any] = {"size": "sm", "min_width": 64}
        tools = {
            "retry": gr.Button(labels.RETRY, elem_id="retry", interactive=False, **small),
            "undo": gr.Button(labels.UNDO, elem_id="undo", interactive=False, **small),
            "edit": gr.Button(labels.EDIT, elem_id="edit", interactive=False, **small),
            "leave_edit": gr.Button(labels.LEAVE_EDIT, elem_id="leave-edit", visible=False, **small),
            "clear": gr.Button(labels.CLEAR, elem_id="clear", interactive=False, **small),
            "back": gr.Button(labels.BACK, elem_id="back", interactive=False, **small),
        }
        hint = fragments.text(messages.KEYS)
        gr.HTML(f'<p class="fine-print">{hint}</p>', elem_id="key-hint", padding=False)
    return tools


def _files() -> dict[str, Any]:
    with gr.Row(elem_id="conversation-files"):
        exports = gr.HTML("", elem_id="exports", padding=False)
        session_file = SessionFile(
            labels.IMPORT, file_types=[".json"], size="sm", min_width=120, elem_id="import"
        )
    return {"exports": exports, "session_file": session_file}
