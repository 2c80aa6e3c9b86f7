"""EmotioNet's list of hand-coded pictures (Fabian Benitez-Quiroz et al., CVPR 2016).

The list gives addresses, not pictures. The layout of the downloaded ones::

    EmotioNet/
    ├── EmotioNet_FACS_aws_2020_24600.csv       columns 'URL', 'URL orig', 'AU 1' to 'AU 60'
    └── Images/N_0000000001/N_0000000001_00001.jpg       (or imgs, images; with or without the inner folder)

Lists in several files, and ``*.txt`` tables with tabs and no header (address, original address, AU 1 to
AU 60), are read, too. A unit is 1, 0, or 999 if it was not coded. The 12 units are those of the published
evaluation. Many addresses are dead: lines without a picture are left out, and ``Dataset.note`` counts them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import Dataset, ImageFile, Record
from emola.data.tables import columns_of, find_child, read_lines
from emola.errors import DataError

__all__ = ["UNITS", "matches", "read"]

UNITS = (1, 2, 4, 5, 6, 9, 12, 17, 20, 25, 26, 43)

_HEADER = ["URL", "URL orig", *(f"AU {code}" for code in range(1, 61))]
_PICTURES = ("Images", "images", "imgs")


def matches(path: Path) -> bool:
    """Return whether there is a list whose name begins with EmotioNet."""
    return path.is_dir() and bool(_lists(path))


def read(
    path: Path, task: str, split: str | None, fold: int | None, report: ProblemHandler = raise_problem
) -> Dataset:
    """Return the listed pictures that exist. Raises DataError when there are none."""
    lists, pictures = _lists(path), find_child(path, *_PICTURES)
    if not lists:
        raise DataError(f"{path} has no EmotioNet*.csv or *.txt with addresses and units.")
    files = {file.name: file for file in pictures.rglob("*") if file.is_file()}
    records, missing = [], []
    for file in lists:
        for name, active, uncoded in _lines(file, report):
            if name not in files:
                missing.append(name)
                continue
            records.append(Record(name, ImageFile(files[name]), None, active, uncoded, task=task))
    if not records and missing:
        raise DataError(f"{pictures / missing[0]} is missing, as are all other pictures of {lists[0].name}.")
    note = f"{len(missing)} of {len(missing) + len(records)} listed pictures are missing" if missing else None
    return Dataset(path, "emotionet", task, tuple(records), split, fold, UNITS, note)


def _lists(path: Path) -> list[Path]:
    return sorted(f for f in path.glob("[Ee]motio[Nn]et*") if f.suffix.lower() in (".csv", ".txt"))


def _lines(file: Path, report: ProblemHandler) -> Iterator[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """Yield the picture name, the active units and the uncoded units of each line."""
    lines = read_lines(file, report)
    delimiter = "\t" if lines and "\t" in lines[0][1] else ","
    cells = csv.reader((line for _, line in lines), delimiter=delimiter)
    rows = [(n, [cell.strip(" '\"") for cell in row]) for (n, _), row in zip(lines, cells, strict=True)]
    header = rows.pop(0)[1] if rows and rows[0][1][0].upper() == "URL" else _HEADER
    columns = columns_of(file, header, UNITS, report, first=1)
    if columns is None:
        return
    for number, row in rows:
        name = PurePosixPath(row[0]).name
        if not name or len(row) < len(header):
            report(file, number, f"has {len(row)} fields instead of {len(header)}")
            continue
        values = {code: row[columns[code]].removesuffix(".0") for code in UNITS}
        wrong = [value for value in values.values() if value not in ("0", "1", "999", "")]
        if wrong:
            report(file, number, f"has {wrong[0]!r} for a unit instead of 0, 1 or 999")
            continue
        active = tuple(code for code in UNITS if values[code] == "1")
        yield name, active, tuple(code for code in UNITS if values[code] not in ("0", "1"))
