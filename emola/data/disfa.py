"""DISFA, the Denver Intensity of Spontaneous Facial Action database (Mavadati et al., 2013).

As distributed::

    DISFA/
    ├── ActionUnit_Labels/SN001/SN001_au1.txt           lines "frame,intensity", from frame 1 and 0 to 5
    └── Videos_LeftCamera/LeftVideoSN001_comp.avi       (or Video_LeftCamera)

Frames are read from ``frames/SN001/1.jpg`` and so on if ``emola data frames`` has written them, else from
the videos. The protocol of the literature: the left camera, every frame, 8 units, active from an intensity
of 2, three folds of subjects (``emola.data.folds``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from emola.data.folds import DISFA_PARTS, subjects
from emola.data.problems import ProblemHandler, raise_problem
from emola.data.records import Dataset, Record
from emola.data.tables import find_child, read_lines
from emola.data.video import frame_pictures

__all__ = ["UNITS", "matches", "read"]

UNITS = (1, 2, 4, 6, 9, 12, 25, 26)
_ACTIVE = 2
"""Lowest active intensity, from 0 to 5."""


def matches(path: Path) -> bool:
    """Return whether there is a folder ActionUnit_Labels."""
    return (path / "ActionUnit_Labels").is_dir()


def read(
    path: Path, task: str, split: str | None, fold: int | None, report: ProblemHandler = raise_problem
) -> Dataset:
    """Return the frames of a split."""
    labels = find_child(path, "ActionUnit_Labels")
    if split in (None, "all"):
        people = sorted(folder.name for folder in labels.iterdir() if folder.is_dir())
        for person in sorted(name for part in DISFA_PARTS for name in part) if report.every else ():
            if person not in people:
                report(labels, None, f"has no folder of {person}")
    else:
        people = subjects(DISFA_PARTS, str(split), fold or 0)
    records = tuple(record for person in people for record in _person(path, labels / person, report))
    return Dataset(path, "disfa", task, records, split, fold, UNITS)


def _person(root: Path, labels: Path, report: ProblemHandler) -> Iterator[Record]:
    """Yield the records of one subject's video."""
    person = labels.name
    files = {code: labels / f"{person}_au{code}.txt" for code in UNITS}
    coded = {code: _intensities(file, report) for code, file in files.items()}
    lines = coded[UNITS[0]]
    readable = [code for code in UNITS if coded[code]]
    for code in readable:
        if list(coded[code]) != list(lines):
            report(files[code], None, f"has other frames than the file of AU{UNITS[0]}")
    if any(list(coded[code]) != list(lines) for code in UNITS):
        return
    frames = {frame: (files[UNITS[0]], line) for frame, (line, _) in lines.items()}
    videos = root / ("Video_LeftCamera" if (root / "Video_LeftCamera").is_dir() else "Videos_LeftCamera")
    images = frame_pictures(root / "frames" / person, videos, person, frames, report)
    for frame in images:
        active = tuple(code for code in UNITS if coded[code][frame][1] >= _ACTIVE)
        yield Record(f"{person}/{frame}", images[frame], action_units=active, subject=person, task="au")


def _intensities(file: Path, report: ProblemHandler) -> dict[int, tuple[int, int]]:
    """Return the line number and the intensity of each frame."""
    intensities: dict[int, tuple[int, int]] = {}
    for number, line in read_lines(file, report):
        match = re.fullmatch(r"\s*(\d+)\s*,\s*([0-5])\s*", line)
        if not match:
            report(file, number, f"is {line!r}, not a frame and an intensity from 0 to 5")
        elif intensities.setdefault(int(match[1]), (number, int(match[2])))[0] != number:
            report(file, number, f"has frame {match[1]} again, as line {intensities[int(match[1])][0]}")
    return intensities
