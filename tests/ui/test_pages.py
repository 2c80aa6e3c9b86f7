"""The pages as routes of one Gradio app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import gradio as gr
import pytest
from gradio.state_holder import SessionState

from emola.ui.pages import MAX_EVENTS, Page, SparseBlocks, build_pages


def titled(text: str) -> Callable[[gr.Blocks], None]:
    """Return a builder of a page with one line, which an event of the page sets."""

    def build(app: gr.Blocks) -> None:
        line = gr.Textbox(text, elem_id=f"line-{text}")
        app.load(lambda: text, None, line, api_visibility="private")

    return build


def parts_of(app: gr.Blocks, path: str) -> list[dict[str, Any]]:
    """Return the components of a page."""
    config = app.get_config_file()
    members = config["page"][path]["components"]
    return [part for part in config["components"] if part["id"] in members]


def test_one_page_has_no_navigation() -> None:
    app = build_pages([Page("", "Chat", titled("chat"))])
    assert [page[0] for page in app.get_config_file()["pages"]] == [""]
    assert "navbar" not in [part["type"] for part in parts_of(app, "")]


def test_each_page_has_its_own_components_and_events() -> None:
    """Guards against a page that loads the parts of another."""
    app = build_pages([Page("", "Chat", titled("chat")), Page("compare", "Compare", titled("compare"))])
    config = app.get_config_file()
    assert [tuple(page[:2]) for page in config["pages"][1:]] == [("compare", "Compare")]
    for path, text in (("", "chat"), ("compare", "compare")):
        parts = parts_of(app, path)
        (line,) = [part for part in parts if part["type"] == "textbox"]
        assert line["props"]["elem_id"] == f"line-{text}"
        assert len(config["page"][path]["dependencies"]) == 1


def test_the_navigation_bar_names_every_page() -> None:
    """Guards against the name "Home" for the first page, which Gradio gives it."""
    app = build_pages([Page("", "Chat", titled("chat")), Page("compare", "Compare", titled("compare"))])
    for path in ("", "compare"):
        (bar,) = [part for part in parts_of(app, path) if part["type"] == "navbar"]
        assert bar["props"]["main_page_name"] == "Chat"


@pytest.mark.parametrize("paths", [(), ("chat",), ("chat", ""), ("", "a", "a"), ("", "")])
def test_rejects_paths_that_would_collide(paths: tuple[str, ...]) -> None:
    """Guards against Gradio's own repair, which puts an underscore before a path."""
    with pytest.raises(ValueError, match="first path"):
        build_pages([Page(path, "Name", titled("a")) for path in paths])


def test_the_queue_is_the_only_way_to_a_handler() -> None:
    """Guards against direct calls, which bypass the queue."""
    app = build_pages([Page("", "Chat", titled("chat"))])
    assert app.api_open is False and app._queue.max_size == MAX_EVENTS


def test_an_update_is_processed_as_by_gradio_but_for_its_own_components_only():
    def results(kind):
        with kind() as blocks:
            text, number, state = gr.Textbox(), gr.Number(), gr.State()
            text.change(lambda: None, None, [text, number, state])
        function = blocks.fns[0]
        made = []
        updates = [
            {text: "new"},
            {text: gr.skip()},
            {number: gr.update(value=2, visible=False)},
            {state: 3},
            {text: "a", number: 1, state: gr.skip()},
            ["b", 2, 4],
            gr.skip(),
        ]
        processed = []
        for update in updates:
            session = SessionState(blocks)
            processed.append(asyncio.run(blocks.postprocess_data(function, update, session)))
            held = session.blocks_config.blocks
            made.append([block for block in (text, number) if held[block._id] is not block])
            if update == {state: 3}:
                assert session[state._id] == 3
        return processed, made

    (expected, _), (processed, made) = results(gr.Blocks), results(SparseBlocks)
    assert processed == expected
    assert made[0] == made[1] == made[3] == made[4] == [] and len(made[2]) == 1
