"""Problems in the files of a data set: raised at the first one, or collected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from emola.errors import DataError

__all__ = ["Problem", "ProblemHandler", "ProblemList", "raise_problem"]


@dataclass(frozen=True)
class Problem:
    """A problem of a file, or of one of its lines or records.

    what: the rest of a sentence that begins with the location, without the full stop.
    """

    file: Path
    line: int | None
    what: str
    record: int | None = None

    def __str__(self) -> str:
        position = "" if self.line is None else f" line {self.line}"
        return f"{self.file}{position if self.record is None else f': record {self.record}'} {self.what}"


class ProblemHandler(Protocol):
    """Receives the problems of a reader. If it returns, the reader skips the entry and continues."""

    every: bool
    """Whether to report all problems, including those that a reader may otherwise ignore."""

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        """Handle a problem, see ``Problem`` for the arguments."""


class _Raise:
    every = False

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        raise DataError(f"{Problem(file, line, what)}.")


raise_problem: ProblemHandler = _Raise()
"""Raises DataError at the first problem."""


class ProblemList:
    """Collects every problem, in order."""

    every = True

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def __call__(self, file: Path, line: int | None, what: str) -> None:
        """Add a problem, see ``Problem`` for the arguments."""
        self.found.append(Problem(file, line, what))
