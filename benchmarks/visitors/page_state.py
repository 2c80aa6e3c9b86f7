"""The chat page as its server describes it: components, events, and the values that messages change.

Gradio's page is one JSON document, the configuration, and a stream of messages. A message carries the outputs
of an event: whole values at first, then the edits of the previous outputs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any, NamedTuple

from emola.errors import DataError

__all__ = ["Event", "Layout", "Notice", "PageState", "edited", "message_in", "notice_in", "plain_text"]

_CONFIG = "window.gradio_config = "
_NOTICE = re.compile(r'class="notice notice-(?P<kind>\w+)"')
_KEY = re.compile(r'data-i18n="(?P<key>\w+)"')
_EVIDENCE = '<details class="evidence">'
_MADE_BY = '<p class="made-by">'


class Event(NamedTuple):
    """An event with a function on the server. inputs, outputs: ids of components."""

    id: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Notice(NamedTuple):
    """A notice of the page. kind: "info" or "error". key: of its message, empty if it has none."""

    kind: str
    key: str
    text: str


class Layout:
    """The components and events of a page. config: Gradio's configuration."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        parts = config["components"]
        self._ids = {part["props"]["elem_id"]: part["id"] for part in parts if part["props"].get("elem_id")}
        self._values = {part["id"]: part["props"].get("value") for part in parts}
        self._events = [entry for entry in config["dependencies"] if entry["backend_fn"]]

    @classmethod
    def of_html(cls, html: str) -> Layout:
        """Return the layout in the HTML of a page. Raises DataError when there is none."""
        start = html.find(_CONFIG)
        if start < 0:
            raise DataError("The server sent a page without a Gradio configuration.")
        return cls(json.JSONDecoder().raw_decode(html, start + len(_CONFIG))[0])

    def id(self, element: str) -> int:
        """Return the id of a component. element: its id in HTML. Raises DataError when there is none."""
        if element not in self._ids:
            raise DataError(f"The page has no element {element!r}.")
        return int(self._ids[element])

    def event(self, element: str, name: str) -> Event:
        """Return the event of an element, such as "click". Raises DataError when the page has none."""
        target = [self.id(element), name]
        for entry in self._events:
            if target in [list(each) for each in entry["targets"]]:
                return _event(entry)
        raise DataError(f"The page has no event {name!r} of {element!r}.")

    def after(self, event: Event) -> list[Event]:
        """Return the events that follow an event."""
        return [_event(entry) for entry in self._events if entry["trigger_after"] == event.id]

    def on_load(self) -> list[Event]:
        """Return the events of the opening of the page."""
        return [
            _event(entry) for entry in self._events if any(name == "load" for _, name in entry["targets"])
        ]

    def inputs(self, event: Event, values: Mapping[str, Any]) -> list[Any]:
        """Return the inputs of an event: the initial values, except for those given by element."""
        given = {self.id(element): value for element, value in values.items()}
        return [given.get(part, self._values.get(part)) for part in event.inputs]


def _event(entry: Mapping[str, Any]) -> Event:
    return Event(entry["id"], tuple(entry["inputs"]), tuple(entry["outputs"]))


class PageState:
    """The values of the components of a page, by id, as the browser keeps them."""

    def __init__(self) -> None:
        self._values: dict[int, Any] = {}
        self._running: dict[str, list[Any]] = {}  # the last outputs of an event that is not complete

    def value(self, component: int) -> Any:
        """Return the value that the server sent last; None if it sent none."""
        return self._values.get(component)

    def apply(self, event: Event, message: Mapping[str, Any]) -> None:
        """Apply a message about an event."""
        name, growing = str(message.get("event_id")), message["msg"] == "process_generating"
        data = (message.get("output") or {}).get("data")
        if data is None:
            return
        changed: Sequence[int] = range(len(data))
        if growing and name in self._running:
            outputs = self._running[name]
            changed = [index for index in changed if data[index]]
            for index in changed:
                outputs[index] = edited(outputs[index], data[index])
        else:
            outputs = list(data)
        if growing:
            self._running[name] = outputs
        else:
            self._running.pop(name, None)
        for index in changed:
            self._set(event.outputs[index], outputs[index])

    def _set(self, component: int, output: Any) -> None:
        if not (isinstance(output, dict) and output.get("__type__") == "update"):
            self._values[component] = output
        elif "value" in output:
            self._values[component] = output["value"]

    def messages(self, chat: int) -> list[tuple[str, str]]:
        """Return role and HTML of each message of a conversation. chat: id of the component."""
        return [(message["role"], _content(message["content"])) for message in self.value(chat) or []]


def _content(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def edited(value: Any, edits: Sequence[Sequence[Any]]) -> Any:
    """Return a value after Gradio's edits; lists and dictionaries are changed in place.

    edits: each an action ("replace", "append", "add" or "delete"), a path of keys and indices, and a value.
    Raises DataError for any other action.
    """
    for action, path, operand in edits:
        if action not in ("replace", "append", "add", "delete"):
            raise DataError(f"The server sent an unknown edit, {action!r}.")
        if not path:
            value = value + operand if action == "append" else operand
            continue
        *parents, key = path
        target = value
        for parent in parents:
            target = target[parent]
        if action == "delete":
            del target[key]
        elif action == "append":
            target[key] += operand
        elif action == "add" and isinstance(target, list):
            target.insert(key, operand)
        else:
            target[key] = operand
    return value


def message_in(line: str) -> dict[str, Any] | None:
    """Return the message in a line of an event stream; None for a line without one."""
    if not line.startswith("data:"):
        return None
    message: dict[str, Any] = json.loads(line[5:])
    return message


def notice_in(html: Any) -> Notice | None:
    """Return the notice in a fragment of HTML; None without one."""
    found = _NOTICE.search(html) if isinstance(html, str) else None
    if found is None:
        return None
    key = _KEY.search(html)
    return Notice(found["kind"], key["key"] if key else "", plain_text(html))


def plain_text(html: str) -> str:
    """Return the text of a message, without its evidence and the line under it."""
    html = html.partition(_EVIDENCE)[0].partition(_MADE_BY)[0]
    return unescape(re.sub(r"<[^>]+>", "", html.replace("<br>", "\n"))).strip()
