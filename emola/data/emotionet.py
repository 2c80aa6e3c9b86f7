"""EmotioNet's list of hand-coded pictures (Fabian Benitez-Quiroz et al., CVPR 2016).

The list gives addresses, not pictures. Those that were fetched lie like this::

    EmotioNet/
    ├── EmotioNet_FACS_aws_2020_24600.csv       columns 'URL', 'URL orig', 'AU 1' to 'AU 60'
    └── Images/N_0000000001/N_0000000001_00001.jpg       (or imgs, images; with or without the inner folder)

Lists in several files and tables with tabs and no header (address, original address, AU 1 to AU 60),
as in ``*.txt``, are read too. A unit is 1, 0, or 999 when nobody coded it. The 12 units are those that
the published evaluation scores. Many of the addresses are dead: a line without its picture is left
out, and how many were is noted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from emola.data.layout import child, code_of, read_lines
from emola.data.records import Dataset, ImageFile, Record
from emola.errors import DataError

__all__ = ["UNITS", "read", "recognise"]

UNITS = (1, 2, 4, 5, 6, 9, 12, 17, 20, 25, 26, 43)

_HEADER = ["URL", "URL orig", *(f"AU {code}" for code in range(1, 61))]
_PICTURES = ("Images", "images", "imgs")


def recognise(path: Path) -> bool:
    """Whether there is a list whose name begins with EmotioNet."""
    return path.is_dir() and bool(_lists(path))


def read(path: Path, task: str, split: str | None, fold: int | None) -> Dataset:
    """The listed pictures that are there. Raises DataError naming the first line that does not fit."""
    lists, pictures = _lists(path), child(path, *_PICTURES)
    if not lists:
        raise DataError(f"{path} has no EmotioNet*.csv or *.txt with addresses and units.")
    there = {file.name: file for file in pictures.rglob("*") if file.is_file()}
    records, absent = [], []
    for file in lists:
        for name, active, uncoded in _lines(file):
            if name not in there:
                absent.append(name)
                continue
            records.append(Record(name, ImageFile(there[name]), None, active, uncoded, task=task))
    if not records:
        raise DataError(f"{pictures / absent[0]} is missing, and so are all others of {lists[0].name}.")
    note = f"{len(absent)} of {len(absent) + len(records)} listed pictures are not there" if absent else None
    return Dataset(path, "emotionet", task, tuple(records), split, fold, UNITS, note)


def _lists(path: Path) -> list[Path]:
    return sorted(f for f in path.glob("[Ee]motio[Nn]et*") if f.suffix.lower() in (".csv", ".txt"))


def _lines(file: Path) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Name of the picture, active units and uncoded units of each line."""
    lines = read_lines(file)
    delimiter = "\t" if "\t" in lines[0] else ","
    rows = [[cell.strip(" '\"") for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    header = rows.pop(0) if rows[0][0].upper() == "URL" else _HEADER
    columns = {code_of(name): column for column, name in enumerate(header) if column > 0}
    absent = [code for code in UNITS if code not in columns]
    if absent:
        raise DataError(f"{file} has no column for AU{absent[0]}.")
    for number, row in enumerate(rows, len(lines) - len(rows) + 1):
        name = PurePosixPath(row[0]).name
        if not name or len(row) < len(header):
            raise DataError(f"{file} line {number} has {len(row)} fields instead of {len(header)}.")
        values = {code: row[columns[code]].removesuffix(".0") for code in UNITS}
        wrong = [value for value in values.values() if value not in ("0", "1", "999", "")]
        if wrong:
            raise DataError(f"{file} line {number} has {wrong[0]!r} for a unit instead of 0, 1 or 999.")
        active = tuple(code for code in UNITS if values[code] == "1")
        yield name, active, tuple(code for code in UNITS if values[code] not in ("0", "1"))
