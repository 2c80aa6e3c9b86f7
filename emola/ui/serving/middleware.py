"""An ASGI middleware between the network and Gradio that admits only the requests of the page.

It checks the Host and Origin headers, closes the routes of Gradio that the page does not use, limits the size
of requests, receives uploads into memory, serves the files of a visit from memory, and sets the security
headers of every response.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emola.limits import Limits
from emola.ui.serving import multipart
from emola.ui.serving.access import Access
from emola.ui.serving.agents import agents_guide
from emola.ui.serving.events import Events
from emola.ui.serving.heartbeat import Heartbeats
from emola.ui.serving.uploads import UploadRefused, Uploads
from emola.ui.shared import messages
from emola.ui.shared.i18n import catalogue_json
from emola.ui.visits.files import ServedFile

API = "/gradio_api"

_PAGE = re.compile(
    r"/|/config/?|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/(?:assets|static|svelte)/.+"
    rf"|{API}/(?:info|openapi\.json|startup-events|theme\.css|app_id|cancel|reset/?)/?"
    rf"|{API}/queue/(?:join|data|status)/?|{API}/call/.+|{API}/heartbeat/[^/]+|{API}/file=.+"
)
"""The routes of Gradio that the page and programs use. All others are closed: deep links, direct runs that
bypass the queue, the run history, monitoring, proxies, recordings, developer tools and PWA icons."""

_VISIT = re.compile(r"/visit/(?P<token>[\w-]{20,60})/(?P<kind>photo|face|conversation\.(?:md|json|html))")
_CATALOGUE = re.compile(r"/i18n/(?P<language>[a-z]{2})\.json")
_GUIDE = "/agents.md"
_MCP = f"{API}/mcp"
_HEARTBEAT = re.compile(rf"{API}/heartbeat/(?P<session>[^/]+)")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:/|//")  # two letters at least: C:/ is a path

VisitFile = Callable[[str, str, Mapping[str, str]], "ServedFile | None"]
"""(token of a visit, last part of the address, query) -> file, or None when there is no such file."""


class AccessMiddleware:
    """The middleware, see the module.

    visit_file: returns a file of a visit. pages: paths of the pages besides the first, without slashes. mcp:
    the MCP server, None to keep its route closed. events: receives the refused uploads.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        access: Access,
        limits: Limits,
        uploads: Uploads,
        heartbeats: Heartbeats,
        visit_file: VisitFile,
        pages: Sequence[str] = (),
        mcp: ASGIApp | None = None,
        events: Events | None = None,
    ) -> None:
        self._app = app
        self._access = access
        self._limits = limits
        self._uploads = uploads
        self._heartbeats = heartbeats
        self._visit_file = visit_file
        self._pages = frozenset(f"/{page}" for page in pages)
        self._mcp = mcp
        self._events = events or Events()
        self._drawing = asyncio.Semaphore(2)  # limits the drawing of pictures, which would slow down answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request, or forward it to Gradio."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # the page uses no WebSockets
        send = _with_headers(send, self._access.headers)
        request = Request(scope, receive)
        response = self._refuse(request)
        if response is None and self._mcp and request.url.path.rstrip("/") == _MCP:
            await self._mcp(scope, receive, send)
            return
        response = response or await self._respond(request)
        if response is not None:
            await response(scope, receive, send)
            return
        await self._forward(request, send)

    def _refuse(self, request: Request) -> Response | None:
        """Return the refusal of a request under a wrong host or from another origin; None for others."""
        host = request.headers.get("host", "")
        if not self._access.admits_host(host):
            return PlainTextResponse(messages.wrong_host(host), 421)
        origin = request.headers.get("origin")
        forwarded = request.headers.get("x-forwarded-host", "")
        if origin is not None and not self._access.admits_origin(origin, host, forwarded):
            return PlainTextResponse(messages.WRONG_ORIGIN, 403)
        return None

    async def _respond(self, request: Request) -> Response | None:
        """Return the response of a route that is served here or closed; None for routes of Gradio."""
        path = request.url.path
        if path.rstrip("/") == f"{API}/upload":
            return await self._upload(request)
        if path.rstrip("/") == f"{API}/upload_progress":
            # Gradio reports the bytes written to the disk. Nothing is written here: report the end.
            return Response('data: {"msg": "done"}\n\n', media_type="text/event-stream")
        if visit := _VISIT.fullmatch(path):
            query = dict(request.query_params)
            async with self._drawing:
                file = await run_in_threadpool(self._visit_file, visit["token"], visit["kind"], query)
            return _file(file)
        if catalogue := _CATALOGUE.fullmatch(path):
            data = catalogue_json(catalogue["language"])
            return None if data is None else Response(data, media_type="application/json")
        if path == _GUIDE:
            return PlainTextResponse(agents_guide(str(request.base_url)), media_type="text/markdown")
        if path.startswith(f"{API}/file="):
            address = unquote(path.removeprefix(f"{API}/file="))
            if (photo := self._uploads.peek(address)) is not None:
                return _file(ServedFile(photo, "image/jpeg"))
            if _URL.match(address):
                return PlainTextResponse(messages.CLOSED, 404)
        known = path.rstrip("/") in self._pages or _PAGE.fullmatch(path)
        if not known or "deep_link" in request.query_params:
            return PlainTextResponse(messages.CLOSED, 404)
        return None

    async def _upload(self, request: Request) -> Response:
        """Receive one photo; the response is that of Gradio's own route, a list with its path."""
        if request.method != "POST":
            return PlainTextResponse(messages.CLOSED, 405)
        limit = self._limits.upload_bytes
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > limit + multipart.OVERHEAD:
            return self._refuse_upload("too_large", messages.upload_too_large(limit), 413)
        address = request.client.host if request.client else ""
        try:
            with self._uploads.transfer(address) as reserve:
                transfer = multipart.read_single_file(request, limit, reserve, self._limits.upload_pause)
                data = await asyncio.wait_for(transfer, self._limits.upload_seconds)
        except multipart.Malformed as error:
            reason = "too_large" if error.status == 413 else "malformed"
            return self._refuse_upload(reason, str(error), error.status)
        except UploadRefused as error:
            return self._refuse_upload("full", str(error), 503)
        except (asyncio.TimeoutError, ClientDisconnect):
            return self._refuse_upload("broken", messages.UPLOAD_BROKEN, 408)
        return JSONResponse([self._uploads.add(data, address)])

    def _refuse_upload(self, reason: str, message: str, status: int) -> Response:
        self._events.refused_upload(reason)
        return PlainTextResponse(message, status)

    async def _forward(self, request: Request, send: Send) -> None:
        """Forward a request to Gradio after reading its body up to the limit."""
        receive = request.receive
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            try:
                body = await asyncio.wait_for(self._body(request), self._limits.request_seconds)
            except ClientDisconnect:
                return
            except asyncio.TimeoutError:
                # Otherwise a client that sends a byte now and then keeps the connection.
                refusal = PlainTextResponse(messages.BAD_REQUEST, 408, {"Connection": "close"})
                await refusal(request.scope, receive, send)
                return
            if body is None:
                refusal = PlainTextResponse(messages.request_too_large(self._limits.request_bytes), 413)
                await refusal(request.scope, receive, send)
                return
            if not self._is_admissible(body):
                await PlainTextResponse(messages.BAD_REQUEST, 400)(request.scope, receive, send)
                return
            receive = _replay(body, receive)
        heartbeat = _HEARTBEAT.fullmatch(request.url.path)
        with self._heartbeats.connected(heartbeat["session"]) if heartbeat else nullcontext():
            await self._app(request.scope, receive, send)

    def _is_admissible(self, body: bytes) -> bool:
        """Return whether a body is JSON in which each "path" is that of an upload.

        Gradio opens or downloads every "path", for any component.
        """
        try:
            value = json.loads(body) if body else None
        except (ValueError, RecursionError):
            return False
        paths = (part["path"] for part in _dictionaries(value) if part.get("path") is not None)
        return all(self._uploads.is_upload_path(path) for path in paths)

    async def _body(self, request: Request) -> bytes | None:
        """Return the body of a request; None when it is too large."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._limits.request_bytes:
                return None
        return body


def _dictionaries(value: Any) -> Iterator[dict[str, Any]]:
    """Yield all dictionaries in a JSON value."""
    remaining = [value]
    while remaining:
        part = remaining.pop()
        if isinstance(part, dict):
            yield part
            remaining.extend(part.values())
        elif isinstance(part, list):
            remaining.extend(part)


def _with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return send_with_headers


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that delivers a body that has already been read, then later messages."""
    delivered = False

    async def receiving() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _file(file: ServedFile | None) -> Response:
    """Return a file of a visit as a response that no proxy may cache."""
    if file is None:
        return PlainTextResponse(messages.PICTURE_GONE, 404)
    headers = {"Cache-Control": "no-store"}
    if file.name:
        headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return Response(file.data, media_type=file.media_type, headers=headers)
