"""The routes for programs on a running server."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path

import httpx
import httpx2
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from mcp import Client as McpClient
from mcp.client.streamable_http import streamable_http_client
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


def files_on_disk() -> set[Path]:
    """Return the files in the private folder of the process."""
    return {file for file in temp_folder().rglob("*") if file.is_file()}


def test_language_models_look_and_ask(open_server: str, tmp_path: Path) -> None:
    """Guards against photos of language models on the disk, where Gradio's own server puts them."""
    photo = base64.b64encode(save(drawing(), tmp_path).read_bytes()).decode()
    before = files_on_disk()  # the example photos of other servers of this process

    async def talk() -> None:
        http = httpx2.AsyncClient(timeout=60, trust_env=False)
        connection = streamable_http_client(f"{open_server}gradio_api/mcp", http_client=http)
        async with http, McpClient(connection) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == ["look", "ask", "evidence"]
            found = (await client.call_tool("look", {"photo": photo})).structured_content
            conversation = found["conversation"]
            question = {"conversation": conversation, "question": "Which action units are active?"}
            assert (await client.call_tool("ask", question)).content[0].text == ANSWERS[0]
            said = {"conversation": conversation, "answer": ANSWERS[0]}
            evidence = (await client.call_tool("evidence", said)).structured_content
            assert evidence["measured"] is True and "left" in evidence["units"][0]

    asyncio.run(talk())
    assert files_on_disk() == before
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    elsewhere = {"Origin": "http://evil.example"}
    refused = httpx.post(f"{open_server}gradio_api/mcp", json=message, headers=elsewhere, trust_env=False)
    assert refused.status_code == 403


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
