"""Progress on stderr with rate and time left: bars on a terminal, occasional lines in a log."""

from __future__ import annotations

import io
import sys
import time
from types import TracebackType
from typing import Any

__all__ = ["Bars"]

_LOG_INTERVAL_S = 30.0
"""Minimum time between two lines in a log."""


class Bars:
    """One bar per task, created by the task's first report.

    Called with the name of the task, the units done and the units in total. Units done before the first
    report are excluded from the rate. If stderr is not a terminal, a line announces each task and another
    follows at most every 30 seconds.
    """

    def __init__(self, verb: str, unit: str = "B") -> None:
        self._verb = verb
        self._unit = unit
        self._on_terminal = sys.stderr.isatty()
        self._bars: dict[str, Any] = {}
        self._last_line = time.monotonic()

    def __call__(self, name: str, done: int, total: int) -> None:
        bar = self._bars.get(name)
        if bar is None:
            bar = self._bars[name] = self._start(name, done, total)
        bar.total = total
        bar.update(done - bar.n)
        if not self._on_terminal and time.monotonic() - self._last_line > _LOG_INTERVAL_S:
            self._last_line = time.monotonic()
            print(bar, file=sys.stderr, flush=True)

    def _start(self, name: str, done: int, total: int) -> Any:
        from tqdm import tqdm

        if not self._on_terminal:
            size = f" ({total / 1e6:.1f} MB)" if self._unit == "B" else ""
            print(f"{self._verb} {name}{size}", file=sys.stderr, flush=True)
            self._last_line = time.monotonic()
        return tqdm(
            desc=f"{self._verb} {name}",
            total=total,
            initial=done,
            unit=self._unit,
            unit_scale=self._unit == "B",
            file=sys.stderr if self._on_terminal else io.StringIO(),
            ncols=None if self._on_terminal else 100,
            mininterval=0.1 if self._on_terminal else 1e9,  # in a log, __call__ writes the lines
        )

    def __enter__(self) -> Bars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bar in self._bars.values():
            bar.close()
