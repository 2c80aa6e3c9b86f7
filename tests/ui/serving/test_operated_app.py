"""The app as an operator runs it: its probes, its log, its visitors behind a proxy, and its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from page_client import PageClient, picture_addresses
from ui_fakes import ANSWERS, FakeModel, drawing

from emola.limits import Limits
from emola.ui.pages import MAX_EVENTS
from emola.ui.serving.server import PageServer
from emola.ui.shared import messages
from emola.ui.shared.model_handle import ModelHandle

pytestmark = pytest.mark.slow
POSIX = pytest.mark.skipif(os.name != "posix", reason="signals")

MARK = "typed-by-a-visitor"
PAUSE = 0.05
"""Seconds per character of an answer."""

PROGRAM = f"""
import os, sys, time
sys.path[:0] = sys.argv[1:3]
from emola.cli import app, main
import emola.emola
from ui_fakes import FakeModel

def load(*args, **options):
    time.sleep(float(os.environ.get("LOADING_SECONDS", 0)))
    return FakeModel(pause={PAUSE})

emola.emola.load = load
app._fetch_missing = lambda args: None
app._verify_language_model = lambda: None
app._example_photos = dict
sys.exit(main(["app", *sys.argv[3:]]))
"""


class OperatedApp:
    """A running app, and what it wrote to stderr."""

    def __init__(self, process: subprocess.Popen[str], url: str, log: Path) -> None:
        self.process, self.url, self._log = process, url, log

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, trust_env=False, timeout=20)

    def log(self) -> str:
        return self._log.read_text("utf-8")

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]


@contextmanager
def operated_app(folder: Path, *flags: str) -> Iterator[OperatedApp]:
    tests = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(tests.parents[1]), "PYTHONUNBUFFERED": "1"}
    environment.pop("GRADIO_TEMP_DIR", None)  # set by the servers of this process
    log = folder / "log"
    command = [sys.executable, "-c", PROGRAM, str(tests), str(tests.parent / "fakes"), *flags]
    with log.open("w") as stderr:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True)
    try:
        assert process.stdout
        address = next(line for line in process.stdout if "http://" in line)
        yield OperatedApp(process, address[address.index("http://") :].split()[0].rstrip("/") + "/", log)
    finally:
        process.kill()
        process.wait()


def photo() -> bytes:
    buffer = BytesIO()
    drawing().save(buffer, "JPEG")
    return buffer.getvalue()


@POSIX
def test_a_terminated_app_finishes_its_answer_and_takes_no_other(tmp_path: Path) -> None:
    """Guards against an answer that breaks off at each update of the server."""
    received: list[str] = []
    with operated_app(tmp_path, "--log-format", "json", "--grace", "60") as app:
        asking, late = PageClient(app.url), PageClient(app.url)
        with asking.open(), late.open():
            asking.look(photo())
            late.look(photo())
            assert app.get("health").status_code == app.get("ready").status_code == 200
            thread = threading.Thread(target=lambda: received.append(asking.ask(MARK)))
            thread.start()
            time.sleep(10 * PAUSE)
            app.process.send_signal(signal.SIGTERM)
            while (ready := app.get("ready")).status_code == 200:
                time.sleep(PAUSE)
            assert ready.json()["reason"] == "stopping" and app.get("health").status_code == 200
            assert str(messages.SERVER_STOPS)[:30] in late.ask("Too late?")
            thread.join()
            assert app.process.wait(timeout=60) == 143
        assert "process_completed" in received[0] and "AU12" in received[0]
        events = app.events()
    assert MARK not in json.dumps(events)
    by_name = {event["event"]: event for event in events}
    assert by_name["stopped"]["finished"] is True
    answered = next(event for event in events if event.get("outcome") == "answered")
    assert answered["tokens"] == len(ANSWERS[0]) and answered["first_token_seconds"] > 0
    assert any(event.get("reason") == "server_stops" for event in events)


@POSIX
def test_an_answer_that_outlasts_the_grace_is_ended(tmp_path: Path) -> None:
    """Guards against a server that does not end before it is killed."""
    with operated_app(tmp_path, "--log-format", "json", "--grace", "0.2") as app:
        client = PageClient(app.url)
        with client.open():
            client.look(photo())
            client.send("question", "submit", question="q")
            time.sleep(10 * PAUSE)
            app.process.send_signal(signal.SIGTERM)
            assert app.process.wait(timeout=30) == 143
        assert {event["event"]: event for event in app.events()}["stopped"]["finished"] is False


@POSIX
def test_a_client_that_stalls_does_not_keep_the_process(tmp_path: Path) -> None:
    """Guards against a visitor who makes the supervisor kill the process."""
    with operated_app(tmp_path, "--grace", "0") as app:
        host, _, port = app.url.removeprefix("http://").rstrip("/").rpartition(":")
        with socket.create_connection((host, int(port))) as stalled:
            head = f"POST /gradio_api/queue/join HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n"
            stalled.sendall(head.encode() + b"{")
            time.sleep(1)
            app.process.send_signal(signal.SIGTERM)
            assert app.process.wait(timeout=30) == 143


@POSIX
def test_an_app_that_is_loading_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a thread that waits for the model, and against a second signal."""
    monkeypatch.setenv("LOADING_SECONDS", "60")
    with operated_app(tmp_path, "--log-format", "json") as app:
        path = PageClient(app.url).upload(photo())
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        asked = httpx.post(f"{app.url}gradio_api/call/look", json={"data": [file]}, trust_env=False)
        assert asked.status_code == 200 and app.get("ready").json()["reason"] == "loading"
        time.sleep(1)
        for _ in range(2):
            app.process.send_signal(signal.SIGTERM)
            time.sleep(PAUSE)
        assert app.process.wait(timeout=30) == 143
        assert {event["event"]: event for event in app.events()}["stopped"]["finished"] is True


@pytest.mark.parametrize("form", ["plain", "json"])
def test_garbage_is_one_line_of_the_log_without_its_text(form: str, tmp_path: Path) -> None:
    """Guards against texts and addresses in the tracebacks of Gradio and Uvicorn."""
    with operated_app(tmp_path, "--log-format", form) as app:
        join = f"{app.url}gradio_api/queue/join"
        config = app.get("config").json()
        for dependency in config["dependencies"]:
            for data in ([MARK], [{"path": None, "text": MARK}] * len(dependency["inputs"]), MARK):
                body = {"fn_index": dependency["id"], "session_hash": "garbage", "data": data}
                httpx.post(join, json=body, trust_env=False)
        httpx.post(join, content=MARK.encode(), trust_env=False)
        httpx.post(f"{app.url}gradio_api/call/ask", json={"data": [MARK]}, trust_env=False)
        deadline = time.monotonic() + 20
        while "a request could not be handled" not in app.log() and time.monotonic() < deadline:
            time.sleep(PAUSE)
        log = app.log()
    assert "a request could not be handled" in log
    assert MARK not in log and "127.0.0.1" not in log and "Traceback" not in log


def test_visitors_behind_a_proxy_are_counted_apart() -> None:
    """Guards against one visitor's questions using up the limit of all."""
    model = ModelHandle.of(FakeModel(answers=ANSWERS[:1]))
    server = PageServer(model, {}, limits=Limits(questions_per_minute=1), trusted_proxies=1)
    refusal = "Too many questions: the limit is 1 per minute"
    client = PageClient(server.launch(quiet=True))
    with client.open():
        client.look(photo())
        client._http.headers["X-Forwarded-For"] = "10.0.0.1, 203.0.113.9"
        assert refusal not in client.ask("one")
        client._http.headers["X-Forwarded-For"] = "10.0.0.2, 203.0.113.9"
        assert refusal in client.ask("two")
        client._http.headers["X-Forwarded-For"] = "203.0.113.10"
        assert refusal not in client.ask("three")
    server.close()


def test_every_question_that_may_wait_has_a_thread() -> None:
    """Guards against a queue beyond the threads of Gradio, in which no button of the page works."""
    server = PageServer(ModelHandle.of(FakeModel()), {}, concurrency=16, limits=Limits(queue=100))
    server.launch(quiet=True)
    assert server.page._queue.max_thread_count == server.page.max_threads >= 116 + MAX_EVENTS
    server.close()


def test_the_photo_of_a_page_beyond_the_limit_of_sessions_is_deleted() -> None:
    """Guards against a photo in memory after Gradio has dropped the session that holds its key."""
    server = PageServer(ModelHandle.of(FakeModel()), {}, limits=Limits(sessions=1))
    url = server.launch(quiet=True)
    first, second = PageClient(url), PageClient(url)
    with first.open(), second.open():
        picture = picture_addresses(first.look(photo()))[0]
        second.look(photo())
        assert len(server.visits) == 1 and first.get(picture).status_code == 404
    server.close()


def test_a_loading_server_is_not_ready() -> None:
    loaded = threading.Event()

    def load() -> FakeModel:
        assert loaded.wait(60)
        return FakeModel()

    handle = ModelHandle(load, name="EmoLA-Nano")
    server = PageServer(handle, {})
    url = server.launch(quiet=True)
    handle.start()
    answer = httpx.get(f"{url}ready", trust_env=False)
    assert answer.status_code == 503 and answer.json()["reason"] == "loading"
    assert httpx.get(f"{url}health", trust_env=False).status_code == 200
    assert httpx.get(f"{url}metrics", trust_env=False).status_code == 404
    loaded.set()
    handle.wait(60)
    assert httpx.get(f"{url}ready", trust_env=False).json() == {"ready": True}
    figures = server.figures()
    assert figures.ready and (figures.visits, figures.questions_running) == (0, 0)
    server.close()
