"""The access middleware: hosts, origins, routes, sizes, uploads and security headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from emola.limits import Limits
from emola.ui.serving.access import Access
from emola.ui.serving.events import Events
from emola.ui.serving.heartbeat import Heartbeats
from emola.ui.serving.middleware import AccessMiddleware
from emola.ui.serving.uploads import Uploads
from emola.ui.shared import messages
from emola.ui.visits.files import ServedFile

LIMITS = Limits(upload_bytes=1000, request_bytes=100, request_seconds=0.2, upload_seconds=5, upload_pause=0.2)


def visit_file(token: str, kind: str, query: Mapping[str, str]) -> ServedFile | None:
    if token != "t" * 24:
        return None
    name = "talk.md" if kind.endswith(".md") else None
    return ServedFile(f"{kind} {dict(query)}".encode(), "text/markdown" if name else "image/jpeg", name)


class Server:
    """The middleware in front of an application that echoes the request body."""

    def __init__(self, mcp: ASGIApp | None = None, **access: Any) -> None:
        self.uploads = Uploads(Path("/uploads"), LIMITS)
        self.heartbeats = Heartbeats()
        self.open: list[bool] = []
        self.refused: list[str] = []
        events = Events()
        events.refused_upload = self.refused.append  # type: ignore[method-assign]
        middleware = AccessMiddleware(
            self.application,
            access=Access(**access),
            limits=LIMITS,
            uploads=self.uploads,
            heartbeats=self.heartbeats,
            pages=["compare"],
            mcp=mcp,
            visit_file=visit_file,
            events=events,
        )
        self._transport = httpx.ASGITransport(middleware)

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.open.append(self.heartbeats.is_open("s1"))
        request = Request(scope, receive)
        await PlainTextResponse(await request.body())(scope, receive, send)

    def request(self, path: str = "/", method: str = "GET", **options: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://127.0.0.1:7860"
            ) as client:
                return await client.request(method, path, **options)

        return asyncio.run(send())

    def upload(self, data: bytes = b"photo", **options: Any) -> httpx.Response:
        return self.request("/gradio_api/upload", "POST", files={"files": ("a.png", data)}, **options)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.mark.parametrize(
    ("host", "hosts", "status"),
    [
        ("127.0.0.1:7860", (), 200),
        ("localhost:80", (), 200),
        ("[::1]:7860", (), 200),
        ("192.168.0.7", (), 200),
        ("evil.example", (), 421),
        ("localhost.evil.example", (), 421),
        ("", (), 421),
        ("[", (), 421),
        ("localhost/config?", (), 421),
        ("localhost#", (), 421),
        ("x@localhost", (), 421),
        ("faces.example", ("faces.example",), 200),
        ("FACES.example:443", ("faces.example",), 200),
        ("a.faces.example", ("faces.example",), 421),
        ("a.faces.example", ("*.faces.example",), 200),
    ],
)
def test_accepts_only_configured_host_names(host: str, hosts: tuple[str, ...], status: int) -> None:
    """Guards against DNS rebinding."""
    answer = Server(hosts=hosts).request(headers={"Host": host})
    assert answer.status_code == status
    assert status == 200 or "--allow-host" in answer.text


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://127.0.0.1:7860", 200),
        ("https://framed.example", 200),
        ("http://127.0.0.1:9999", 403),
        ("http://evil.example", 403),
        ("null", 403),
        ("http://[::1", 403),
        ("", 403),
    ],
)
def test_rejects_requests_from_other_origins(origin: str | None, status: int) -> None:
    """Guards against uploads and questions sent by another site in the same browser."""
    server = Server(embed=("https://framed.example",))
    headers = {} if origin is None else {"Origin": origin}
    assert server.request("/gradio_api/queue/join", "POST", headers=headers).status_code == status
    assert server.upload(headers=headers).status_code == status


def test_accepts_a_configured_forwarded_host() -> None:
    """Guards against an unusable page behind a proxy."""
    server = Server(hosts=("faces.example",))
    for forwarded in ("faces.example", "faces.example, proxy", "faces.example:443"):
        headers = {"Origin": "https://faces.example", "X-Forwarded-Host": forwarded}
        assert server.request(headers=headers).status_code == 200


@pytest.mark.parametrize("forwarded", ["evil.example", "192.168.0.7", "localhost"])
def test_ignores_a_forwarded_host_that_is_not_configured(forwarded: str) -> None:
    """Guards against another site that adds X-Forwarded-Host to its requests."""
    headers = {"Origin": f"http://{forwarded}", "X-Forwarded-Host": forwarded}
    assert Server(hosts=("faces.example",)).request(headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"data": ["why?"]}', 200),
        (b'{"path": null}', 200),
        (b'{"path": "/uploads/token/photo"}', 200),
        (b'{"path": "/uploads/../etc/passwd"}', 400),
        (b'{"data": [[{"path": "/etc/passwd"}]]}', 400),
        (b'{"data": {"p\\u0061th": "http://a"}}', 400),
        (b'{"path": 1}', 400),
        (b"no json", 400),
        (b"[" * 90, 400),
    ],
)
def test_rejects_paths_that_are_not_uploads(server: Server, body: bytes, status: int) -> None:
    """Guards against paths and URLs that Gradio components would open."""
    assert server.request("/gradio_api/queue/join", "POST", content=body).status_code == status


UNUSED = [
    "/gradio_api/deep_link?session_hash=s1",
    "/?deep_link=abc",
    "/gradio_api/runs",
    "/gradio_api/run-history/records",
    "/gradio_api/run/predict",
    "/gradio_api/api/look",
    "/gradio_api/proxy=http://127.0.0.1/",
    "/gradio_api/file=http://127.0.0.1/x.png",
    "/gradio_api/file=http%3A//127.0.0.1/x.png",
    "/gradio_api/file=//127.0.0.1/x.png",
    "/gradio_api/process_recording",
    "/gradio_api/stream/s1/1/1/playlist.m3u8",
    "/gradio_api/dev/reload",
    "/gradio_api/vibe-code/",
    "/monitoring",
    "/monitoring/summary",
    "/pwa_icon",
    "/docs",
    "/errors",
    "/compare/deeper",
    "/gradio_api/mcp",
    "/gradio_api/mcp/sse",
    "/gradio_api/mcp/schema",
    "/visit/short/photo",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_unused_routes_are_closed(server: Server, method: str) -> None:
    """Guards against deep links that write to disk, routes that bypass the queue, and public monitoring."""
    assert [path for path in UNUSED if server.request(path, method).status_code != 404] == []
    assert server.open == []


USED = [
    "/",
    "/compare",
    "/compare/",
    "/config?page=compare",
    "/assets/index.js",
    "/theme.css",
    "/gradio_api/info",
    "/gradio_api/call/look",
]


def test_routes_of_the_page_are_open(server: Server) -> None:
    """Guards against a page without its scripts."""
    assert [path for path in USED if server.request(path).status_code != 200] == []


@pytest.mark.parametrize("path", ["/gradio_api/mcp", "/gradio_api/mcp/"])
def test_forwards_to_the_mcp_server_if_there_is_one(path: str) -> None:
    """Guards against tools that are open without the flag, or for pages of other sites."""
    server = Server(mcp=PlainTextResponse("tools"))
    assert server.request(path, "POST", content=b"x" * 200).text == "tools"
    assert server.request(path, "POST", headers={"Origin": "http://evil.example"}).status_code == 403
    assert server.request(path, "POST", headers={"Host": "evil.example"}).status_code == 421
    for other in ("sse", "schema", "messages/"):
        assert server.request(f"/gradio_api/mcp/{other}").status_code == 404
    assert server.open == []


def test_serves_the_guide_for_agents(server: Server) -> None:
    answer = server.request("/agents.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert 'Client("http://127.0.0.1:7860"' in answer.text


def test_limits_the_size_of_a_request(server: Server) -> None:
    """Guards against parsing and tokenising a question of 20 MB."""
    path = "/gradio_api/queue/join"
    assert server.request(path, "POST", content=b" " * 98 + b"[]").content == b" " * 98 + b"[]"
    assert server.request(path, "POST", content=b" " * 99 + b"[]").status_code == 413

    async def unbounded() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 64

    assert server.request(path, "POST", content=unbounded()).status_code == 413


def test_a_stalled_request_times_out(server: Server) -> None:
    """Guards against connections that a visitor keeps for ever with the beginning of a request."""

    async def body() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(5)

    answer = server.request("/gradio_api/queue/join", "POST", content=body())
    assert answer.status_code == 408 and answer.headers["connection"] == "close"
    assert server.open == []


def test_an_upload_is_kept_in_memory(server: Server) -> None:
    """Guards against Gradio's own upload route, which writes to disk."""
    (path,) = server.upload(b"photo").json()
    assert server.open == []
    shown = server.request(f"/gradio_api/file={path}")
    assert shown.content == b"photo" and shown.headers["cache-control"] == "no-store"
    assert server.uploads.take(path) == b"photo"


def test_reports_the_end_of_an_upload(server: Server) -> None:
    """Guards against an error in the browser console after each upload."""
    answer = server.request("/gradio_api/upload_progress?upload_id=1")
    assert answer.text == 'data: {"msg": "done"}\n\n'
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"files": {"files": ("a", b"x" * 1001)}}, 413),
        ({"files": {"files": ("a", b"x" * 100_000)}}, 413),
        ({"files": [("files", ("a", b"1")), ("files", ("b", b"2"))]}, 400),
        ({"files": {"files": ("a", b"1")}, "data": {"field": "text"}}, 400),
        ({"data": {"field": "text"}}, 400),
        ({"content": b"not multipart"}, 400),
        ({"content": b"junk", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400),
        ({"content": b"--x\r\n\r\n1", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400),
    ],
)
def test_rejects_malformed_uploads(server: Server, options: dict[str, Any], status: int) -> None:
    """Guards against several files in a request, and a traceback for a malformed form."""
    answer = server.request("/gradio_api/upload", "POST", **options)
    assert answer.status_code == status
    assert len(server.uploads) == 0
    assert answer.text in (messages.ONE_FILE, messages.upload_too_large(1000))


def test_an_upload_without_a_length_is_limited(server: Server) -> None:
    """Guards against an endless chunked body."""

    async def unbounded() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        while True:
            yield b"x" * 1000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = server.request("/gradio_api/upload", "POST", content=unbounded(), headers=headers)
    assert answer.status_code == 413


def test_a_stalled_upload_times_out(server: Server) -> None:
    """Guards against stalled connections that hold memory."""

    async def stalling() -> AsyncIterator[bytes]:
        yield b"--x\r\n"
        await asyncio.sleep(60)

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = server.request("/gradio_api/upload", "POST", content=stalling(), headers=headers)
    assert answer.status_code == 408
    with server.uploads.transfer("") as reserve:
        reserve(LIMITS.uploads_memory)


def test_reports_why_uploads_are_refused(server: Server) -> None:
    server.upload(b"x" * 1001)
    server.upload(b"x" * 100_000)
    server.request("/gradio_api/upload", "POST", content=b"not multipart")
    with server.uploads.transfer("") as reserve:
        reserve(LIMITS.uploads_memory)
        assert server.upload().status_code == 503
    assert server.upload().status_code == 200
    assert server.refused == ["too_large", "too_large", "malformed", "full"]


def test_serves_the_pictures_of_a_visit(server: Server) -> None:
    """Guards against pictures in files or in proxy caches."""
    answer = server.request(f"/visit/{'t' * 24}/photo?style=mesh&face=1")
    assert answer.text == "photo {'style': 'mesh', 'face': '1'}"
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    assert server.request(f"/visit/{'u' * 24}/photo").status_code == 404


@pytest.mark.parametrize("path", ["/", "/gradio_api/deep_link", "/visit/x/photo"])
def test_every_answer_carries_the_security_headers(server: Server, path: str) -> None:
    """Guards against third-party scripts and framing."""
    headers = server.request(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'self'"
    assert policy["object-src"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["referrer-policy"] == "no-referrer"


def test_a_configured_site_may_embed_the_page() -> None:
    """Guards against an empty frame on the page of the Space."""
    headers = Server(embed=("https://huggingface.co",)).request().headers
    assert "frame-ancestors 'self' https://huggingface.co" in headers["content-security-policy"]
    assert "x-frame-options" not in headers


def test_a_heartbeat_marks_its_page_as_open(server: Server) -> None:
    """Guards against deleting the visit of an open page, or keeping that of a closed one."""
    server.request("/gradio_api/heartbeat/s1")
    assert server.open == [True]
    assert not server.heartbeats.is_open("s1")
    assert server.heartbeats.closed(0) == ["s1"]
