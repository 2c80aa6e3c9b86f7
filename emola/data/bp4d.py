"""BP4D-Spontaneous (Zhang et al., 2014): 41 people in 8 tasks, frames coded for action units.

As distributed::

    BP4D/
    ├── AUCoding/AU_OCC/F001_T1.csv            a row per coded frame: its number, then 0, 1 or 9 per unit
    └── Sequences(2D+3D)/F001/T1/2440.jpg      (or 2D+3D, Sequences_2D+3D, img)

The first line of a table names the unit of each column. Frames are named with three or four digits,
or as many as they need. The protocol of the literature: 12 units, every coded frame, three folds of
people (``emola.data.folds``). A 9 means that the unit could not be seen; it is neither active nor
inactive here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emola.data.folds import BP4D_PARTS, subjects
from emola.data.layout import child, code_of, frame_pictures, read_table
from emola.data.records import Dataset, Record
from emola.errors import DataError

__all__ = ["UNITS", "read", "recognise"]

UNITS = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)

_CODES = ("AUCoding/AU_OCC", "AU_OCC")
_PICTURES = ("Sequences(2D+3D)", "Sequences_2D+3D", "2D+3D", "img")
_SEEN = {"0": False, "1": True, "9": None}


def recognise(path: Path) -> bool:
    """Whether there is a folder AU_OCC."""
    return any((path / name).is_dir() for name in _CODES)


def read(path: Path, task: str, split: str | None, fold: int | None) -> Dataset:
    """The coded frames of a split. Raises DataError naming the first file that is missing or wrong."""
    codes, pictures = child(path, *_CODES), child(path, *_PICTURES)
    if split in (None, "all"):
        tables = sorted(codes.glob("*.csv"))
    else:
        people = subjects(BP4D_PARTS, str(split), fold or 0)
        tables = [codes / f"{person}_T{number}.csv" for person in people for number in range(1, 9)]
    records = tuple(record for table in tables for record in _sequence(table, pictures))
    return Dataset(path, "bp4d", task, records, split, fold, UNITS)


def _sequence(table: Path, pictures: Path) -> Iterator[Record]:
    """The records of one person's task."""
    header, rows = read_table(table)
    person, _, number = table.stem.partition("_")
    columns = {code_of(name): column for column, name in enumerate(header) if column > 0}
    absent = [code for code in UNITS if code not in columns]
    if absent or not number:
        raise DataError(
            f"{table} has no column for AU{absent[0]}." if absent else f"{table} is not F001_T1.csv."
        )
    wrong = [n for n, row in enumerate(rows, 2) if not row[0].isdecimal() or not _fits(row, columns)]
    if wrong:
        raise DataError(f"{table} line {wrong[0]} has something else than a frame's number and 0, 1 or 9.")
    frames = [int(row[0]) for row in rows]
    images = frame_pictures(pictures / person / number, None, table.stem, frames)
    for frame, row in zip(frames, rows, strict=True):
        seen = {code: _SEEN[row[columns[code]]] for code in UNITS}
        yield Record(
            id=f"{person}/{number}/{frame}",
            image=images[frame],
            action_units=tuple(code for code in UNITS if seen[code]),
            uncoded=tuple(code for code in UNITS if seen[code] is None),
            subject=person,
            task="au",
        )


def _fits(row: list[str], columns: dict[int | None, int]) -> bool:
    return all(row[columns[code]] in _SEEN for code in UNITS)
