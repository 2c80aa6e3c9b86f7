"""The server of the Model Context Protocol, without a network."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emola.errors import ChatError
from emola.ui.serving.limits import Limits
from emola.ui.serving.mcp import MAX_CALLS, VERSIONS, McpServer, Tool
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import messages

LIMITS = Limits(upload_bytes=3000, request_bytes=100, upload_seconds=0.5)


def greet(name: str, times: int = 1) -> str:
    if not name:
        raise ChatError("Who?")
    return " ".join([f"Hello {name}"] * times)


def fail() -> str:
    raise RuntimeError("a secret")


TEXT, NUMBER = {"type": "string"}, {"type": "integer", "default": 1}
TOOLS = [
    Tool("greet", "Greets.", {"name": TEXT, "times": NUMBER}, greet),
    Tool("measure", "Measures.", {}, lambda: {"length": 1.5, "name": "Größe"}),
    Tool("fail", "Fails.", {}, fail),
]


class Server:
    """The server and a client."""

    def __init__(self, tools: list[Tool] = TOOLS) -> None:
        self.uploads = Uploads(Path("/uploads"), LIMITS)
        self.app = McpServer(tools, "Call greet.", uploads=self.uploads, limits=LIMITS)

    def requests(self, *requests: dict[str, Any]) -> list[httpx.Response]:
        """Send requests at the same time."""

        async def send() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return list(await asyncio.gather(*(client.request(**request) for request in requests)))

        return asyncio.run(send())

    def post(self, body: Any, **options: Any) -> httpx.Response:
        content = body if isinstance(body, bytes) or hasattr(body, "__aiter__") else json.dumps(body)
        (response,) = self.requests({"method": "POST", "url": "/", "content": content, **options})
        return response

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        response = self.post({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
        answer = response.json()
        assert answer["id"] == 7 and answer["jsonrpc"] == "2.0" and response.status_code == 200
        return dict(answer)

    def tool(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        return dict(self.call("tools/call", name=name, arguments=arguments)["result"])


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.parametrize("wanted", [*VERSIONS, "2024-11-05", "2099-01-01", None])
def test_agrees_on_a_version(server: Server, wanted: str | None) -> None:
    result = server.call("initialize", protocolVersion=wanted, capabilities={}, clientInfo={})["result"]
    assert result["protocolVersion"] == (wanted if wanted in VERSIONS else VERSIONS[0])
    assert result["capabilities"] == {"tools": {}}
    assert result["serverInfo"]["name"] == "emola" and result["instructions"] == "Call greet."


def test_lists_the_tools_with_their_parameters(server: Server) -> None:
    tools = server.call("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools] == ["greet", "measure", "fail"]
    assert tools[0]["inputSchema"] == {
        "type": "object",
        "properties": {"name": TEXT, "times": NUMBER},
        "required": ["name"],
        "additionalProperties": False,
    }


def test_text_is_returned_as_text(server: Server) -> None:
    result = server.tool("greet", name="Ada", times=2)
    assert result == {"content": [{"type": "text", "text": "Hello Ada Hello Ada"}], "isError": False}


def test_a_dictionary_is_returned_as_text_and_as_json(server: Server) -> None:
    """Guards against clients of either kind that see nothing, and against escaped letters."""
    result = server.tool("measure")
    assert result["structuredContent"] == {"length": 1.5, "name": "Größe"}
    assert result["content"][0]["text"] == '{"length": 1.5, "name": "Größe"}'


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, "greet needs name."),
        ({"name": 1}, "name must be of type string."),
        ({"name": "a", "times": "2"}, "times must be of type integer."),
        ({"name": "a", "times": True}, "times must be of type integer."),
        ({"name": "a", "age": 3}, "greet has no parameter 'age', only name, times."),
        ({"name": ""}, "Who?"),
    ],
)
def test_a_model_reads_its_mistakes_as_a_result(
    server: Server, arguments: dict[str, Any], fault: str
) -> None:
    """Guards against protocol errors, which clients do not show to the model."""
    result = server.tool("greet", **arguments)
    assert result == {"content": [{"type": "text", "text": fault}], "isError": True}


def test_a_defect_is_reported_without_its_text(server: Server) -> None:
    """Guards against paths and contents in the messages of other libraries."""
    result = server.tool("fail")
    assert result == {"content": [{"type": "text", "text": messages.DEFECT}], "isError": True}


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("tools/call", {"name": "gone"}, -32602),
        ("tools/call", {"name": ["greet"]}, -32602),
        ("tools/call", {"name": "greet", "arguments": [1]}, -32602),
        ("tools/call", {}, -32602),
        ("resources/list", {}, -32601),
    ],
)
def test_an_unknown_method_or_tool_is_a_protocol_error(
    server: Server, method: str, params: dict[str, Any], code: int
) -> None:
    assert server.call(method, **params)["error"]["code"] == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"no json", -32700),
        (b"[" * 4000, -32700),
        (b'"\xff"', -32700),
        (b"9" * 3000, -32600),
        (b"[]", -32600),
        (b'{"id": 1, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}', -32600),
    ],
)
def test_a_malformed_message_is_refused(server: Server, body: bytes, code: int) -> None:
    response = server.post(body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == code and response.json()["id"] is None


def test_odd_params_are_refused(server: Server) -> None:
    body = {"jsonrpc": "2.0", "id": "a", "method": "tools/list", "params": [1]}
    answer = server.post(body).json()
    assert answer["id"] == "a" and answer["error"]["code"] == -32602


def test_answers_a_ping(server: Server) -> None:
    assert server.call("ping")["result"] == {}


def test_accepts_notifications_and_responses(server: Server) -> None:
    for message in ({"method": "notifications/initialized"}, {"id": 1, "result": {}}):
        response = server.post({"jsonrpc": "2.0", **message})
        assert (response.status_code, response.content) == (202, b"")


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_offers_no_stream_and_no_session(server: Server, method: str) -> None:
    (response,) = server.requests({"method": method, "url": "/"})
    assert response.status_code == 405 and response.headers["allow"] == "POST"


def test_names_its_versions_to_a_client_of_another(server: Server) -> None:
    """Guards against clients of later revisions that cannot find a common version."""
    headers = {"MCP-Protocol-Version": "2026-07-28"}
    response = server.post({"jsonrpc": "2.0", "id": 1, "method": "server/discover"}, headers=headers)
    error = response.json()["error"]
    assert response.status_code == 400 and error["code"] == -32022
    assert error["data"] == {"supported": list(VERSIONS), "requested": "2026-07-28"}


def test_takes_a_picture_and_nothing_larger(server: Server) -> None:
    """Guards against a limit that a picture in base64 exceeds, and against endless bodies."""
    assert "x" * 3800 in server.tool("greet", name="x" * 3800)["content"][0]["text"]

    async def unbounded() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 500

    assert server.post(unbounded()).status_code == 413


def test_a_stalled_message_times_out(server: Server) -> None:
    """Guards against connections that hold memory."""

    async def stalling() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(60)

    assert server.post(stalling()).status_code == 408
    with server.uploads.transfer("") as reserve:
        reserve(LIMITS.uploads_memory)


def test_limits_the_calls_of_one_address() -> None:
    """Guards against one client that holds all threads, and against a call that blocks the server."""
    started, released = threading.Semaphore(0), threading.Event()

    def wait() -> str:
        started.release()
        assert released.wait(20)
        return "done"

    def release() -> str:
        for _ in range(LIMITS.transfers_per_address):
            assert started.acquire(timeout=20)
        released.set()
        return ""

    assert LIMITS.transfers_per_address <= MAX_CALLS
    server = Server([Tool("wait", "Waits.", {}, wait)])
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "wait"}})
    threading.Thread(target=release, daemon=True).start()
    request = {"method": "POST", "url": "/", "content": body}
    responses = server.requests(*[request] * (LIMITS.transfers_per_address + 2))
    codes = sorted(response.status_code for response in responses)
    assert codes == [200] * LIMITS.transfers_per_address + [503] * 2
