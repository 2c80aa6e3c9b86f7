"""What is wrong in the files of a set of faces: the first of it stops the reading, or all of it is listed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emola.errors import DataError

__all__ = ["Problem", "ProblemHandler", "ProblemList", "raise_problem"]


@dataclass(frozen=True)
class Problem:
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


class ProblemHandler(Protocol):
    """Who hears of a fault. A reader goes on when it returns, and leaves out what does not fit."""

    every: bool
    """Whether all faults are wanted, also those that a reader may pass over."""

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        """See ``Problem``."""


class _Refusal:
    every = False

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        raise DataError(f"{Problem(file, line, what)}.")


raise_problem: ProblemHandler = _Refusal()
"""Raises DataError at the first fault."""


class ProblemList:
    """Keeps every fault, in order."""

    every = True

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        """See ``ProblemHandler``."""
        self.found.append(Problem(file, line, what))
