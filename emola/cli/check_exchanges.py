"""Check written exchanges: every claim of an answer must follow from the needs of its block."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the files."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="file of exchanges, or a folder with such files"
    )


def run(args: argparse.Namespace) -> int:
    """Print one line per problem; return 2 if there are problems other than warnings."""
    from emola.train.nano.corpus.checker import check_paths

    problems = check_paths(args.paths)
    for problem in problems:
        print(problem)
    return 2 if any(not problem.warning for problem in problems) else 0
