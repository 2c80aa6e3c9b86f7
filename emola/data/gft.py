"""GFT, the Sayette Group Formation Task database (Girard et al., FG 2017): 96 people in conversation.

The annotations and the videos are distributed separately. The expected layout::

    GFT/
    ├── AU_Occurrence/001A.csv      a row per frame, a column per unit: 1, 0, or anything else for not coded
    ├── Videos/001A.mp4             the subject, possibly within a longer name
    ├── train.txt                   the subjects of the official training part, one per line
    └── test.txt                    the subjects of the official test part

A column ``frame`` holds the frame number; without it, rows count from 1. Frames are read from
``frames/001A/1.jpg`` and so on if ``emola data frames`` has written them, else from the videos. The protocol
of the literature: 10 units, the official split. Frames without any coded unit are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import Dataset, Record
from emola.data.tables import columns_of, find_child, read_lines, read_table
from emola.data.video import frame_pictures

__all__ = ["UNITS", "matches", "read"]

UNITS = (1, 2, 4, 6, 10, 12, 14, 15, 23, 24)


def matches(path: Path) -> bool:
    """Return whether there is a folder AU_Occurrence."""
    return (path / "AU_Occurrence").is_dir()


def read(
    path: Path, task: str, split: str | None, fold: int | None, report: ProblemHandler = raise_problem
) -> Dataset:
    """Return the frames of a split."""
    codes = find_child(path, "AU_Occurrence")
    people: dict[str, tuple[Path, int]] = {}
    for part in ("train", "test") if split in (None, "all") else (str(split),):
        people |= _people(path / f"{part}.txt", people, codes, report)
    if report.every:
        for table in sorted(codes.glob("*.csv")):
            if table.stem not in people:
                report(table, None, "is of a person in neither train.txt nor test.txt")
    records = tuple(record for person in people for record in _person(path, codes / f"{person}.csv", report))
    return Dataset(path, "gft", task, records, split, fold, UNITS)


def _people(
    listed: Path, known: Mapping[str, tuple[Path, int]], codes: Path, report: ProblemHandler
) -> dict[str, tuple[Path, int]]:
    """Return the listed subjects that have a table, sorted, with the list and the line that name them."""
    if not listed.is_file():
        report(listed, None, "is missing; docs/datasets.md shows the layout")
        return {}
    people: dict[str, tuple[Path, int]] = {}
    for number, line in read_lines(listed, report):
        person = line.strip()
        before = known.get(person) or people.get(person)
        if before:
            report(listed, number, f"names {person}, as line {before[1]} of {before[0].name}")
        elif not (codes / f"{person}.csv").is_file():
            report(listed, number, f"names {person}, but {codes / person}.csv is missing")
        else:
            people[person] = (listed, number)
    return dict(sorted(people.items()))


def _person(root: Path, table: Path, report: ProblemHandler) -> Iterator[Record]:
    """Yield the records of one subject's video."""
    header, rows = read_table(table, report)
    columns = columns_of(table, header, UNITS, report) if header else None
    if columns is None:
        return
    coded: dict[int, tuple[int, dict[int, str]]] = {}
    for line, frame, row in _frames(table, header, rows, report):
        values = {code: row[columns[code]].strip().removesuffix(".0") for code in UNITS}
        if not any(value in ("0", "1") for value in values.values()):
            continue
        if coded.setdefault(frame, (line, values))[0] != line:
            report(table, line, f"has frame {frame} again, as line {coded[frame][0]}")
    locations = {frame: (table, line) for frame, (line, _) in coded.items()}
    images = frame_pictures(root / "frames" / table.stem, root / "Videos", table.stem, locations, report)
    for frame in images:
        _, values = coded[frame]
        active = tuple(code for code in UNITS if values[code] == "1")
        uncoded = tuple(code for code in UNITS if values[code] not in ("0", "1"))
        identity = f"{table.stem}/{frame}"
        yield Record(identity, images[frame], None, active, uncoded, subject=table.stem, task="au")


def _frames(
    table: Path, header: list[str], rows: list[tuple[int, list[str]]], report: ProblemHandler
) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the rows with their line and frame numbers."""
    names = [name.strip().lower() for name in header]
    for count, (line, row) in enumerate(rows, 1):
        number = row[names.index("frame")].strip() if "frame" in names else str(count)
        if number.isdecimal():
            yield line, int(number), row
        else:
            report(table, line, f"has {number!r} as the number of its frame")
