"""A server of the Model Context Protocol (MCP), through which language models call functions as tools.

The official SDK speaks the protocol: streamable HTTP without sessions, where a message is one POST and its
answer one JSON document. Gradio's own MCP server is not used: it writes the pictures that it receives to the
disk, and all its clients share one Gradio session, so a client would ask about the photo of another.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

from mcp import MCPError, types
from mcp.server import Server, ServerRequestContext
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from emola.errors import EmolaError
from emola.limits import Limits
from emola.ui.serving.rate import RateLimiter
from emola.ui.serving.uploads import UploadRefused, Uploads
from emola.ui.shared import messages

log = logging.getLogger(__name__)

TOOLS_VERSION = "1"
"""Version of the tools, for clients: to be raised when a name, a parameter or a result changes."""

MAX_CALLS = 8
"""Calls of tools at the same time; each holds a thread."""


class McpServer:
    """The server as an ASGI application for one path, which responds while ``run()`` is entered.

    tools: functions that return text or a JSON-ready dictionary. Language models read their names, docstrings
    and annotations. They run in a thread and raise EmolaError for mistakes of the caller. instructions: how
    the tools work together, for the language model. uploads: limits the memory of the messages in progress
    and their number for each address, together with those of photos. rate: limits the messages of a visitor.
    """

    def __init__(
        self,
        tools: Sequence[Callable[..., Any]],
        instructions: str,
        *,
        uploads: Uploads,
        limits: Limits,
        rate: RateLimiter,
    ) -> None:
        self._uploads = uploads
        self._limits = limits
        self._rate = rate
        self._functions: dict[str, TypeAdapter[Any]] = {tool.__name__: TypeAdapter(tool) for tool in tools}
        self._tools = {
            tool.__name__: types.Tool(
                name=tool.__name__,
                description=tool.__doc__,
                input_schema=self._functions[tool.__name__].json_schema(),
            )
            for tool in tools
        }
        self._threads = ThreadPoolExecutor(MAX_CALLS, "mcp")
        server = Server(
            "emola",
            title=messages.TITLE,
            version=TOOLS_VERSION,
            instructions=instructions,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        self._manager = StreamableHTTPSessionManager(
            server,
            stateless=True,
            json_response=True,
            # A picture in base64 is longer by a third.
            max_request_body_size=limits.upload_bytes * 4 // 3 + limits.request_bytes,
        )

    def run(self) -> AbstractAsyncContextManager[None]:
        """Return the context in which the server responds. It can be entered once."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request."""
        refusal = await self._respond(scope, receive, send)
        if refusal is not None:
            await refusal(scope, receive, send)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """Respond to a message, or return the refusal of a request."""
        request = Request(scope)
        if request.method != "POST":  # the SDK would keep a GET open for messages that never come
            return PlainTextResponse("This address is for MCP clients.", 405, {"Allow": "POST"})
        address = request.client.host if request.client else ""
        if seconds := self._rate.wait(address):  # a message counts as a question, which it may be
            refusal = messages.too_many_questions(self._limits.questions_per_minute, seconds)
            return PlainTextResponse(refusal, 429, {"Retry-After": str(seconds)})
        try:
            # The memory of the message stays reserved until its answer is complete.
            with self._uploads.transfer(address) as reserve:
                limited = _limited(receive, reserve, self._limits.upload_seconds)
                await self._manager.handle_request(scope, limited, send)
        except UploadRefused as error:
            return PlainTextResponse(str(error), 503)
        except (asyncio.TimeoutError, ClientDisconnect):
            return PlainTextResponse(messages.UPLOAD_BROKEN, 408)
        return None

    async def _list(
        self, _context: ServerRequestContext[Any, Any], _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=list(self._tools.values()))

    async def _call(
        self, _context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """Call a tool. The language model reads its errors, to correct itself, as a result."""
        name, arguments = params.name, params.arguments or {}
        if name not in self._tools:
            raise MCPError(types.INVALID_PARAMS, f"There is no tool {name!r}, only {', '.join(self._tools)}.")
        # Checked here, since Pydantic would describe every unknown argument of a message of megabytes.
        known = self._tools[name].input_schema["properties"]
        if unknown := next((key for key in arguments if key not in known), None):
            return _failure(f"{name} has no parameter {unknown!r}, only {', '.join(known)}.")
        call = partial(self._functions[name].validate_python, arguments, strict=True)
        try:
            result = await asyncio.get_running_loop().run_in_executor(self._threads, call)
        except ValidationError as error:
            mistake = error.errors(include_url=False, include_input=False)[0]
            return _failure(f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}.")
        except EmolaError as error:
            return _failure(str(error))
        except Exception:
            log.exception("the tool %s failed", name)
            return _failure(messages.DEFECT)
        if isinstance(result, str):
            return types.CallToolResult(content=[types.TextContent(text=result)])
        text = types.TextContent(text=json.dumps(result, ensure_ascii=False))
        return types.CallToolResult(content=[text], structured_content=result)


def _failure(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=text)], is_error=True)


def _limited(receive: Receive, reserve: Callable[[int], None], seconds: float) -> Receive:
    """Return a ``receive`` that reserves memory for a body and raises an exception if the body breaks off.

    The SDK reads the whole body before it responds, so the exception can still be answered. Raises
    asyncio.TimeoutError after ``seconds``, and ClientDisconnect.
    """
    deadline = time.monotonic() + seconds
    complete = False

    async def receiving() -> Message:
        nonlocal complete
        if complete:
            return await receive()
        message = await asyncio.wait_for(receive(), deadline - time.monotonic())
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        reserve(len(message.get("body", b"")))
        complete = not message.get("more_body", False)
        return message

    return receiving
