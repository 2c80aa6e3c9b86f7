"""What stands where on the page; what it does is in ``events``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from emola.chat.session import MAX_QUESTION
from emola.ui import messages
from emola.ui.chat.image_components import Photo, ServedPicture
from emola.ui.chat.transcript import MOST_OFFERED, starters
from emola.ui.chat.visit import AffectModel

OVERLAY_STYLES = [("Points", "points"), ("Mesh", "mesh"), ("Off", "off")]


@dataclass
class Components:
    """The parts of the page that events read or change."""

    visitor: gr.State
    photo: Photo
    overlay: ServedPicture
    style: gr.Radio
    another: gr.Button
    keep: gr.Button
    erase: gr.Button
    picker: gr.Radio
    seen: gr.HTML
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


def lay_out(model: AffectModel, examples: Mapping[str, Path], visitor: gr.State) -> Components:
    """Put everything in its place, inside an open ``gr.Blocks``."""
    gr.HTML(messages.header(model.name, model.info), elem_id="masthead", padding=False)
    with gr.Row(elem_id="stage", equal_height=False):
        with gr.Column(elem_id="photo-side", scale=5, min_width=300):
            left = _photo_side(examples)
        with gr.Column(elem_id="chat-side", scale=7, min_width=320):
            right = _chat_side(model.adapters)
    return Components(visitor=visitor, **left, **right)


def _photo_side(examples: Mapping[str, Path]) -> dict[str, Any]:
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
    with gr.Row(elem_id="photo-tools"):
        button: dict[str, Any] = {"size": "sm", "visible": False, "min_width": 96}
        another = gr.Button("New photo", elem_id="another", **button)
        keep = gr.Button("Back to the photo", elem_id="keep", **button)
        erase = gr.Button("Delete my photo", elem_id="erase", **button)
    photo_notice = gr.HTML("", elem_id="photo-notice", padding=False)
    style = gr.Radio(
        OVERLAY_STYLES,
        value="points",
        label="Landmarks",
        visible=False,
        elem_id="overlay-style",
        elem_classes="segments",
    )
    picker = gr.Radio([], label="Face", visible=False, elem_id="face-picker", elem_classes="segments")
    seen = gr.HTML("", visible=False, elem_id="seen", padding=False)
    with gr.Column(elem_id="examples") as gallery:
        dataset = _examples(examples)
        gr.HTML(f'<p class="fine-print">{messages.PRIVACY}</p>', padding=False)
    return {
        "photo": photo,
        "overlay": overlay,
        "style": style,
        "another": another,
        "keep": keep,
        "erase": erase,
        "picker": picker,
        "seen": seen,
        "photo_notice": photo_notice,
        "examples": dataset,
        "gallery": gallery,
    }


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
        feedback_options=None,
        height="auto",
        elem_id="chat",
    )
    chat_notice = gr.HTML("", elem_id="chat-notice", padding=False)
    with gr.Row(elem_id="offers"):
        offers = [
            gr.Button(
                text, size="sm", interactive=False, elem_classes="offer", visible=bool(text), min_width=40
            )
            for text in starters(MOST_OFFERED)
        ]
    choices = messages.adapter_choices(adapters)
    adapter = gr.Radio(
        choices,
        value=choices[0][1] if choices else None,
        label=messages.ADAPTER_LABEL,
        visible=bool(choices),
        elem_id="adapter",
        elem_classes="segments",
    )
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
    with gr.Row(elem_id="turn-tools"):
        small: dict[str, Any] = {"size": "sm", "min_width": 64, "interactive": False}
        retry = gr.Button("Retry", elem_id="retry", **small)
        undo = gr.Button("Undo", elem_id="undo", **small)
        edit = gr.Button("Edit", elem_id="edit", **small)
        leave_edit = gr.Button("Leave it", elem_id="leave-edit", visible=False, size="sm", min_width=64)
        clear = gr.Button("Clear", elem_id="clear", **small)
        gr.HTML(f'<p class="fine-print">{messages.KEYS}</p>', elem_id="key-hint", padding=False)
    return {
        "chat": chat,
        "chat_notice": chat_notice,
        "offers": offers,
        "adapter": adapter,
        "question": question,
        "send": send,
        "stop": stop,
        "retry": retry,
        "undo": undo,
        "edit": edit,
        "leave_edit": leave_edit,
        "clear": clear,
    }
