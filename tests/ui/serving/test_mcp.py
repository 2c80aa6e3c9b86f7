"""The server of the Model Context Protocol, without a network."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from pydantic import Field

from emola.errors import ChatError
from emola.limits import Limits
from emola.ui.serving.mcp import MAX_CALLS, McpServer
from emola.ui.serving.rate import RateLimiter
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import messages

LIMITS = Limits(upload_bytes=3000, request_bytes=100, upload_seconds=0.5)
HEADERS = {"Content-Type": "application/json", "MCP-Protocol-Version": "2025-11-25"}


def greet(name: str, times: Annotated[int, Field(description="How often.", ge=1)] = 1) -> str:
    """Greets."""
    if not name:
        raise ChatError("Who?")
    return " ".join([f"Hello {name}"] * times)


def measure() -> dict[str, Any]:
    """Measures."""
    return {"length": 1.5, "name": "Größe", "width": None}


def fail() -> str:
    """Fails."""
    raise RuntimeError("a secret")


class Server:
    """The server and a client. Each call starts the server anew, as nothing must stay between requests."""

    def __init__(
        self, tools: Sequence[Callable[..., Any]] = (greet, measure, fail), limits: Limits = LIMITS
    ) -> None:
        self.tools = tools
        self.limits = limits
        self.rate = RateLimiter(limits.questions_per_minute)
        self.uploads = Uploads(Path("/uploads"), limits)

    def app(self) -> McpServer:
        return McpServer(self.tools, "Call greet.", uploads=self.uploads, limits=self.limits, rate=self.rate)

    def requests(self, *requests: dict[str, Any]) -> list[httpx.Response]:
        """Send requests at the same time."""

        async def send() -> list[httpx.Response]:
            app = self.app()
            options: dict[str, Any] = {"base_url": "http://127.0.0.1", "headers": HEADERS}
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), **options)
            async with app.run(), client:
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


@pytest.mark.parametrize(
    ("wanted", "agreed"),
    [("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2099-01-01", "2025-11-25")],
)
def test_agrees_on_a_version(server: Server, wanted: str, agreed: str) -> None:
    client = {"name": "test", "version": "1"}
    result = server.call("initialize", protocolVersion=wanted, capabilities={}, clientInfo=client)["result"]
    assert result["protocolVersion"] == agreed
    assert list(result["capabilities"]) == ["tools"]
    assert result["serverInfo"]["name"] == "emola" and result["instructions"] == "Call greet."


def test_keeps_no_session(server: Server) -> None:
    """Guards against memory that every client takes, and against calls that need an earlier one."""
    response = server.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert response.status_code == 200 and "mcp-session-id" not in response.headers


@pytest.mark.parametrize(("mode", "version"), [("legacy", "2025-11-25"), ("auto", "2026-07-28")])
def test_serves_the_official_client(server: Server, mode: str, version: str) -> None:
    """Guards against clients of either kind that find no common version."""

    async def talk() -> None:
        app = server.app()
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
        connection = streamable_http_client("http://127.0.0.1/mcp", http_client=http)
        async with app.run(), http, Client(connection, mode=mode) as client:
            assert client.protocol_version == version
            assert client.instructions == "Call greet."
            listed = await client.list_tools()
            assert [tool.name for tool in listed.tools] == ["greet", "measure", "fail"]
            greeting = await client.call_tool("greet", {"name": "Ada"})
            assert greeting.content[0].text == "Hello Ada" and not greeting.is_error
            assert (await client.call_tool("measure")).structured_content == measure()
            assert (await client.call_tool("fail")).is_error
            with pytest.raises(MCPError, match="There is no tool 'gone', only greet, measure, fail"):
                await client.call_tool("gone")

    asyncio.run(talk())


def test_lists_the_tools_with_their_parameters(server: Server) -> None:
    tools = server.call("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools] == ["greet", "measure", "fail"]
    assert tools[0]["description"] == "Greets."
    times = {"default": 1, "description": "How often.", "minimum": 1, "title": "Times", "type": "integer"}
    assert tools[0]["inputSchema"] == {
        "type": "object",
        "properties": {"name": {"title": "Name", "type": "string"}, "times": times},
        "required": ["name"],
        "additionalProperties": False,
    }


def test_text_is_returned_as_text(server: Server) -> None:
    result = server.tool("greet", name="Ada", times=2)
    assert result == {"content": [{"type": "text", "text": "Hello Ada Hello Ada"}], "isError": False}


def test_a_dictionary_is_returned_as_text_and_as_json(server: Server) -> None:
    """Guards against clients of either kind that see nothing, escaped letters and lost unknown values."""
    result = server.tool("measure")
    assert result["structuredContent"] == {"length": 1.5, "name": "Größe", "width": None}
    assert result["content"][0]["text"] == '{"length": 1.5, "name": "Größe", "width": null}'


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, "name: Missing required argument."),
        ({"name": 1}, "name: Input should be a valid string."),
        ({"name": "a", "times": "2"}, "times: Input should be a valid integer."),
        ({"name": "a", "times": True}, "times: Input should be a valid integer."),
        ({"name": "a", "times": 0}, "times: Input should be greater than or equal to 1."),
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
        (b"9" * 3000, -32602),
        (b"[]", -32602),
        (b'{"id": 1, "method": "ping"}', -32602),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": [1]}', -32602),
    ],
)
def test_a_malformed_message_is_refused(server: Server, body: bytes, code: int) -> None:
    response = server.post(body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == code and response.json()["id"] is None


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


def test_takes_json_alone(server: Server) -> None:
    """Guards against forms of other sites, which a browser sends without asking the server first."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert server.post(message, headers={"Content-Type": "text/plain"}).status_code == 400


def test_takes_a_picture_and_nothing_larger(server: Server) -> None:
    """Guards against a limit that a picture in base64 exceeds, and against endless bodies."""
    assert "x" * 3800 in server.tool("greet", name="x" * 3800)["content"][0]["text"]

    async def unbounded() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 500

    assert server.post(unbounded()).status_code == 413
    assert server.post(b" " * 5000).status_code == 413


def test_needs_memory_for_a_message(server: Server) -> None:
    """Guards against messages that take more memory than photos may."""
    with server.uploads.transfer("192.0.2.1") as reserve:
        reserve(LIMITS.uploads_memory)
        refused = server.post({"jsonrpc": "2.0", "id": 1, "method": "ping"})
    assert (refused.status_code, refused.text) == (503, messages.UPLOADS_FULL)
    assert server.call("ping")["result"] == {}


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
        """Waits."""
        started.release()
        assert released.wait(20)
        return "done"

    def release() -> str:
        for _ in range(LIMITS.transfers_per_address):
            assert started.acquire(timeout=20)
        released.set()
        return ""

    assert LIMITS.transfers_per_address <= MAX_CALLS
    server = Server([wait])
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "wait"}})
    threading.Thread(target=release, daemon=True).start()
    request = {"method": "POST", "url": "/", "content": body}
    responses = server.requests(*[request] * (LIMITS.transfers_per_address + 2))
    codes = sorted(response.status_code for response in responses)
    assert codes == [200] * LIMITS.transfers_per_address + [503] * 2


def test_limits_the_messages_of_a_visitor() -> None:
    """Guards against questions through the tools beyond the limit of the page."""
    server = Server(limits=Limits(questions_per_minute=1))
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    request = {"method": "POST", "url": "/", "json": message}
    codes = sorted(response.status_code for response in server.requests(request, request))
    assert codes == [200, 429]
