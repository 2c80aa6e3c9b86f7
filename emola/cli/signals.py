"""Termination signals: they end a command like Ctrl-C, so that every cleanup runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["Terminated", "Termination", "handle_termination"]

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP arrived. Derived from KeyboardInterrupt, which libraries clean up after.

    code: the exit code, 128 plus the number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


class Termination:
    """The state of :func:`handle_termination`.

    code: the exit code for the signal that arrived, 0 without one.
    """

    code = 0


@contextmanager
def handle_termination() -> Iterator[Termination]:
    """Raise Terminated in the main thread when SIGTERM or SIGHUP arrives during the block.

    A second signal is ignored, so that the cleanup can finish. If a library swallows the exception and
    returns, ``code`` of the yielded state still reports the signal. Signals that already have a handler or
    are ignored, like SIGHUP under nohup, are left alone. Does nothing outside the main thread, where Python
    allows no signal handlers.
    """
    termination = Termination()
    if threading.current_thread() is not threading.main_thread():
        yield termination
        return
    numbers = [number for number in _SIGNALS if signal.getsignal(number) == signal.SIG_DFL]

    def terminate(number: int, _: FrameType | None) -> None:
        for handled in numbers:
            signal.signal(handled, signal.SIG_IGN)
        termination.code = 128 + number
        raise Terminated(number)

    for number in numbers:
        signal.signal(number, terminate)
    try:
        yield termination
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)
