"""An ASGI middleware for operators: the visitor of a request, the limit on requests, and the probes.

It is the outermost one of ours, so that ``/health`` and ``/ready`` answer under any host name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from emola.limits import Limits
from emola.ui.serving.events import Events
from emola.ui.serving.rate import RateLimiter
from emola.ui.serving.visitors import visitor_of
from emola.ui.shared import messages

HEALTH, READY = "/health", "/ready"

_ROUTES = {
    "asset": r"/(?:assets|static|svelte|i18n)/.*|/(?:theme\.css|favicon\.ico|robots\.txt|manifest\.json)",
    "upload": r"/gradio_api/upload(?:_progress)?/?",
    "queue": r"/gradio_api/queue/.*",
    "call": r"/gradio_api/call/.*",
    "heartbeat": r"/gradio_api/heartbeat/.*",
    "file": r"/gradio_api/file=.*",
    "mcp": r"/gradio_api/mcp/?",
    "visit": r"/visit/.*",
    "api": r"/gradio_api/.*",
    "page": r"/|/config/?|/\w{1,20}/?|/agents\.md",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in _ROUTES.items()}

_LIMITED = {"page", "api", "visit"}
"""Kinds of routes whose GET requests count like POST requests, since a response is made for each of them."""


def route_of(path: str) -> str:
    """Return the kind of a path, for the metrics: one of a few words, whatever the path."""
    return next((name for name, pattern in _COMPILED.items() if pattern.fullmatch(path)), "other")


class OperationsMiddleware:
    """The middleware, see the module.

    not_ready: returns why the server answers no questions, empty if it does. trusted_proxies: see
    ``visitor_of``.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        not_ready: Callable[[], str],
        events: Events,
        limits: Limits,
        trusted_proxies: int = 0,
    ) -> None:
        self._app = app
        self._not_ready = not_ready
        self._events = events
        self._limits = limits
        self._rate = RateLimiter(limits.requests_per_minute)
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request, or forward it with the address of its visitor."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["path"] in (HEALTH, READY) and scope["method"] in ("GET", "HEAD"):
            await self._probe(scope["path"])(scope, receive, send)
            return
        visitor = visitor_of(scope, self._trusted_proxies)
        scope = {**scope, "client": (visitor, 0)}
        route = route_of(scope["path"])
        counted = _Counted(send, self._events, route)
        try:
            if (refusal := self._refuse(scope, route, visitor)) is not None:
                await refusal(scope, receive, counted.send)
                return
            await self._app(scope, receive, counted.send)
        except Exception:
            counted.fail()
            raise

    def _probe(self, path: str) -> Response:
        """Return the response to a probe: whether the process is alive, or whether questions are answered."""
        headers = {"Cache-Control": "no-store"}
        reason = self._not_ready() if path == READY else ""
        if reason:
            return JSONResponse({"ready": False, "reason": reason}, 503, headers)
        return JSONResponse({"alive": True} if path == HEALTH else {"ready": True}, 200, headers)

    def _refuse(self, scope: Scope, route: str, visitor: str) -> Response | None:
        """Return the refusal of a visitor who has sent too many requests; None for others."""
        if scope["method"] != "POST" and route not in _LIMITED:
            return None
        if not (seconds := self._rate.wait(visitor)):
            return None
        # Gradio's client shows "detail".
        refusal = {"detail": messages.too_many_requests(seconds)}
        return JSONResponse(refusal, 429, {"Retry-After": str(seconds)})


class _Counted:
    """Counts a request by its status when its response starts."""

    def __init__(self, send: Send, events: Events, route: str) -> None:
        self._send = send
        self._events = events
        self._route = route
        self._started = False

    async def send(self, message: Message) -> None:
        """Send a message of the response."""
        if message["type"] == "http.response.start":
            self._started = True
            self._events.request(self._route, message["status"])
        await self._send(message)

    def fail(self) -> None:
        """Count a request whose handler raised an error before it responded."""
        if not self._started:
            self._events.request(self._route, 500)
