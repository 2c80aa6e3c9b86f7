"""Filter for MediaPipe's start-up messages on standard error.

MediaPipe and TensorFlow Lite write to file descriptor 2 of the process, from their own threads. MediaPipe 1.x
has neither an environment variable nor a function to stop that. Therefore the descriptor is redirected to a
file while the landmarker starts, and the content of the file is filtered.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

__all__ = ["suppress_startup_lines"]

_STARTUP = re.compile(
    rb"WARNING: (Logging before|All log messages before)"  # Abseil, before its initialisation
    rb"|[IW]\d{4} \d\d:\d\d:[\d.]+ +\d+ [\w./]+:\d+\]"  # Abseil's information and warnings; not errors (E, F)
    rb"|INFO: Created TensorFlow Lite"
    rb"|(INFO|WARNING): \[\w+\.cc:\d+\]"  # LiteRT
)
_STDERR = 2
_lock = threading.Lock()


@contextmanager
def suppress_startup_lines() -> Iterator[None]:
    """Drop MediaPipe's information and warnings while the block runs; write other lines after it.

    Use it for blocks of a few milliseconds: the standard error of all threads is held back until the block
    ends, and only one thread can be inside. The overhead is 20 microseconds.
    """
    with ExitStack() as stack:
        stack.enter_context(_lock)
        try:
            caught = stack.enter_context(tempfile.TemporaryFile())
            console = os.dup(_STDERR)
        except OSError:  # no space for the file, or no standard error, as in a service
            yield
            return
        stack.callback(os.close, console)
        _redirect_stderr(caught.fileno())
        try:
            yield
        finally:
            _redirect_stderr(console)
            caught.seek(0)
            for line in caught:
                if not _STARTUP.match(line):
                    os.write(_STDERR, line)


def _redirect_stderr(descriptor: int) -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
    os.dup2(descriptor, _STDERR)
