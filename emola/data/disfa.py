"""DISFA, the Denver Intensity of Spontaneous Facial Action database (Mavadati et al., 2013).

As distributed::

    DISFA/
    ├── ActionUnit_Labels/SN001/SN001_au1.txt           lines "frame,intensity", from frame 1 and 0 to 5
    └── Videos_LeftCamera/LeftVideoSN001_comp.avi       (or Video_LeftCamera)

``emola data frames`` writes the videos' frames to ``frames/SN001/1.jpg`` and so on, and they are read
from there when they exist. The protocol of the literature: the left camera, 8 units, an intensity of 2
or more is active, every frame, three folds of people (``emola.data.folds``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from emola.data.folds import DISFA_PARTS, subjects
from emola.data.layout import child, frame_pictures, read_lines
from emola.data.records import Dataset, Record
from emola.errors import DataError

__all__ = ["UNITS", "read", "recognise"]

UNITS = (1, 2, 4, 6, 9, 12, 25, 26)
_ACTIVE = 2
"""The least intensity, from 0 to 5, that counts as active."""


def recognise(path: Path) -> bool:
    """Whether there is a folder ActionUnit_Labels."""
    return (path / "ActionUnit_Labels").is_dir()


def read(path: Path, task: str, split: str | None, fold: int | None) -> Dataset:
    """The frames of a split. Raises DataError naming the first file that is missing or wrong."""
    labels = child(path, "ActionUnit_Labels")
    if split in (None, "all"):
        people = sorted(folder.name for folder in labels.iterdir() if folder.is_dir())
    else:
        people = subjects(DISFA_PARTS, str(split), fold or 0)
    records = tuple(record for person in people for record in _person(path, labels / person))
    return Dataset(path, "disfa", task, records, split, fold, UNITS)


def _person(root: Path, labels: Path) -> Iterator[Record]:
    """The records of one person's video."""
    person = labels.name
    coded = {code: _intensities(labels / f"{person}_au{code}.txt") for code in UNITS}
    frames = list(coded[UNITS[0]])
    for code in UNITS:
        if list(coded[code]) != frames:
            raise DataError(
                f"{labels / f'{person}_au{code}.txt'} has other frames than that of AU{UNITS[0]}."
            )
    videos = root / ("Video_LeftCamera" if (root / "Video_LeftCamera").is_dir() else "Videos_LeftCamera")
    images = frame_pictures(root / "frames" / person, videos, person, frames)
    for frame in frames:
        active = tuple(code for code in UNITS if coded[code][frame] >= _ACTIVE)
        yield Record(f"{person}/{frame}", images[frame], action_units=active, subject=person, task="au")


def _intensities(file: Path) -> dict[int, int]:
    """Intensities by frame."""
    intensities = {}
    for number, line in enumerate(read_lines(file), 1):
        match = re.fullmatch(r"\s*(\d+)\s*,\s*([0-5])\s*", line)
        if not match:
            raise DataError(f"{file} line {number} is {line!r}, not a frame and an intensity from 0 to 5.")
        intensities[int(match[1])] = int(match[2])
    return intensities
