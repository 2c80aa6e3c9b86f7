"""Score existing answers of any model.

FILE holds {"samples": [{"label", "prediction", "reference"}]}, a JSON array of such samples, or one JSON
object per line, as bench writes them. A label is an emotion ("Happiness") or action units ("1, 2, 25"); the
reference is optional. FILE may also be the output of the published evaluation: its folder jsons/ of N.json
files, or the folder around it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from emola.cli.options import add_task_argument
from emola.cli.results import add_scoring_arguments, publish_scores
from emola.faba import FABA_BENCH_AUS

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of score."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="answers, as JSON, JSON lines, or a folder of JSON files"
    )
    add_task_argument(parser)
    add_scoring_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Print or write the figures; scores the units of FABA-Bench unless others are named."""
    from emola.bench import read_answers, score

    answers = read_answers(args.file, args.task)
    scored = score(answers.outcomes, args.task, args.action_units or FABA_BENCH_AUS, args.parser)
    publish_scores(args, scored, {"answers": args.file.name, "task": args.task}, answers.identity)
    return 0
