"""Check written exchanges: every claim of an answer must follow from the needs of its block."""

from __future__ import annotations

import argparse
from pathlib import Path

from emola.errors import DataError

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="file of exchanges, or a folder with such files"
    )


def run(args: argparse.Namespace) -> int:
    """Print one line per problem. Raises DataError if there are problems other than warnings."""
    from emola.train.nano.corpus.checker import check_paths

    problems = check_paths(args.paths)
    for problem in problems:
        print(problem)
    if count := sum(not problem.warning for problem in problems):
        raise DataError(f"The exchanges have {count} problem{'s' * (count > 1)}.")
    return 0
