"""What is wrong in the files of a set of faces: the first of it stops the reading, or all of it is listed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emola.errors import DataError

__all__ = ["Fault", "Faults", "Report", "refuse"]


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which file, in which line or record (None for the whole), and what.

    what: the end of a sentence that begins with the place, without its full stop.
    """

    file: Path
    line: int | None
    what: str
    record: int | None = None

    def __str__(self) -> str:
        place = "" if self.line is None else f" line {self.line}"
        return f"{self.file}{place if self.record is None else f': record {self.record}'} {self.what}"


class Report(Protocol):
    """Who hears of a fault. A reader goes on when it returns, and leaves out what does not fit."""

    every: bool
    """Whether all faults are wanted, also those that a reader may pass over."""

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        """See ``Fault``."""


class _Refusal:
    every = False

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        raise DataError(f"{Fault(file, line, what)}.")


refuse: Report = _Refusal()
"""Raises DataError at the first fault."""


class Faults:
    """Keeps every fault, in order."""

    every = True

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        """See ``Report``."""
        self.found.append(Fault(file, line, what))
