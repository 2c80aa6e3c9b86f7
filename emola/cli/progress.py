"""Progress on stderr, with rate and time left: bars on a terminal, a line now and then in a log."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any

from emola import downloads

__all__ = ["Bars", "fetch_groups"]

_EVERY = 30.0
"""Seconds between two lines in a log."""


class Bars:
    """One bar per named piece of work; in a log, where bars cannot move, its name and a line now and then.

    What is done when a piece of work is first heard of was done before, and has no part in the rate.
    """

    def __init__(self, verb: str, unit: str = "B") -> None:
        self._verb = verb
        self._unit = unit
        self._on_terminal = sys.stderr.isatty()
        self._bars: dict[str, Any] = {}
        self._told = time.monotonic()

    def __call__(self, name: str, done: int, total: int) -> None:
        bar = self._bars.get(name)
        if bar is None:
            bar = self._bars[name] = self._begin(name, done, total)
        bar.total = total
        bar.update(done - bar.n)
        if not self._on_terminal and time.monotonic() - self._told > _EVERY:
            self._told = time.monotonic()
            print(bar, file=sys.stderr, flush=True)

    def _begin(self, name: str, done: int, total: int) -> Any:
        from tqdm import tqdm

        if not self._on_terminal:
            size = f" ({total / 1e6:.1f} MB)" if self._unit == "B" else ""
            print(f"{self._verb} {name}{size}", file=sys.stderr, flush=True)
            self._told = time.monotonic()
        return tqdm(
            desc=f"{self._verb} {name}",
            total=total,
            initial=done,
            unit=self._unit,
            unit_scale=self._unit == "B",
            file=sys.stderr if self._on_terminal else io.StringIO(),
            ncols=None if self._on_terminal else 100,
            mininterval=0.1 if self._on_terminal else 1e9,  # in a log, lines come from here alone
        )

    def __enter__(self) -> Bars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bar in self._bars.values():
            bar.close()


def fetch_groups(groups: Iterable[str]) -> dict[str, Path]:
    """Fetch what is missing of some of ``downloads.GROUPS``, with bars; the paths by name.

    Raises DownloadError.
    """
    paths: dict[str, Path] = {}
    with Bars("Fetching") as fetching, Bars("Unpacking", unit="tensor") as unpacking:
        for group in groups:
            for name in downloads.GROUPS[group]:
                paths[name] = downloads.path(name, fetching)
            if group == "nano":
                paths["SmolLM2-135M-Instruct"] = downloads.language_model_dir(fetching, unpacking)
    return paths
