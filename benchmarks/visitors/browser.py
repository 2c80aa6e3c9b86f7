"""A visitor's browser: the chat page over HTTP, with the requests and headers that a browser sends."""

from __future__ import annotations

import asyncio
import mimetypes
import re
import secrets
import ssl
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import IPv4Address
from typing import Any, NamedTuple

import httpx

from benchmarks.visitors.page_state import Event, Layout, PageState, message_in, notice_in, plain_text

__all__ = ["Answer", "Browser", "Failure", "address_of"]

_HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept-Language": "en",
}
_TIMEOUT = httpx.Timeout(120.0, pool=None)
"""Longest silence of a connection, in seconds; the server sends a heartbeat every 15 s."""
_CONNECTIONS = 6
"""Connections of a browser to one server that it uses again."""
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # httpx would read the certificates for each visitor

_ASSET = re.compile(r'(?:src|href)="(?:\./|/)?((?:assets|static|svelte)/[^"]+)"')
_PICTURE = re.compile(r"visit/[\w-]+/(?:photo|face\?face=\d+)")
_EXPORT = re.compile(r"visit/[\w-]+/conversation\.json")
_BUSY = ("queue_full", "uploads_full", "too_many", "still_loading", "server_stops")
"""Beginnings of the keys of messages that say that the server is busy."""
_BUSY_STATUS = (429, 503)


class Failure(Exception):
    """A step that failed.

    reason: the key of a message, "http_503" and the like, or the class of an error. text: what the visitor is
    told. busy: whether the server says that it is busy.
    """

    def __init__(self, reason: str, text: str = "", *, busy: bool = False) -> None:
        super().__init__(f"{reason}: {text}" if text else reason)
        self.reason, self.text, self.busy = reason, text, busy


class Answer(NamedTuple):
    """An answer. first: seconds to its first words. seconds: to its end. queued: whether the page said so."""

    first: float
    seconds: float
    queued: bool
    text: str
    shown: tuple[str, ...]
    """The questions in the conversation."""


def address_of(visitor: int) -> str | None:
    """Return a loopback address for a visitor, so that limits for an address apply to each one alone.

    None where only 127.0.0.1 is a local address.
    """
    return str(IPv4Address("127.1.0.1") + visitor) if sys.platform == "linux" else None


class Browser:
    """A browser with the chat page. url: of the server. address: local address of its connections."""

    def __init__(self, url: str, address: str | None = None) -> None:
        self.session = secrets.token_hex(6)
        self.state = PageState()
        self._origin = url.rstrip("/")
        self._http = httpx.AsyncClient(
            base_url=self._origin,
            headers=_HEADERS,
            timeout=_TIMEOUT,
            transport=httpx.AsyncHTTPTransport(
                verify=_NO_TLS,
                trust_env=False,
                local_address=address,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=_CONNECTIONS),
            ),
        )
        self._inbox: defaultdict[str, asyncio.Queue[dict[str, Any] | Failure]] = defaultdict(asyncio.Queue)
        self._pending: set[str] = set()
        self._stream: asyncio.Task[None] | None = None
        self._heartbeat: asyncio.Task[None] | None = None

    # -- what a visitor does ---------------------------------------------------------------------

    async def open(self, kept: str | None = None) -> None:
        """Open the page, and wait until the model is loaded. kept: the key that a reloaded tab kept."""
        page = await self.get("/")
        self.layout = Layout.of_html(page.text)
        slots = asyncio.Semaphore(_CONNECTIONS)

        async def fetch(asset: str) -> None:
            async with slots:
                response = await self._request("GET", asset)
            if response.status_code != 404:  # a browser does without it
                _successful(response)

        await asyncio.gather(*map(fetch, sorted(set(_ASSET.findall(page.text)))))
        if self._heartbeat is None:
            self._heartbeat = asyncio.create_task(self._hold_heartbeat())
        await asyncio.gather(*(self.send(event, kept=kept) for event in self.layout.on_load()))
        self._raise_error("model-status")

    async def look(self, photo: bytes, name: str) -> None:
        """Upload a photo, and wait until its faces are found and the model has read the first one."""
        event = self.layout.event("photo", "input")
        await self.send(event, photo=await self._upload(photo, name))
        self._raise_error("photo-notice")
        pictures = self.pictures
        if not pictures:
            raise Failure("no_picture")
        following = self.layout.after(event)
        requests: list[Awaitable[object]] = [*map(self.get, pictures), *map(self.send, following)]
        await asyncio.gather(*requests)

    async def ask(self, question: str, on_first: Callable[[], None] = lambda: None) -> Answer:
        """Ask a question. on_first: called at the first words of the answer; may raise to end the wait."""
        chat, notice = self.layout.id("chat"), self.layout.id("chat-notice")
        before = len(self.state.value(chat) or ())
        begun, first, queued = time.perf_counter(), 0.0, False

        def watch() -> None:
            nonlocal first, queued
            told = notice_in(self.state.value(notice))
            queued = queued or (told is not None and told.key.startswith("waiting"))
            if not first and len(self.state.value(chat) or ()) >= before + 2:
                role, content = self.state.messages(chat)[-1]
                if role == "assistant" and plain_text(content):
                    first = time.perf_counter() - begun
                    on_first()

        await self.send(self.layout.event("question", "submit"), watch, question=question)
        seconds = time.perf_counter() - begun
        self._raise_error("chat-notice")
        messages = [(role, plain_text(content)) for role, content in self.state.messages(chat)]
        if not first or len(messages) < before + 2:
            raise Failure("no_answer")
        shown = tuple(text for role, text in messages if role == "user")
        return Answer(first, seconds, queued, messages[-1][1], shown)

    async def erase(self) -> None:
        """Press "Erase now", and check that the pictures are gone."""
        pictures = self.pictures
        await self.send(self.layout.event("erase", "click"))
        for picture in pictures:
            if (await self._request("GET", picture)).status_code != 404:
                raise Failure("not_erased", picture)

    async def close(self) -> None:
        """Close the page without a word, in the middle of an answer too."""
        self._fail(Failure("closed"))
        tasks = [task for task in (self._heartbeat, self._stream) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()

    @property
    def pictures(self) -> list[str]:
        """The addresses of the pictures in the page."""
        shown = (self.state.value(self.layout.id(element)) for element in ("face-view", "seen"))
        return sorted({address for html in shown for address in _PICTURE.findall(html or "")})

    async def record(self) -> dict[str, Any]:
        """Return the saved conversation, which names the model."""
        links = _EXPORT.findall(self.state.value(self.layout.id("exports")) or "")
        if not links:
            raise Failure("no_export")
        saved: dict[str, Any] = (await self.get(links[0])).json()
        return saved

    # -- the requests ----------------------------------------------------------------------------

    async def get(self, address: str) -> httpx.Response:
        """Fetch an address of the page. Raises Failure unless the status is 200."""
        return _successful(await self._request("GET", address))

    async def _post(self, address: str, **options: Any) -> httpx.Response:
        return _successful(await self._request("POST", address, headers={"Origin": self._origin}, **options))

    async def _request(self, method: str, address: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, address, **options)
        except httpx.HTTPError as error:
            raise Failure(type(error).__name__, str(error)) from error

    async def _upload(self, photo: bytes, name: str) -> dict[str, Any]:
        """Upload a photo; returns it as the value of an input."""
        upload = {"upload_id": secrets.token_hex(6)}
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = await self._post("/gradio_api/upload", params=upload, files={"files": (name, photo, kind)})
        path = str(response.json()[0])
        return {
            "path": path,
            "url": f"{self._origin}/gradio_api/file={path}",
            "orig_name": name,
            "size": len(photo),
            "mime_type": kind,
            "meta": {"_type": "gradio.FileData"},
        }

    async def send(self, event: Event, watch: Callable[[], None] = lambda: None, **values: Any) -> None:
        """Trigger an event and wait for its end. watch: called after each message. Raises Failure.

        values: inputs by element, with "_" for "-", that are not the initial ones.
        """
        inputs = {name.replace("_", "-"): value for name, value in values.items() if value is not None}
        body = {
            "data": self.layout.inputs(event, inputs),
            "event_data": None,
            "fn_index": event.id,
            "trigger_id": None,
            "session_hash": self.session,
        }
        joined = (await self._post("/gradio_api/queue/join", json=body)).json()["event_id"]
        self._pending.add(joined)
        self._listen()
        try:
            while True:
                message = await self._inbox[joined].get()
                if isinstance(message, Failure):
                    raise message
                if not message.get("success", True):
                    raise Failure("event_failed", str((message.get("output") or {}).get("error")))
                self.state.apply(event, message)
                watch()
                if message["msg"] == "process_completed":
                    return
        finally:
            self._pending.discard(joined)
            self._inbox.pop(joined, None)

    def _listen(self) -> None:
        """Receive the messages of this page, on one connection, until no event is pending."""
        if self._stream is None or self._stream.done():
            self._stream = asyncio.create_task(self._receive())

    async def _receive(self) -> None:
        address, parameters = "/gradio_api/queue/data", {"session_hash": self.session}
        try:
            while self._pending:
                async with self._http.stream("GET", address, params=parameters) as stream:
                    if stream.status_code != 200:
                        self._fail(Failure(f"http_{stream.status_code}"))
                        return
                    async for line in stream.aiter_lines():
                        self._deliver(message_in(line))
        except httpx.HTTPError as error:
            self._fail(Failure(type(error).__name__, str(error)))

    def _deliver(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        if message["msg"] == "unexpected_error":
            self._fail(Failure("unexpected_error", str(message.get("message"))))
        elif event := message.get("event_id"):
            self._inbox[event].put_nowait(message)
            if message["msg"] == "process_completed":
                self._pending.discard(event)

    def _fail(self, failure: Failure) -> None:
        for event in self._pending:
            self._inbox[event].put_nowait(failure)

    async def _hold_heartbeat(self) -> None:
        with suppress(httpx.HTTPError):
            async with self._http.stream("GET", f"/gradio_api/heartbeat/{self.session}") as stream:
                async for _ in stream.aiter_raw():
                    pass

    def _raise_error(self, element: str) -> None:
        """Raise Failure if an element shows an error."""
        told = notice_in(self.state.value(self.layout.id(element)))
        if told is not None and told.kind == "error":
            raise Failure(told.key or "notice", told.text, busy=told.key.startswith(_BUSY))


def _successful(response: httpx.Response) -> httpx.Response:
    status = response.status_code
    if status != 200:
        raise Failure(f"http_{status}", response.text[:200], busy=status in _BUSY_STATUS)
    return response
