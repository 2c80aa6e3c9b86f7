"""The log of the server on stderr: what happened, without what visitors typed, sent or where they came from.

Messages and errors of libraries may quote such values. Of a record of Uvicorn, only the first line of its
template is written, without arguments; of one of any other library, only the line of code that made it, since
its template may be a finished text; of any exception, its class and lines of code, without its message.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from types import SimpleNamespace, TracebackType
from typing import Any

log = logging.getLogger(__name__)

FIELDS = "fields"
"""Attribute of a record with the values of its event."""

MAX_FRAMES = 12
"""Lines of code of an exception that are written, the innermost ones."""

_OURS = "emola"
_UVICORN = "uvicorn"


@contextmanager
def to_stderr(form: str) -> Iterator[None]:
    """Write the log of this process to stderr inside the block.

    form: "plain", or "json" with one object per line.
    """
    root, ours = logging.getLogger(), logging.getLogger(_OURS)
    before = root.handlers[:], root.level, ours.level
    hooks = logging.raiseExceptions, threading.excepthook, sys.unraisablehook
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form == "json" else PlainFormatter())
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    ours.setLevel(logging.INFO)
    logging.raiseExceptions = False  # a failure to log would print the arguments
    threading.excepthook = _log_thread_error
    sys.unraisablehook = _log_unraisable_error
    try:
        yield
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])
        logging.raiseExceptions, threading.excepthook, sys.unraisablehook = hooks


def adopt_server_logs() -> None:
    """Let the records of Uvicorn reach our log alone, from its start on.

    To be called before a server is configured, which applies this configuration. Gradio sets a level at which
    there is no access log.
    """
    from uvicorn.config import LOGGING_CONFIG

    loggers = {name: {"handlers": [], "propagate": True} for name in ("uvicorn", "uvicorn.access")}
    LOGGING_CONFIG.update(formatters={}, handlers={}, loggers=loggers)


def adopt_gradio_tracebacks() -> None:
    """Log the errors of requests that Gradio cannot handle, instead of printing their tracebacks.

    Any visitor can cause such an error, and its message quotes the request.
    """
    from gradio import queueing, route_utils, routes

    for module in (queueing, route_utils, routes):
        module.traceback = SimpleNamespace(print_exc=_log_gradio_error)
        module.print = _print_nothing


def event(name: str, level: int = logging.INFO, **values: Any) -> None:
    """Log an event with values that are numbers, or words of ours; None and empty ones are left out."""
    given = {key: value for key, value in values.items() if value not in (None, "")}
    log.log(level, name, extra={FIELDS: given})


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        time = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": time, "level": record.levelname, "event": _message(record)}
        if record.name != __name__:
            line["logger"] = record.name
        return json.dumps({**line, **_fields(record), **_error(record)}, ensure_ascii=True)


class PlainFormatter(logging.Formatter):
    """Formats a record as one line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        time = datetime.fromtimestamp(record.created).strftime("%H:%M:%S")
        parts = [time, record.levelname, _message(record)]
        parts += [f"{key}={value}" for key, value in _fields(record).items()]
        if error := _error(record):
            parts.append(f"[{error['error']}: {' < '.join(error['trace'])}]")
        return " ".join(parts)


def _fields(record: logging.LogRecord) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = getattr(record, FIELDS, {})
    return fields


def _message(record: logging.LogRecord) -> str:
    """Return the message of a record in one line."""
    library = record.name.partition(".")[0]
    if library == _OURS:
        text = record.getMessage()
    elif library == _UVICORN:
        text = str(record.msg).partition("\n")[0]
    else:
        text = f"a message of {_short(record.pathname)}:{record.lineno} {record.funcName}"
    return " ".join(text.split())


def _error(record: logging.LogRecord) -> dict[str, Any]:
    """Return the class and the lines of code of the exception of a record; empty without one."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    return {"error": type(error).__name__, "trace": _frames(error.__traceback__)}


def _frames(trace: TracebackType | None) -> list[str]:
    """Return the lines of code of a traceback, the innermost first."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{_short(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return frames[: -MAX_FRAMES - 1 : -1]


def _short(path: str) -> str:
    """Return the last three parts of a path."""
    return "/".join(path.replace("\\", "/").split("/")[-3:])


def _log_gradio_error(*_: Any, **__: Any) -> None:
    log.warning("a request could not be handled", exc_info=True)


def _print_nothing(*_: Any, **__: Any) -> None:
    pass


def _log_thread_error(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        log.error("a thread failed", exc_info=args.exc_value)


def _log_unraisable_error(error: sys.UnraisableHookArgs) -> None:
    """Log an error that has no caller, as in a destructor; Python's own hook prints its message."""
    log.error("an error was ignored", exc_info=error.exc_value)
