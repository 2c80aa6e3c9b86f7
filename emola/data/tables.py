"""Helpers of the data set readers: files with alternative names, lines and tables of text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from emola.data.problems import ProblemHandler, raise_problem
from emola.errors import DataError

__all__ = ["code_of", "columns_of", "decoded", "find_child", "read_lines", "read_table"]


def find_child(folder: Path, *names: str) -> Path:
    """Return the first of ``names`` that exists in ``folder``. Raises DataError if none does."""
    for name in names:
        if (folder / name).exists():
            return folder / name
    others = f" (or {', '.join(names[1:])})" if len(names) > 1 else ""
    raise DataError(f"{folder / names[0]} is missing{others}; docs/datasets.md shows the layout.")


def decoded(path: Path, data: bytes, report: ProblemHandler = raise_problem) -> str:
    """Return UTF-8 text without a byte order mark, invalid bytes replaced and their lines reported."""
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            report(path, number, f"is not UTF-8 text ({error.reason} at byte {error.start})")
    return data.decode("utf-8-sig", errors="replace")


def read_lines(path: Path, report: ProblemHandler = raise_problem) -> list[tuple[int, str]]:
    """Return the non-blank lines of a text file with their numbers; none if the file is unreadable."""
    try:
        data = path.read_bytes()
    except OSError as error:
        report(path, None, f"cannot be read: {error.strerror}")
        return []
    lines = decoded(path, data, report).splitlines()
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def read_table(
    path: Path, report: ProblemHandler = raise_problem
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the rows with their line numbers; both are empty for an unreadable table.

    Rows with another number of fields than the header are reported and skipped.
    """
    rows: list[tuple[int, list[str]]] = []
    for number, line in read_lines(path, report):
        try:
            row = next(csv.reader([line], skipinitialspace=True))
        except csv.Error as error:
            report(path, number, f"is not a comma-separated row ({error})")
            continue
        if rows and len(row) != len(rows[0][1]):
            report(path, number, f"has {len(row)} fields instead of {len(rows[0][1])}")
            continue
        rows.append((number, row))
    if not rows and path.is_file():
        report(path, None, "is not a table: it is empty")
    return (rows[0][1], rows[1:]) if rows else ([], [])


def code_of(column: str) -> int | None:
    """Return the action unit of a column header such as ``12``, ``AU12`` or ``'AU 12'``, else None."""
    match = re.fullmatch(r"(?:AU)?[ _]?0*([1-9]\d?)", column.strip(" '\""), re.IGNORECASE)
    return int(match[1]) if match else None


def columns_of(
    path: Path, header: Sequence[str], codes: Iterable[int], report: ProblemHandler, first: int = 0
) -> dict[int | None, int] | None:
    """Return the column of each action unit, from column ``first`` on; None if one is missing."""
    columns = {code_of(name): column for column, name in enumerate(header) if column >= first}
    absent = [code for code in codes if code not in columns]
    for code in absent:
        report(path, 1, f"has no column for AU{code}")
    return None if absent else columns
