"""The middleware of the operator: probes, visitors, and the limit on requests."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from emola.limits import Limits
from emola.ui.serving.events import Events
from emola.ui.serving.operations import OperationsMiddleware, route_of
from emola.ui.shared import messages


class Counting(Events):
    """Events that a test can read."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, int]] = []

    def request(self, route: str, status: int) -> None:
        self.requests.append((route, status))


class Server:
    """The middleware in front of an application that returns the address of the client."""

    def __init__(self, trusted_proxies: int = 0, **limits: Any) -> None:
        self.reason = ""
        self.events = Counting()
        self.middleware = OperationsMiddleware(
            self.application,
            not_ready=lambda: self.reason,
            events=self.events,
            limits=Limits(**limits),
            trusted_proxies=trusted_proxies,
        )

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if request.url.path == "/broken":
            raise ValueError("a secret")
        client = request.client
        await PlainTextResponse(client.host if client else "")(scope, receive, send)

    def request(self, path: str = "/", method: str = "GET", **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.middleware, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://any.example") as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.parametrize("reason", ["loading", "failed", "stopping"])
def test_the_server_is_ready_only_when_it_answers(server: Server, reason: str) -> None:
    """Guards against visitors who are sent to a server without a model."""
    assert server.request("/ready").json() == {"ready": True}
    server.reason = reason
    answer = server.request("/ready")
    assert answer.status_code == 503 and answer.json() == {"ready": False, "reason": reason}
    assert answer.headers["cache-control"] == "no-store"


def test_the_process_is_alive_while_the_model_loads(server: Server) -> None:
    """Guards against an orchestrator that kills a server because it is loading or finishing."""
    server.reason = "loading"
    assert server.request("/health").json() == {"alive": True}
    assert server.request("/health", "HEAD").status_code == 200


def test_probes_are_not_counted_as_requests(server: Server) -> None:
    server.request("/health")
    server.request("/ready")
    assert server.events.requests == []


def test_the_application_sees_the_visitor_behind_the_proxies() -> None:
    """Guards against all visitors of a proxy sharing one limit."""
    headers = {"X-Forwarded-For": "10.0.0.1, 203.0.113.9"}
    assert Server(trusted_proxies=1).request(headers=headers).text == "203.0.113.9"
    assert Server().request(headers=headers).text == "127.0.0.1"


def test_limits_the_requests_of_a_visitor() -> None:
    server = Server(trusted_proxies=1, requests_per_minute=2)

    def post(address: str) -> httpx.Response:
        return server.request("/gradio_api/queue/join", "POST", headers={"X-Forwarded-For": address})

    assert [post("203.0.113.9").status_code for _ in range(3)] == [200, 200, 429]
    refused = post("203.0.113.9")
    assert refused.json() == {"detail": messages.too_many_requests(30)}
    assert refused.headers["retry-after"] == "30"
    assert post("203.0.113.10").status_code == 200
    assert server.events.requests.count(("queue", 429)) == 2


@pytest.mark.parametrize(
    ("path", "limited"),
    [
        ("/", True),
        ("/config", True),
        ("/gradio_api/info", True),
        ("/visit/token/conversation.html", True),
        ("/assets/index.js", False),
        ("/robots.txt", False),
        ("/gradio_api/heartbeat/session", False),
        ("/gradio_api/queue/data", False),
        ("/health", False),
    ],
)
def test_limits_reads_that_take_work(path: str, limited: bool) -> None:
    """Guards against a visitor who lets pages and reports be made without end.

    The files of a page and the streams of its answers are always served.
    """
    server = Server(requests_per_minute=1)
    assert [server.request(path).status_code for _ in range(2)] == [200, 429 if limited else 200]


def test_counts_requests_by_route_and_status(server: Server) -> None:
    server.request("/visit/token/photo")
    server.request("/broken")
    assert server.events.requests == [("visit", 200), ("page", 500)]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "page"),
        ("/compare/", "page"),
        ("/assets/index.js", "asset"),
        ("/i18n/de.json", "asset"),
        ("/gradio_api/upload", "upload"),
        ("/gradio_api/queue/join", "queue"),
        ("/gradio_api/call/ask", "call"),
        ("/gradio_api/heartbeat/x", "heartbeat"),
        ("/gradio_api/file=/a", "file"),
        ("/gradio_api/mcp", "mcp"),
        ("/gradio_api/info", "api"),
        ("/what/ever", "other"),
        ("/" + "x" * 1000, "other"),
        ("/\n", "other"),
    ],
)
def test_routes_have_a_few_names(path: str, route: str) -> None:
    """Guards against a metric for each path that somebody tries."""
    assert route_of(path) == route
