"""Describe the face in each of many pictures, one JSON line for each; a run that was stopped goes on.

IMAGES are files and folders, whose pictures are taken with those of the folders in them. Several GPUs:
accelerate launch -m emola annotate ...
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from emola.cli.answering import add_answering_arguments
from emola.errors import DataError, ImageError

if TYPE_CHECKING:
    from emola.data import Record

__all__ = ["add_arguments", "run"]

_SUFFIXES = frozenset(".bmp .gif .jpeg .jpg .png .tif .tiff .webp".split())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which pictures, what is asked, and where the answers go."""
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGES", help="pictures, or folders of them")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the answers, as JSON lines")
    add_answering_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Answer about every picture that the file does not hold yet."""
    from emola.cli.answering import answer_records
    from emola.cli.processes import team

    records = _records(args.images)
    with team() as crew:
        answer_records(args, "pictures", records, args.out, crew)
    if crew.number == 0:
        print(args.out)
    return 0


def _records(paths: list[Path]) -> list[Record]:
    """A record for each picture, called by its path as it was given; each once."""
    from emola.data import Record
    from emola.data.records import ImageFile

    files = dict.fromkeys(file for path in paths for file in _files(path))
    return [Record(id=file.as_posix(), image=ImageFile(file)) for file in files]


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise ImageError(f"There is no picture at {path}.")
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in _SUFFIXES:
                found = True
                yield Path(folder) / name
    if not found:
        raise DataError(f"{path} holds no pictures.")
