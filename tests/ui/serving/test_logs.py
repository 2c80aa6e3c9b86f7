"""The log of the server: one line per event, and nothing that a visitor typed or sent."""

from __future__ import annotations

import gc
import json
import logging
import logging.config
import sys
import threading
from collections.abc import Iterator

import pytest
from gradio import queueing, route_utils, routes
from uvicorn.config import LOGGING_CONFIG

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


@pytest.fixture(autouse=True)
def without_uvicorn_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state before a server starts, also after a test that ran one in this process."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)


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
    """Guards against addresses and requests in the messages of Uvicorn, and in texts without arguments."""
    with logs.to_stderr(form):
        logging.getLogger("uvicorn.error").warning("%s - refused\n%s", SECRET, SECRET)
        logging.getLogger("asyncio").error(f"Exception in callback answer({SECRET!r})")
        logging.getLogger("httpx").info("HTTP Request: %s", SECRET)
    lines = logged(capsys)
    assert len(lines) == 2
    assert "%s - refused" in lines[0] and "a message of " in lines[1] and "test_logs.py:" in lines[1]


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


def test_an_error_of_a_destructor_is_logged_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against the message and the object, which Python prints."""

    class Holder:
        def __del__(self) -> None:
            fail()

    with logs.to_stderr("json"):
        Holder()
        gc.collect()
    (line,) = map(json.loads, logged(capsys))
    assert line["error"] == "ValueError"


def test_the_server_writes_to_our_log_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against addresses and errors in handlers of Uvicorn, also before the start is complete."""
    before = {name: LOGGING_CONFIG[name] for name in ("formatters", "handlers", "loggers")}
    names = ("uvicorn", "uvicorn.error", "uvicorn.access")
    for name in names:
        logger = logging.getLogger(name)
        for attribute in ("handlers", "propagate", "level"):
            monkeypatch.setattr(logger, attribute, getattr(logger, attribute))
    try:
        logs.adopt_server_logs()
        with logs.to_stderr("json"):
            logging.config.dictConfig(LOGGING_CONFIG)
            logging.getLogger("uvicorn.access").error("%s - GET", SECRET)
            logging.getLogger("uvicorn.error").error("%s is gone", SECRET)
    finally:
        LOGGING_CONFIG.update(before)
    assert [json.loads(line)["event"] for line in logged(capsys)] == ["%s - GET", "%s is gone"]


def test_the_logging_of_the_process_is_restored() -> None:
    """Guards against a library that keeps writing to stderr."""
    root = logging.getLogger()

    def state() -> tuple[object, ...]:
        hooks = threading.excepthook, sys.unraisablehook
        return root.handlers[:], root.level, *hooks, logging.raiseExceptions

    before = state()
    with logs.to_stderr("json"):
        assert len(root.handlers) == 1 and state()[2:] != before[2:]
    assert state() == before
