"""BP4D-Spontaneous (Zhang et al., 2014): 41 people in 8 tasks, frames coded for action units.

As distributed::

    BP4D/
    ├── AUCoding/AU_OCC/F001_T1.csv            a row per coded frame: its number, then 0, 1 or 9 per unit
    └── Sequences(2D+3D)/F001/T1/2440.jpg      (or 2D+3D, Sequences_2D+3D, img)

The header of a table names the unit of each column. Frame files may or may not have leading zeros. The
protocol of the literature: 12 units, every coded frame, three folds of subjects (``emola.data.folds``). A
unit coded 9 was not visible; it counts as neither active nor inactive.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emola.data.folds import BP4D_PARTS, subjects
from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import Dataset, Record
from emola.data.tables import columns_of, find_child, read_table
from emola.data.video import frame_pictures

__all__ = ["UNITS", "matches", "read"]

UNITS = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)

_CODES = ("AUCoding/AU_OCC", "AU_OCC")
_PICTURES = ("Sequences(2D+3D)", "Sequences_2D+3D", "2D+3D", "img")
_CODED = {"0": False, "1": True, "9": None}


def matches(path: Path) -> bool:
    """Return whether there is a folder AU_OCC."""
    return any((path / name).is_dir() for name in _CODES)


def read(
    path: Path, task: str, split: str | None, fold: int | None, report: ProblemHandler = raise_problem
) -> Dataset:
    """Return the coded frames of a split."""
    codes, pictures = find_child(path, *_CODES), find_child(path, *_PICTURES)
    if split in (None, "all"):
        tables = sorted(codes.glob("*.csv"))
        if report.every:
            _report_subjects(codes, tables, report)
    else:
        names = subjects(BP4D_PARTS, str(split), fold or 0)
        tables = [codes / f"{person}_T{number}.csv" for person in names for number in range(1, 9)]
    records = tuple(record for table in tables for record in _sequence(table, pictures, report))
    return Dataset(path, "bp4d", task, records, split, fold, UNITS)


def _report_subjects(codes: Path, tables: list[Path], report: ProblemHandler) -> None:
    """Report missing tables of the folds' subjects, and tables of subjects in no fold."""
    existing = {table.stem for table in tables}
    people = sorted(person for part in BP4D_PARTS for person in part)
    for person in people:
        wanted = [f"{person}_T{number}" for number in range(1, 9)]
        if not existing.intersection(wanted):
            report(codes, None, f"has no table of {person}")
            continue
        for name in wanted:
            if name not in existing:
                report(codes / f"{name}.csv", None, "is missing")
    for table in tables:
        if table.stem.partition("_")[0] not in people:
            report(table, None, "is of a person in no fold")


def _sequence(table: Path, pictures: Path, report: ProblemHandler) -> Iterator[Record]:
    """Yield the records of one subject's task."""
    person, _, number = table.stem.partition("_")
    if not number:
        report(table, None, "has no name such as F001_T1.csv")
        return
    header, rows = read_table(table, report)
    columns = columns_of(table, header, UNITS, report, first=1) if header else None
    if columns is None:
        return
    coded: dict[int, tuple[int, list[str]]] = {}
    for line, row in rows:
        if not row[0].isdecimal() or not _fits(row, columns):
            report(table, line, "has something else than a frame's number and 0, 1 or 9")
        elif coded.setdefault(int(row[0]), (line, row))[0] != line:
            report(table, line, f"has frame {row[0]} again, as line {coded[int(row[0])][0]}")
    locations = {frame: (table, line) for frame, (line, _) in coded.items()}
    images = frame_pictures(pictures / person / number, None, table.stem, locations, report)
    for frame in images:
        _, row = coded[frame]
        active = {code: _CODED[row[columns[code]]] for code in UNITS}
        yield Record(
            id=f"{person}/{number}/{frame}",
            image=images[frame],
            action_units=tuple(code for code in UNITS if active[code]),
            uncoded=tuple(code for code in UNITS if active[code] is None),
            subject=person,
            task="au",
        )


def _fits(row: list[str], columns: dict[int | None, int]) -> bool:
    return all(row[columns[code]] in _CODED for code in UNITS)
