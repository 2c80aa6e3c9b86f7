"""A client that sends the requests of the page's scripts."""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from typing import Any

import httpx


class PageClient:
    """An open page, identified by its Gradio session."""

    def __init__(self, url: str) -> None:
        self.session = secrets.token_hex(6)
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        config = self._http.get("config").json()
        self._ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        self._parts = {part["id"]: part for part in config["components"]}
        self._dependencies = config["dependencies"]

    def upload(self, photo: bytes) -> str:
        """Upload a photo and return the path that identifies it."""
        answer = self._http.post("gradio_api/upload", files={"files": ("face.jpg", photo)})
        answer.raise_for_status()
        return str(answer.json()[0])

    def send(self, element: str, event: str, **values: Any) -> None:
        """Trigger an event of an element; ``values`` maps element ids to inputs."""
        self._join(self._event(element, event), **values)

    def _event(self, element: str, event: str) -> dict[str, Any]:
        target = [self._ids[element], event]
        return next(d for d in self._dependencies if target in d["targets"])

    def _join(self, dependency: dict[str, Any], **values: Any) -> None:
        by_id = {self._ids[name]: value for name, value in values.items()}
        data = [by_id.get(part, self._parts[part]["props"].get("value")) for part in dependency["inputs"]]
        body = {"fn_index": dependency["id"], "session_hash": self.session, "data": data}
        self._http.post("gradio_api/queue/join", json=body).raise_for_status()

    def do(self, element: str, event: str, **values: Any) -> str:
        """Trigger an event and return everything that the server sends."""
        self.send(element, event, **values)
        return self._received()

    def after(self, element: str, event: str) -> str:
        """Trigger what follows an event and return everything that the server sends."""
        first = self._event(element, event)["id"]
        self._join(next(d for d in self._dependencies if d["trigger_after"] == first))
        return self._received()

    def _received(self) -> str:
        received = []
        parameters = {"session_hash": self.session}
        with self._http.stream("GET", "gradio_api/queue/data", params=parameters) as stream:
            for line in stream.iter_lines():
                received.append(line)
                if "process_completed" in line:
                    break
        return "\n".join(received)

    def look(self, photo: bytes) -> str:
        """Upload a photo and detect its faces."""
        return self.do("photo", "input", photo={"path": self.upload(photo)})

    def ask(self, question: str) -> str:
        """Ask a question."""
        return self.do("question", "submit", question=question)

    @contextmanager
    def open(self) -> Any:
        """Hold the heartbeat connection of an open page."""
        with self._http.stream("GET", f"gradio_api/heartbeat/{self.session}") as stream:
            lines = stream.iter_lines()  # deleting it closes the connection
            next(lines)
            yield self
            del lines

    def get(self, address: str) -> httpx.Response:
        """Fetch an address of the page."""
        return self._http.get(address)


def picture_addresses(response: str) -> list[str]:
    """Return the addresses of pictures in a response."""
    found = []
    for line in response.splitlines():
        if line.startswith("data:"):
            text = json.dumps(json.loads(line[5:]))
            found += [part.split('"')[0].split("\\")[0] for part in text.split("visit/")[1:]]
    return [f"visit/{address}" for address in found]
