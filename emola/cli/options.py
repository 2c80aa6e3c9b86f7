"""Flags that several commands share, and values that are checked as they are read."""

from __future__ import annotations

import argparse
from pathlib import Path

from emola.extras import require
from emola.faba import ACTION_UNITS

__all__ = ["action_units", "add_model_arguments", "plots_folder", "positive", "seed"]

_LARGEST = 2**31 - 1


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Which model, and how it is loaded."""
    parser.add_argument("--model", default="nano", metavar="M", help="nano, a checkpoint folder or a hub id")
    parser.add_argument("--quantize", choices=("nf4", "int8"), help="load the weights in 4 or 8 bits")
    parser.add_argument(
        "--device",
        default="auto",
        help="auto, cpu, cuda, cuda:1, ..., or offload: a GPU, and main memory for what does not fit "
        "(default: auto)",
    )


def positive(text: str) -> int:
    """A whole number of at least 1."""
    return _whole(text, 1)


def seed(text: str) -> int:
    """A whole number that every source of random numbers takes."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdecimal() and least <= int(text[:12]) <= _LARGEST and len(text) < 12):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {_LARGEST}")
    return int(text)


def plots_folder(text: str) -> Path:
    """A folder that plots are drawn into, for which matplotlib has to be installed."""
    folder = Path(text)
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise argparse.ArgumentTypeError(f"{str(there)!r} is a file; name a folder")
    require("matplotlib")
    return folder


def action_units(text: str) -> list[int]:
    """Codes with commas between them: ``1,2,12``."""
    known = {str(code): code for code in ACTION_UNITS}
    codes = [code.strip() for code in text.split(",")]
    if not all(code.isascii() and code.isdecimal() for code in codes):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of action units such as 1,2,12")
    for code in codes:
        if code not in known:
            raise argparse.ArgumentTypeError(f"there is no AU{code}; known are {', '.join(known)}")
    if len(set(codes)) < len(codes):
        raise argparse.ArgumentTypeError(f"{text!r} names an action unit twice")
    return [known[code] for code in codes]
