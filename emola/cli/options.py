"""Flags that several commands share, and values that are checked as they are read."""

from __future__ import annotations

import argparse

__all__ = ["action_units", "add_model_arguments", "positive"]


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
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def action_units(text: str) -> list[int]:
    """Codes with commas between them: ``1,2,12``."""
    try:
        return [int(code) for code in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of action units such as 1,2,12") from None
