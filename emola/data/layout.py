"""What readers of distributed sets share: finding files, reading tables, pictures of a video's frames."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from emola.data.faults import Report, refuse
from emola.data.records import ImageFile, ImageSource
from emola.data.video import VideoFrame
from emola.errors import DataError

__all__ = ["child", "code_of", "columns_of", "decoded", "frame_pictures", "read_lines", "read_table"]

_PICTURES = {".jpg", ".jpeg", ".png", ".bmp"}
_VIDEOS = {".avi", ".mp4", ".wmv", ".mov", ".mpg"}
_MISSING = 100
"""A sequence may lack one picture in so many; those are passed over when they are read."""


def child(folder: Path, *names: str) -> Path:
    """The first of ``names`` that exists in ``folder``. Raises DataError naming the first."""
    for name in names:
        if (folder / name).exists():
            return folder / name
    others = f" (or {', '.join(names[1:])})" if len(names) > 1 else ""
    raise DataError(f"{folder / names[0]} is missing{others}; docs/datasets.md shows the layout.")


def decoded(path: Path, data: bytes, report: Report = refuse) -> str:
    """UTF-8 text, without a byte order mark; lines that are not are reported, then read with marks."""
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            report(path, number, f"is not UTF-8 text ({error.reason} at byte {error.start})")
    return data.decode("utf-8-sig", errors="replace")


def read_lines(path: Path, report: Report = refuse) -> list[tuple[int, str]]:
    """The lines of a text file that are not blank, with their numbers; none of one that cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        report(path, None, f"cannot be read: {error.strerror}")
        return []
    lines = decoded(path, data, report).splitlines()
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def read_table(path: Path, report: Report = refuse) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the rows with their lines' numbers, every row as long as the header.

    A table that cannot be read has neither.
    """
    rows: list[tuple[int, list[str]]] = []
    for number, line in read_lines(path, report):
        try:
            row = next(csv.reader([line], skipinitialspace=True))
        except csv.Error as error:
            report(path, number, f"is no row of a table ({error})")
            continue
        if rows and len(row) != len(rows[0][1]):
            report(path, number, f"has {len(row)} fields instead of {len(rows[0][1])}")
            continue
        rows.append((number, row))
    if not rows and path.is_file():
        report(path, None, "is not a table: it is empty")
    return (rows[0][1], rows[1:]) if rows else ([], [])


def code_of(column: str) -> int | None:
    """The action unit that a column is about, from a header such as ``12``, ``AU12``, ``'AU 12'``."""
    match = re.fullmatch(r"(?:AU)?[ _]?0*([1-9]\d?)", column.strip(" '\""), re.IGNORECASE)
    return int(match[1]) if match else None


def columns_of(
    path: Path, header: Sequence[str], codes: Iterable[int], report: Report, first: int = 0
) -> dict[int | None, int] | None:
    """The column of each action unit, from ``first`` on; None when a unit has none, which is reported."""
    columns = {code_of(name): column for column, name in enumerate(header) if column >= first}
    absent = [code for code in codes if code not in columns]
    for code in absent:
        report(path, 1, f"has no column for AU{code}")
    return None if absent else columns


def frame_pictures(
    folder: Path,
    videos: Path | None,
    name: str,
    frames: Mapping[int, tuple[Path, int]],
    report: Report = refuse,
    first: int = 1,
) -> Mapping[int, ImageSource]:
    """The pictures of the labelled ``frames`` of the sequence ``name``.

    folder: where pictures named by their frame's number lie. videos: where to look for a video with
    ``name`` in its own when there is no such folder; ``first`` is the number of its first frame. frames:
    their numbers, with the file and the line of their labels.

    Reported are a folder without which there is no video either, whose frames have no pictures then, and
    missing pictures: each where every fault is wanted, else the first when more than one in a hundred is.
    """
    if not folder.is_dir():
        video = _video(videos, name)
        if video is None:
            report(
                folder, None, f"is missing{f', and so is a video of {name} in {videos}' if videos else ''}"
            )
            return {}
        return {frame: VideoFrame(video, frame - first) for frame in frames}
    there = {int(file.stem): file for file in _pictures(folder)}
    missing = [frame for frame in frames if frame not in there]
    if report.every:
        for frame in missing:
            report(*frames[frame], f"has no picture: {folder / f'{frame}.jpg'} is missing")
    elif len(missing) * _MISSING > len(frames):
        more = f"is missing, and {len(missing) - 1} more of {len(frames)} labelled frames"
        report(folder / f"{missing[0]}.jpg", None, more)
    return {frame: ImageFile(there.get(frame, folder / f"{frame}.jpg")) for frame in frames}


def _pictures(folder: Path) -> Iterable[Path]:
    return (f for f in folder.iterdir() if f.suffix.lower() in _PICTURES and f.stem.isdecimal())


def _video(folder: Path | None, name: str) -> Path | None:
    if folder is None or not folder.is_dir():
        return None
    pattern = re.compile(rf"(?<![0-9A-Z]){re.escape(name)}(?![0-9A-Z])|{re.escape(name)}_", re.IGNORECASE)
    found = sorted(f for f in folder.iterdir() if f.suffix.lower() in _VIDEOS and pattern.search(f.stem))
    return found[0] if found else None
