"""Signals that ask a command to end: they end it like Ctrl-C, so that every cleanup runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Stop", "Terminated", "stoppable"]

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Terminated(KeyboardInterrupt):
    """A process was asked to end; a KeyboardInterrupt, because libraries know how to end after one.

    code: the exit code that says so, 128 and the number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


class Stop:
    """code: the exit code for the signal that arrived, 0 when none did."""

    code = 0


@contextmanager
def stoppable() -> Iterator[Stop]:
    """While the block runs, SIGTERM and SIGHUP raise Terminated in the main thread.

    A second signal is ignored: the cleanup after the first one is to end. ``Stop.code`` tells of a signal
    that a library caught and ended its work for. Signals that are handled or ignored already, as SIGHUP is
    under nohup, stay so. Does nothing outside the main thread, which alone may handle signals.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    mine = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]

    def end(number: int, _: FrameType | None) -> None:
        for each in mine:
            signal.signal(each, signal.SIG_IGN)
        stop.code = 128 + number
        raise Terminated(number)

    for number in mine:
        signal.signal(number, end)
    try:
        yield stop
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)
