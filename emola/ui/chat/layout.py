"""The components of the chat page and their layout; ``page`` connects their events."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from emola.faba.prompts import MAX_QUESTION
from emola.ui.shared import fragments, messages
from emola.ui.shared.evidence import offered
from emola.ui.shared.image_components import Photo, ServedPicture
from emola.ui.shared.model_handle import ModelHandle

OVERLAY_STYLES = [("Points", "points"), ("Mesh", "mesh"), ("Off", "off")]


@dataclass
class Components:
    """The components that events read or change."""

    visit: gr.State
    masthead: gr.HTML
    model_status: gr.HTML
    photo: Photo
    overlay: ServedPicture
    style: gr.Radio
    another: gr.Button
    keep: gr.Button
    erase: gr.Button
    picker: gr.Radio
    seen: gr.HTML
    reading: gr.HTML
    photo_notice: gr.HTML
    examples: gr.Dataset | None
    gallery: gr.Column
    chat: gr.Chatbot
    chat_notice: gr.HTML
    offers: list[gr.Button]
    adapter: gr.Radio
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    retry: gr.Button
    undo: gr.Button
    edit: gr.Button
    leave_edit: gr.Button
    clear: gr.Button

    @property
    def changeable(self) -> list[Any]:
        """The components that an event may change."""
        single = [getattr(self, field.name) for field in fields(self)]
        return [part for part in single if part not in (self.examples, self.offers)] + self.offers


def lay_out(model: ModelHandle, examples: Mapping[str, Path], visit: gr.State) -> Components:
    """Create the components inside an open ``gr.Blocks``."""
    info = model.model.info if model.model else {}
    masthead = gr.HTML(fragments.header(model.name, info), elem_id="masthead", padding=False)
    status = gr.HTML("", elem_id="model-status", padding=False)
    with gr.Row(elem_id="stage", equal_height=False):
        with gr.Column(elem_id="photo-side", scale=5, min_width=300):
            photo_side = _photo_side(examples)
        with gr.Column(elem_id="chat-side", scale=7, min_width=320):
            chat_side = _chat_side(model.adapters)
    return Components(visit=visit, masthead=masthead, model_status=status, **photo_side, **chat_side)


def _photo_side(examples: Mapping[str, Path]) -> dict[str, Any]:
    pictures = _pictures()
    with gr.Row(elem_id="photo-tools"):
        button: dict[str, Any] = {"size": "sm", "visible": False, "min_width": 96}
        tools = {
            "another": gr.Button("New photo", elem_id="another", **button),
            "keep": gr.Button("Back to the photo", elem_id="keep", **button),
            "erase": gr.Button("Delete my photo", elem_id="erase", **button),
        }
    photo_notice = gr.HTML("", elem_id="photo-notice", padding=False)
    choices = _face_choices()
    seen = gr.HTML("", visible=False, elem_id="seen", padding=False)
    reading = gr.HTML("", visible=False, elem_id="reading", padding=False)
    with gr.Column(elem_id="examples") as gallery:
        dataset = _examples(examples)
        gr.HTML(f'<p class="fine-print">{messages.PRIVACY}</p>', padding=False)
    return {
        **pictures,
        **tools,
        **choices,
        "seen": seen,
        "reading": reading,
        "photo_notice": photo_notice,
        "examples": dataset,
        "gallery": gallery,
    }


def _pictures() -> dict[str, Any]:
    photo = Photo(
        label="Photo of a face",
        sources=["upload", "webcam", "clipboard"],
        type="filepath",
        image_mode=None,
        height=300,
        webcam_options=gr.WebcamOptions(mirror=False),  # left and right matter in a face
        placeholder="Drop a photo of a face here\nor click to choose one",
        buttons=[],
        elem_id="photo",
    )
    overlay = ServedPicture(
        label="Your photo with landmarks",
        show_label=False,
        interactive=False,
        visible=False,
        buttons=["fullscreen"],
        elem_id="overlay",
    )
    return {"photo": photo, "overlay": overlay}


def _face_choices() -> dict[str, Any]:
    hidden: dict[str, Any] = {"visible": False, "elem_classes": "segments"}
    style = gr.Radio(OVERLAY_STYLES, value="points", label="Landmarks", elem_id="overlay-style", **hidden)
    picker = gr.Radio([], label="Face", elem_id="face-picker", **hidden)
    return {"style": style, "picker": picker}


def _examples(examples: Mapping[str, Path]) -> gr.Dataset | None:
    if not examples:
        gr.HTML(f'<p class="fine-print">{messages.NO_EXAMPLES}</p>', padding=False)
        return None
    labels = escape(json.dumps([f"Example photo: {label}" for label in examples]))
    gr.HTML(f'<div id="example-labels" data-labels="{labels}"></div>', padding=False)
    return gr.Dataset(
        label="Or try one of these",
        components=[gr.Image(visible=False, type="filepath", label="Example")],
        samples=[[str(path)] for path in examples.values()],
        type="index",
        samples_per_page=12,
        elem_id="example-photos",
    )


def _chat_side(adapters: Sequence[str]) -> dict[str, Any]:
    chat = gr.Chatbot(
        label="Conversation",
        show_label=False,
        placeholder=messages.BEFORE_PHOTO,
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
        offers = [gr.Button(text, min_width=40, **options) for text in offered([], [], movement_only=False)]
    return {
        "chat": chat,
        "chat_notice": chat_notice,
        "offers": offers,
        "adapter": _adapter_choice(adapters),
        **_question_row(),
        **_turn_tools(),
    }


def _adapter_choice(adapters: Sequence[str]) -> gr.Radio:
    choices = messages.adapter_choices(adapters)
    return gr.Radio(
        choices,
        value=choices[0][1] if choices else None,
        label=messages.ADAPTER_LABEL,
        visible=bool(choices),
        elem_id="adapter",
        elem_classes="segments",
    )


def _question_row() -> dict[str, Any]:
    with gr.Row(elem_id="ask-row", equal_height=True):
        question = gr.Textbox(
            label="Your question",
            show_label=False,
            placeholder="Ask about this face",
            lines=1,
            max_lines=4,
            max_length=MAX_QUESTION,
            container=False,
            scale=8,
            elem_id="question",
            html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
        )
        send = gr.Button("Send", variant="primary", scale=1, min_width=80, elem_id="send")
        stop = gr.Button("Stop", variant="stop", scale=1, min_width=80, visible=False, elem_id="stop")
    return {"question": question, "send": send, "stop": stop}


def _turn_tools() -> dict[str, Any]:
    with gr.Row(elem_id="turn-tools"):
        small: dict[str, Any] = {"size": "sm", "min_width": 64}
        tools = {
            "retry": gr.Button("Retry", elem_id="retry", interactive=False, **small),
            "undo": gr.Button("Undo", elem_id="undo", interactive=False, **small),
            "edit": gr.Button("Edit", elem_id="edit", interactive=False, **small),
            "leave_edit": gr.Button("Leave it", elem_id="leave-edit", visible=False, **small),
            "clear": gr.Button("Clear", elem_id="clear", interactive=False, **small),
        }
        gr.HTML(f'<p class="fine-print">{messages.KEYS}</p>', elem_id="key-hint", padding=False)
    return tools
