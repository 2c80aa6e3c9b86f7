"""Keeping MediaPipe's start-up lines off the console.

MediaPipe and TensorFlow Lite write to the process's file descriptor 2, from threads of their own; in
MediaPipe 1.x no environment variable and no call of its interface stops that. The descriptor is therefore
turned to a file while the landmarker starts, and what that file holds is filtered.
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
    rb"WARNING: (Logging before|All log messages before)"  # the log library's, about its own start
    rb"|[IW]\d{4} \d\d:\d\d:[\d.]+ +\d+ [\w./]+:\d+\]"  # information and warnings; not errors (E, F)
    rb"|INFO: Created TensorFlow Lite"
    rb"|(INFO|WARNING): \[\w+\.cc:\d+\]"  # LiteRT's
)
_STDERR = 2
_lock = threading.Lock()


@contextmanager
def suppress_startup_lines() -> Iterator[None]:
    """Leave out MediaPipe's information and warnings while the block runs; all other lines come after it.

    Meant for work of some milliseconds: the standard error of every thread waits for the end of the block.
    One thread at a time. Entering and leaving takes 20 microseconds.
    """
    with ExitStack() as stack:
        stack.enter_context(_lock)
        try:
            caught = stack.enter_context(tempfile.TemporaryFile())
            console = os.dup(_STDERR)
        except OSError:  # no room for a file, or no standard error, as in a service
            yield
            return
        stack.callback(os.close, console)
        _turn_to(caught.fileno())
        try:
            yield
        finally:
            _turn_to(console)
            caught.seek(0)
            for line in caught:
                if not _STARTUP.match(line):
                    os.write(_STDERR, line)


def _turn_to(descriptor: int) -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
    os.dup2(descriptor, _STDERR)
