"""A server of the Model Context Protocol (MCP), through which language models call functions as tools.

It speaks the streamable HTTP transport without sessions: a message is one POST, and its answer one JSON
document. Gradio's own MCP server is not used: it writes the pictures that it receives to the disk, and all
its clients share one Gradio session, so a client would ask about the photo of another.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from emola.errors import EmolaError
from emola.ui.serving.limits import Limits
from emola.ui.serving.uploads import UploadRefused, Uploads
from emola.ui.shared import messages

log = logging.getLogger(__name__)

VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
"""Supported revisions of the protocol, the newest first."""

TOOLS_VERSION = "1"
"""Version of the tools, for clients: to be raised when a name, a parameter or a result changes."""

MAX_CALLS = 8
"""Calls of tools at the same time; each holds a thread."""

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602
UNSUPPORTED_VERSION = -32022

_TYPES = {"string": str, "integer": int}


@dataclass(frozen=True)
class Tool:
    """A function that language models can call.

    parameters: JSON schema of each parameter by name, of type "string" or "integer"; a parameter with a
    "default" is optional. call: takes the parameters by name and returns text or a JSON-ready dictionary. It
    runs in a thread and raises EmolaError for mistakes of the caller.
    """

    name: str
    description: str
    parameters: Mapping[str, Mapping[str, Any]]
    call: Callable[..., str | dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return the tool as the protocol lists it."""
        schema = {
            "type": "object",
            "properties": dict(self.parameters),
            "required": self._required,
            "additionalProperties": False,
        }
        return {"name": self.name, "description": self.description, "inputSchema": schema}

    @property
    def _required(self) -> list[str]:
        return [name for name, schema in self.parameters.items() if "default" not in schema]

    def fault(self, arguments: Mapping[str, Any]) -> str:
        """Return why arguments do not fit the parameters; empty if they do."""
        if missing := [name for name in self._required if name not in arguments]:
            return f"{self.name} needs {', '.join(missing)}."
        for name, value in arguments.items():
            if name not in self.parameters:
                return f"{self.name} has no parameter {name!r}, only {', '.join(self.parameters)}."
            kind = self.parameters[name]["type"]
            if not isinstance(value, _TYPES[kind]) or isinstance(value, bool):
                return f"{name} must be of type {kind}."
        return ""


class _Refused(Exception):
    """A message that gets an error as its answer."""

    def __init__(self, code: int, text: str, status: int = 200, data: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.error = {"code": code, "message": text, **({"data": data} if data else {})}
        self.status = status


class McpServer:
    """The server as an ASGI application for one path.

    instructions: how the tools work together, for the language model. uploads: limits the memory of the
    messages in progress and their number for each address, together with those of photos.
    """

    def __init__(self, tools: Sequence[Tool], instructions: str, *, uploads: Uploads, limits: Limits) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._instructions = instructions
        self._uploads = uploads
        self._limits = limits
        # A picture in base64 is longer by a third.
        self._max_bytes = limits.upload_bytes * 4 // 3 + limits.request_bytes
        self._threads = ThreadPoolExecutor(MAX_CALLS, "mcp")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request."""
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if request.method != "POST":
            return PlainTextResponse("This address is for MCP clients.", 405, {"Allow": "POST"})
        address = request.client.host if request.client else ""
        identity = None
        try:
            # The memory of the message stays reserved until its answer is complete.
            with self._uploads.transfer(address) as reserve:
                reading = self._read(request, reserve)
                message = await asyncio.wait_for(reading, self._limits.upload_seconds)
                if "id" not in message or "method" not in message:  # a notification or a response
                    return Response(status_code=202)
                identity = _identity(message)
                _require_supported(request.headers.get("mcp-protocol-version", VERSIONS[0]))
                result = await self._result(message["method"], _dictionary(message, "params"))
        except UploadRefused as error:
            return PlainTextResponse(str(error), 503)
        except (asyncio.TimeoutError, ClientDisconnect):
            return PlainTextResponse(messages.UPLOAD_BROKEN, 408)
        except _Refused as refused:
            answer = {"jsonrpc": "2.0", "id": identity, "error": refused.error}
            return JSONResponse(answer, refused.status)
        return JSONResponse({"jsonrpc": "2.0", "id": identity, "result": result})

    async def _read(self, request: Request, reserve: Callable[[int], None]) -> dict[str, Any]:
        """Return the message of a request."""
        body = b""
        async for chunk in request.stream():
            reserve(len(chunk))
            body += chunk
            if len(body) > self._max_bytes:
                raise _Refused(INVALID_REQUEST, messages.request_too_large(self._max_bytes), 413)
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            raise _Refused(PARSE_ERROR, "The body is not JSON.", 400) from None
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            raise _Refused(INVALID_REQUEST, "The body is not one JSON-RPC 2.0 message.", 400)
        return message

    async def _result(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return the result of a request."""
        if method == "initialize":
            wanted = params.get("protocolVersion")
            return {
                "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "emola", "title": messages.TITLE, "version": TOOLS_VERSION},
                "instructions": self._instructions,
            }
        if method == "ping":
            return {}
        if method == "tools/list":
            return {"tools": [tool.as_dict() for tool in self._tools.values()]}
        if method == "tools/call":
            return await self._call(params)
        raise _Refused(UNKNOWN_METHOD, f"There is no method {method!r}.")

    async def _call(self, params: dict[str, Any]) -> dict[str, Any]:
        """Call a tool. The language model reads its errors, to correct itself, as a result."""
        name = params.get("name")
        if not isinstance(name, str) or name not in self._tools:
            raise _Refused(INVALID_PARAMS, f"There is no tool {name!r}, only {', '.join(self._tools)}.")
        tool, arguments = self._tools[name], _dictionary(params, "arguments")
        if fault := tool.fault(arguments):
            return _content(fault, failed=True)
        loop = asyncio.get_running_loop()
        try:
            return _content(await loop.run_in_executor(self._threads, partial(tool.call, **arguments)))
        except EmolaError as error:
            return _content(str(error), failed=True)
        except Exception:
            log.exception("the tool %s failed", name)
            return _content(messages.DEFECT, failed=True)


def _content(result: str | dict[str, Any], *, failed: bool = False) -> dict[str, Any]:
    """Return the result of a tool as text and, if it is not text, as JSON."""
    if isinstance(result, str):
        return {"content": [{"type": "text", "text": str(result)}], "isError": failed}
    text = json.dumps(result, ensure_ascii=False)
    return {"content": [{"type": "text", "text": text}], "structuredContent": result, "isError": failed}


def _identity(message: dict[str, Any]) -> str | int:
    identity = message["id"]
    if not isinstance(identity, (str, int)) or isinstance(identity, bool):
        raise _Refused(INVALID_REQUEST, "The id is neither text nor a whole number.", 400)
    return identity


def _dictionary(message: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a field of a message that holds an object; empty if the message lacks it."""
    value = message.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Refused(INVALID_PARAMS, f"{name} is not an object.")
    return value


def _require_supported(version: str) -> None:
    if version not in VERSIONS:
        data = {"supported": list(VERSIONS), "requested": version[:100]}
        raise _Refused(UNSUPPORTED_VERSION, "Unsupported protocol version", 400, data)
