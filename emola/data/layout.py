"""What readers of distributed sets share: finding files, reading tables, pictures of a video's frames."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from emola.data.records import ImageFile, ImageSource
from emola.data.video import VideoFrame
from emola.errors import DataError

__all__ = ["child", "code_of", "frame_pictures", "read_lines", "read_table"]

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


def read_lines(path: Path) -> list[str]:
    """The lines of a text file that are not blank. Raises DataError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text ({error}).") from error
    return [line for line in text.splitlines() if line.strip()]


def read_table(path: Path, delimiter: str = ",") -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a table, every row as long as the header. Raises DataError."""
    try:
        header, *rows = csv.reader(read_lines(path), delimiter=delimiter, skipinitialspace=True)
    except (csv.Error, ValueError) as error:
        raise DataError(f"{path} is not a table ({error}).") from error
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise DataError(f"{path} line {number} has {len(row)} fields instead of {len(header)}.")
    return header, rows


def code_of(column: str) -> int | None:
    """The action unit that a column is about, from a header such as ``12``, ``AU12``, ``'AU 12'``."""
    match = re.fullmatch(r"(?:AU)?[ _]?0*([1-9]\d?)", column.strip(" '\""), re.IGNORECASE)
    return int(match[1]) if match else None


def frame_pictures(
    folder: Path, videos: Path | None, name: str, frames: Sequence[int], first: int = 1
) -> Mapping[int, ImageSource]:
    """The pictures of ``frames`` of the sequence ``name``.

    folder: where pictures named by their frame's number lie. videos: where to look for a video with
    ``name`` in its own when there is no such folder; ``first`` is the number of its first frame.

    Raises DataError naming the folder when there is neither, or the first picture that is missing when
    more than one in a hundred is.
    """
    if not folder.is_dir():
        video = _video(videos, name)
        if video is None:
            raise DataError(
                f"{folder} is missing{f', and so is a video of {name} in {videos}' if videos else ''}."
            )
        return {frame: VideoFrame(video, frame - first) for frame in frames}
    there = {int(file.stem): file for file in _pictures(folder)}
    missing = [frame for frame in frames if frame not in there]
    if len(missing) * _MISSING > len(frames):
        raise DataError(
            f"{folder / f'{missing[0]}.jpg'} is missing, and {len(missing) - 1} more of "
            f"{len(frames)} labelled frames."
        )
    return {frame: ImageFile(there.get(frame, folder / f"{frame}.jpg")) for frame in frames}


def _pictures(folder: Path) -> Iterable[Path]:
    return (f for f in folder.iterdir() if f.suffix.lower() in _PICTURES and f.stem.isdecimal())


def _video(folder: Path | None, name: str) -> Path | None:
    if folder is None or not folder.is_dir():
        return None
    pattern = re.compile(rf"(?<![0-9A-Z]){re.escape(name)}(?![0-9A-Z])|{re.escape(name)}_", re.IGNORECASE)
    found = sorted(f for f in folder.iterdir() if f.suffix.lower() in _VIDEOS and pattern.search(f.stem))
    return found[0] if found else None
