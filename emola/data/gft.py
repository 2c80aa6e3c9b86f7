"""GFT, the Sayette Group Formation Task database (Girard et al., FG 2017): 96 people in conversation.

The annotations and the videos are given out separately; put them together like this::

    GFT/
    ├── AU_Occurrence/001A.csv      a row per frame, a column per unit: 1, 0, anything else is not coded
    ├── Videos/001A.mp4             named by the person, perhaps with more in the name
    ├── train.txt                   the people of the official training part, one a line
    └── test.txt                    those of the official test part

A column ``frame`` gives a frame's number; without one, rows count from 1. ``emola data frames`` writes
the videos' frames to ``frames/001A/1.jpg`` and so on, and they are read from there when they exist. The
protocol of the literature: 10 units, the official split. Frames in which none of them was coded are
left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emola.data.layout import child, code_of, frame_pictures, read_lines, read_table
from emola.data.records import Dataset, Record
from emola.errors import DataError

__all__ = ["UNITS", "read", "recognise"]

UNITS = (1, 2, 4, 6, 10, 12, 14, 15, 23, 24)


def recognise(path: Path) -> bool:
    """Whether there is a folder AU_Occurrence."""
    return (path / "AU_Occurrence").is_dir()


def read(path: Path, task: str, split: str | None, fold: int | None) -> Dataset:
    """The frames of a split. Raises DataError naming the first file that is missing or wrong."""
    codes = child(path, "AU_Occurrence")
    people: list[str] = []
    for part in ("train", "test") if split in (None, "all") else (str(split),):
        people += sorted(line.strip() for line in read_lines(child(path, f"{part}.txt")))
    records = tuple(record for person in people for record in _person(path, codes / f"{person}.csv"))
    return Dataset(path, "gft", task, records, split, fold, UNITS)


def _person(root: Path, table: Path) -> Iterator[Record]:
    """The records of one person's video."""
    header, rows = read_table(table)
    columns = {code_of(name): column for column, name in enumerate(header)}
    absent = [code for code in UNITS if code not in columns]
    if absent:
        raise DataError(f"{table} has no column for AU{absent[0]}.")
    coded = {}
    for frame, row in zip(_frames(table, header, rows), rows, strict=True):
        values = {code: row[columns[code]].strip().removesuffix(".0") for code in UNITS}
        if any(value in ("0", "1") for value in values.values()):
            coded[frame] = values
    images = frame_pictures(root / "frames" / table.stem, root / "Videos", table.stem, list(coded))
    for frame, values in coded.items():
        active = tuple(code for code in UNITS if values[code] == "1")
        uncoded = tuple(code for code in UNITS if values[code] not in ("0", "1"))
        identity = f"{table.stem}/{frame}"
        yield Record(identity, images[frame], None, active, uncoded, subject=table.stem, task="au")


def _frames(table: Path, header: list[str], rows: list[list[str]]) -> list[int]:
    """The number of each row's frame."""
    names = [name.strip().lower() for name in header]
    if "frame" not in names:
        return list(range(1, len(rows) + 1))
    numbers = [row[names.index("frame")].strip() for row in rows]
    for line, number in enumerate(numbers, 2):
        if not number.isdecimal():
            raise DataError(f"{table} line {line} has {number!r} as the number of its frame.")
    return [int(number) for number in numbers]
