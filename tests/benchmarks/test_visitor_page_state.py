"""The page of the simulated browser: layout, messages and values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.visitors.page_state import (
    Event,
    Layout,
    Notice,
    PageState,
    edited,
    message_in,
    notice_in,
    plain_text,
)
from emola.errors import DataError

CHAT, NOTICE, STATE = 1, 2, 3
CONFIG = {
    "components": [
        {"id": CHAT, "props": {"elem_id": "chat", "value": []}},
        {"id": NOTICE, "props": {"elem_id": "chat-notice", "value": ""}},
        {"id": STATE, "props": {}},
    ],
    "dependencies": [
        {"id": 10, "targets": [[99, "load"]], "inputs": [], "outputs": [NOTICE], "backend_fn": True,
         "trigger_after": None},
        {"id": 11, "targets": [[CHAT, "submit"]], "inputs": [CHAT, NOTICE, STATE], "outputs": [CHAT, NOTICE],
         "backend_fn": True, "trigger_after": None},
        {"id": 12, "targets": [[CHAT, "submit"]], "inputs": [], "outputs": [], "backend_fn": True,
         "trigger_after": 11},
        {"id": 13, "targets": [[CHAT, "submit"]], "inputs": [], "outputs": [], "backend_fn": False,
         "trigger_after": 11},
    ],
}  # fmt: skip
SKIPPED = {"__type__": "update"}


def said(*texts: str) -> list[dict[str, Any]]:
    roles = ("user", "assistant")
    return [
        {"role": roles[number % 2], "content": [{"type": "text", "text": text}]}
        for number, text in enumerate(texts)
    ]


def message(kind: str, *data: Any) -> dict[str, Any]:
    return {"msg": kind, "event_id": "e", "output": {"data": list(data)}}


def test_the_layout_finds_events_by_element() -> None:
    layout = Layout(CONFIG)
    event = layout.event("chat", "submit")
    assert event == Event(11, (CHAT, NOTICE, STATE), (CHAT, NOTICE))
    assert [each.id for each in layout.after(event)] == [12]  # 13 has no function on the server
    assert [each.id for each in layout.on_load()] == [10]
    assert layout.inputs(event, {"chat-notice": "n"}) == [[], "n", None]
    for absent in (("chat", "click"), ("send", "click")):
        with pytest.raises(DataError, match=absent[absent[0] == "chat"]):
            layout.event(*absent)


def test_the_layout_is_read_from_html() -> None:
    html = f"<script>window.gradio_config = {json.dumps(CONFIG)};</script><script>window.x = {{}};</script>"
    assert Layout.of_html(html).id("chat") == CHAT
    with pytest.raises(DataError, match="configuration"):
        Layout.of_html("<p>Bad gateway</p>")


@pytest.mark.parametrize(
    ("edits", "result"),
    [
        ([["replace", [], 1]], 1),
        ([["append", [0, "t"], "b"]], [{"t": "ab"}, "x"]),
        ([["add", [2], "y"]], [{"t": "a"}, "x", "y"]),
        ([["add", [0, "u"], 1]], [{"t": "a", "u": 1}, "x"]),
        ([["delete", [0], None], ["delete", [0], None]], []),
        ([["delete", [0, "t"], None], ["replace", [1], "z"]], [{}, "z"]),
    ],
)
def test_applies_edits_as_the_browser_does(edits: list[Any], result: Any) -> None:
    assert edited([{"t": "a"}, "x"], edits) == result


def test_an_unknown_edit_is_an_error() -> None:
    with pytest.raises(DataError, match="unknown edit"):
        edited([], [["move", [0], None]])


def test_a_growing_answer_changes_the_page() -> None:
    """Guards against a lost value when an update skips a component."""
    state, event = PageState(), Layout(CONFIG).event("chat", "submit")
    state.apply(event, message("process_generating", said("q"), SKIPPED))
    assert state.messages(CHAT) == [("user", "q")]
    state.apply(event, message("process_generating", [["add", [1], said("", "a")[1]]], []))
    state.apply(
        event,
        message("process_generating", [["append", [1, "content", 0, "text"], "b"]], [["replace", [], "n"]]),
    )
    assert state.messages(CHAT) == [("user", "q"), ("assistant", "ab")]
    assert state.value(NOTICE) == "n"
    state.apply(event, message("process_generating", [["replace", [], SKIPPED]], []))
    assert state.messages(CHAT)[-1] == ("assistant", "ab")
    state.apply(event, message("process_completed", {**SKIPPED, "value": said("q", "abc")}, SKIPPED))
    assert state.messages(CHAT) == [("user", "q"), ("assistant", "abc")]
    assert state.value(NOTICE) == "n"


def test_the_first_update_of_the_next_event_is_whole() -> None:
    """Guards against edits of the outputs of an earlier event."""
    state, event = PageState(), Layout(CONFIG).event("chat", "submit")
    state.apply(event, message("process_generating", said("q"), SKIPPED))
    state.apply(event, message("process_completed", said("q"), SKIPPED))
    state.apply(event, message("process_generating", said("r"), SKIPPED))
    assert state.messages(CHAT) == [("user", "r")]


def test_messages_without_outputs_change_nothing() -> None:
    state, event = PageState(), Layout(CONFIG).event("chat", "submit")
    state.apply(event, {"msg": "process_starts", "event_id": "e"})
    state.apply(event, {"msg": "process_completed", "event_id": "e", "output": {}})
    assert state.messages(CHAT) == []


def test_lines_of_the_stream() -> None:
    assert message_in('data: {"msg": "close_stream"}') == {"msg": "close_stream"}
    assert message_in("") is None


def test_texts_are_without_markup() -> None:
    answer = '<span class="chip" title="AU12">AU12</span> &amp; more<br>yes<p class="made-by">1 s</p>'
    assert plain_text(f'{answer}<details class="evidence">x</details>') == "AU12 & more\nyes"
    assert notice_in('<p class="notice notice-error"><span data-i18n="busy">Try &amp; wait</span></p>') == (
        Notice("error", "busy", "Try & wait")
    )
    assert notice_in('<p class="notice notice-info">no key</p>') == Notice("info", "", "no key")
    assert notice_in("") is None
    assert notice_in(None) is None
