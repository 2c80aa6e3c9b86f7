"""Prepare data for training.

``data faces`` finds the face of every picture of labelled sets and keeps its crop, its prior and its
labels as a table. It goes on where it stopped.
"""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to prepare, and where it goes."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    faces = actions.add_parser("faces", help="make tables of faces from labelled pictures")
    faces.add_argument("data", nargs="+", type=Path, metavar="PATH", help="folder or zip with labels.csv")
    faces.add_argument("--out", type=Path, required=True, metavar="DIR", help="a table each: DIR/NAME")


def run(args: argparse.Namespace) -> int:
    """Make the tables."""
    from emola.cli.progress import Bars
    from emola.data.faces import build_faces

    with Bars("Looking at", unit="face") as bars:
        for path in args.data:
            build_faces(path, args.out / path.stem, bars)
    return 0
