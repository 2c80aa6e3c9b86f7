"""A stand-in for ``spaces.GPU`` on ZeroGPU, which needs a GPU and the hub.

It does what the package (version 0.51) does with a decorated generator: the worker is forked at the first
call and used again, arguments and results are pickled, errors come back as the name of their class, a call
that takes longer than its duration is ended, and closing the generator waits for the worker.
"""

from __future__ import annotations

import multiprocessing
import pickle
import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

_FORK = multiprocessing.get_context("fork")


class GpuError(Exception):
    """A stand-in for ``gradio.Error``, whose ``str()`` is a repr too."""

    def __init__(self, title: str, message: str) -> None:
        super().__init__(message)
        self.title, self.message = title, message

    def __str__(self) -> str:
        return repr(self.message)


class ForkedGpu:
    """``GPU`` decorates a generator function; the attributes tell what happened.

    refusals: raised instead of the next calls. durations: reserved by each call, in seconds. yielded: number
    of values that the worker made in each call that it ended itself.
    """

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = deque(refusals)
        self.durations: list[float] = []
        self.yielded: list[int] = []
        self._process: Any = None
        self._pipe: Any = None

    def GPU(self, *, duration: Callable[..., float] | float) -> Callable[[Any], Any]:
        def decorate(task: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
            @wraps(task)
            def call(*arguments: Any) -> Iterator[Any]:
                seconds = duration(*arguments) if callable(duration) else duration
                self.durations.append(seconds)
                if self.refusals:
                    raise self.refusals.popleft()
                self._start(task)
                self._pipe.send_bytes(pickle.dumps(arguments))
                yield from self._results(time.monotonic() + seconds)

            return call

        return decorate

    @property
    def pid(self) -> int:
        """Process id of the worker."""
        return int(self._process.pid)

    def close(self) -> None:
        """End the worker."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._pipe.close()
            self._process = None

    def _start(self, task: Callable[..., Iterator[Any]]) -> None:
        if self._process is None or not self._process.is_alive():
            self._pipe, other = _FORK.Pipe()
            self._process = _FORK.Process(target=_work, args=(task, other), daemon=True)
            self._process.start()
            other.close()

    def _results(self, deadline: float) -> Iterator[Any]:
        ended = False
        try:
            while True:
                kind, value = self._next(deadline)
                ended = kind != "value"
                if kind == "error":
                    raise GpuError("ZeroGPU worker error", value)
                if ended:
                    self.yielded.append(value)
                    return
                yield value
        finally:
            while not ended and self._process is not None:
                kind, value = self._next(deadline)
                ended = kind != "value"
                if kind == "end":
                    self.yielded.append(value)

    def _next(self, deadline: float) -> tuple[str, Any]:
        if not self._pipe.poll(max(0.0, deadline - time.monotonic())):
            self.close()
            return "error", "GPU task aborted"
        try:
            kind, value = pickle.loads(self._pipe.recv_bytes())
        except EOFError:
            self.close()
            return "error", "GPU task aborted"
        return str(kind), value


def _work(task: Callable[..., Iterator[Any]], pipe: Any) -> None:
    """Run calls until the parent ends; runs in the worker."""
    while True:
        try:
            arguments = pickle.loads(pipe.recv_bytes())
        except EOFError:
            return
        count = 0
        try:
            for value in task(*arguments):
                count += 1
                pipe.send_bytes(pickle.dumps(("value", value)))
            pipe.send_bytes(pickle.dumps(("end", count)))
        except Exception as error:
            pipe.send_bytes(pickle.dumps(("error", type(error).__name__)))
