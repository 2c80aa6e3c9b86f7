"""The thread that runs the model."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["ModelThread"]

_T = TypeVar("_T")


class ModelThread:
    """Runs functions one at a time in a thread of its own, in the order of their arrival.

    Forward passes share the active adapter and the cores; they never run side by side. The thread starts with
    the first function and ends with this object.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = 0
        self._executor: ThreadPoolExecutor

    def post(self, function: Callable[[], None]) -> None:
        """Run a function later. It handles its own errors.

        Raises RuntimeError when the interpreter is shutting down.
        """
        self._current().submit(function)

    def call(self, function: Callable[[], _T]) -> _T:
        """Run a function and return its result, or raise its error. Never called in the thread itself."""
        return self._current().submit(function).result()

    def _current(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._process != os.getpid():  # a forked process has the object without its thread
                self._process = os.getpid()
                self._executor = ThreadPoolExecutor(1, "emola-model")
            return self._executor
