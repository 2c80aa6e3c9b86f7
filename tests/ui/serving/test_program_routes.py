"""The routes for programs on a running server."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.ui.serving.server import PageServer
from emola.ui.serving.temp_folder import temp_folder
from emola.ui.shared import law
from emola.ui.shared.model_handle import ModelHandle

pytestmark = pytest.mark.slow


@pytest.fixture
def open_server() -> Iterator[str]:
    server = PageServer(ModelHandle.of(FakeModel(answers=ANSWERS[:1])), {}, mcp=True)
    yield server.launch(quiet=True)
    server.close()


def call(url: str, method: str, **params: Any) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"Accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{url}gradio_api/mcp", json=message, headers=headers, timeout=60, trust_env=False)
    return dict(answer.json()["result"])


def tool(url: str, name: str, /, **arguments: Any) -> dict[str, Any]:
    return call(url, "tools/call", name=name, arguments=arguments)


def test_language_models_look_and_ask(open_server: str, tmp_path: Path) -> None:
    """Guards against photos of language models on the disk, where Gradio's own server puts them."""
    assert call(open_server, "initialize", protocolVersion="2025-06-18")["protocolVersion"] == "2025-06-18"
    assert len(call(open_server, "tools/list")["tools"]) == 3
    photo = base64.b64encode(save(drawing(), tmp_path).read_bytes()).decode()
    found = tool(open_server, "look", photo=photo)["structuredContent"]
    answer = tool(
        open_server, "ask", conversation=found["conversation"], question="Which action units are active?"
    )
    assert answer["content"][0]["text"] == ANSWERS[0]
    evidence = tool(open_server, "evidence", conversation=found["conversation"], answer=ANSWERS[0])
    assert evidence["structuredContent"]["measured"] is True
    assert [file.name for file in temp_folder().rglob("*") if file.is_file()] == ["in-use.lock"]


def test_the_tools_are_closed_without_the_flag() -> None:
    server = PageServer(ModelHandle.of(FakeModel()), {})
    url = server.launch(quiet=True)
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for path in ("mcp", "mcp/", "mcp/http", "mcp/sse", "mcp/schema"):
        assert httpx.post(f"{url}gradio_api/{path}", json=message, trust_env=False).status_code == 404
    assert httpx.get(f"{url}agents.md", trust_env=False).status_code == 200
    server.close()


def test_movement_only_reaches_the_endpoints(tmp_path: Path) -> None:
    """Guards against a flag that restricts the page alone."""
    server = PageServer(ModelHandle.of(FakeModel(answers=("It looks happy.",))), {}, movement_only=True)
    client = Client(server.launch(quiet=True), verbose=False)
    client.predict(handle_file(str(save(drawing(), tmp_path))), api_name="/look")
    with pytest.raises(AppError, match=law.EMOTION_REFUSED[:40]):
        client.predict("Which emotion is it?", api_name="/ask")
    assert "happy" not in client.predict("Which action units are active?", api_name="/ask")
    server.close()
