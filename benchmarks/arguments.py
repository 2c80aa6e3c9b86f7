"""Arguments that several benchmarks share."""

from __future__ import annotations

import argparse
from pathlib import Path

from emola.cli.options import non_negative_int, positive_int

__all__ = ["add_data_arguments"]


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --data, --held-out, --limit and --seed."""
    parser.add_argument(
        "--data", type=Path, required=True, metavar="PATH", help="folder or zip with labels.csv"
    )
    parser.add_argument(
        "--held-out",
        type=positive_int,
        metavar="N",
        help="measure on the one in N people held out of training",
    )
    parser.add_argument("--limit", type=positive_int, metavar="N", help="measure on N random pictures")
    parser.add_argument(
        "--seed", type=non_negative_int, default=0, metavar="S", help="seed of the sample (default: 0)"
    )
