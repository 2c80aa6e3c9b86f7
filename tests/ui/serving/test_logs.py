"""The log of the server: one line per event, and nothing that a visitor typed or sent."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator

import pytest
from gradio import queueing, route_utils, routes

from emola.ui.serving import logs

SECRET = "what a visitor typed"


@pytest.fixture
def gradio_tracebacks() -> Iterator[None]:
    """Undo ``adopt_gradio_tracebacks`` at the end."""
    modules = (queueing, route_utils, routes)
    before = [module.traceback for module in modules]
    yield
    for module, traceback in zip(modules, before, strict=True):
        module.traceback = traceback
        del module.print


def fail() -> None:
    raise ValueError(SECRET)


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    text = capsys.readouterr().err
    assert SECRET not in text
    return text.splitlines()


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.to_stderr("json"):
        logs.event("question", outcome="answered", tokens=40, reason="", first_token_seconds=None)
    (line,) = map(json.loads, logged(capsys))
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "INFO", "event": "question", "outcome": "answered", "tokens": 40}


def test_an_event_is_one_line_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.to_stderr("plain"):
        logs.event("question", outcome="answered", tokens=40)
    (line,) = logged(capsys)
    assert line.partition(" ")[2] == "INFO question outcome=answered tokens=40"


@pytest.mark.parametrize("form", ["plain", "json"])
def test_an_error_is_logged_without_its_message(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a question in a traceback."""
    with logs.to_stderr(form):
        try:
            fail()
        except ValueError:
            logging.getLogger("emola.ui.shared.failures").exception("unexpected error")
    (line,) = logged(capsys)
    assert "unexpected error" in line and "ValueError" in line
    assert "test_logs.py" in line and " fail" in line


@pytest.mark.parametrize("form", ["plain", "json"])
def test_the_values_of_a_librarys_record_are_left_out(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against addresses and requests in the messages of Uvicorn and asyncio."""
    with logs.to_stderr(form):
        logging.getLogger("uvicorn.error").warning("%s - refused", SECRET)
        logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: {SECRET}")
        logging.getLogger("httpx").info("HTTP Request: %s", SECRET)
    lines = logged(capsys)
    assert len(lines) == 2
    assert "%s - refused" in lines[0] and "Task exception was never retrieved" in lines[1]


def test_our_own_messages_keep_their_values(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.to_stderr("plain"):
        logging.getLogger("emola.ui.shared.model_handle").error("%s could not be loaded: %s", "Nano", "a\nb")
    assert logged(capsys)[0].endswith("ERROR Nano could not be loaded: a b")


@pytest.mark.usefixtures("gradio_tracebacks")
@pytest.mark.parametrize("module", [queueing, route_utils, routes], ids=lambda module: module.__name__)
def test_gradio_prints_no_tracebacks(module: object, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against another use of ``traceback`` in a new version of Gradio."""
    logs.adopt_gradio_tracebacks()
    with logs.to_stderr("json"):
        try:
            fail()
        except ValueError:
            module.traceback.print_exc()  # type: ignore[attr-defined]
        module.print(SECRET)  # type: ignore[attr-defined]
    printed = capsys.readouterr()
    assert printed.out == "" and SECRET not in printed.err
    assert json.loads(printed.err)["error"] == "ValueError"


def test_an_error_of_a_thread_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.to_stderr("json"):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    (line,) = map(json.loads, logged(capsys))
    assert line["error"] == "ValueError" and line["event"] == "a thread failed"


def test_the_access_log_is_closed() -> None:
    """Guards against an address in each line of the access log."""
    access, error = logging.getLogger("uvicorn.access"), logging.getLogger("uvicorn.error")
    before = access.disabled, error.handlers[:], error.propagate
    error.addHandler(logging.StreamHandler())
    try:
        logs.adopt_server_logs()
        assert access.disabled and error.handlers == [] and error.propagate
    finally:
        access.disabled, error.handlers, error.propagate = before


def test_the_logging_of_the_process_is_restored() -> None:
    """Guards against a library that keeps writing to stderr."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, threading.excepthook, logging.raiseExceptions
    with logs.to_stderr("json"):
        assert len(root.handlers) == 1 and threading.excepthook is not before[2]
    assert (root.handlers, root.level, threading.excepthook, logging.raiseExceptions) == before
