"""Measure a model on labelled pictures: it is asked about each, and its text is read and scored.

PATH is a folder or a zip with labels.csv (columns image, emotion and/or action_units such as 1+2+25, and
optionally subject or identity), FABA-Instruct (its tree or one of its evaluation files), RAF-DB, BP4D,
DISFA, GFT or EmotioNet as they are distributed. Several GPUs: accelerate launch -m emola bench ...
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from emola.cli.inference import add_answering_arguments
from emola.cli.options import non_negative_int, positive_int
from emola.cli.results import add_scoring_arguments, publish

if TYPE_CHECKING:
    from emola.data import Dataset

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is measured, on what, and where the figures go."""
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help="labelled pictures")
    parser.add_argument(
        "--split",
        choices=("train", "test", "all"),
        help="which part of a set that has parts (default: test)",
    )
    parser.add_argument("--fold", type=int, choices=(1, 2, 3), help="whose people the test part is of")
    parser.add_argument(
        "--features",
        type=Path,
        metavar="DIR",
        help="the landmark features that `emola data features` made, for the published model",
    )
    add_answering_arguments(parser)
    parser.add_argument("--limit", type=positive_int, metavar="N", help="only N pictures, taken at random")
    parser.add_argument("--seed", type=non_negative_int, default=0, metavar="S", help="which N (default: 0)")
    parser.add_argument(
        "--held-out",
        type=positive_int,
        metavar="N",
        help="only the one in N people that training with held_out: N left aside",
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="keep each answer as a JSON line; a run goes on from there",
    )
    add_scoring_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Answer, score, and print or write the figures."""
    from emola.bench import score
    from emola.cli.inference import answer_records, part_of
    from emola.cli.outputs import require_writable
    from emola.cli.processes import join_team

    out = Path(args.json) if args.json not in (None, "-") else None
    log = args.answers or (out.with_suffix(".answers.jsonl") if out else None)
    for file, what in ((out, "The figures"), (log, "The answers")):
        if file:
            require_writable(file, what)
    with _open(args) as data, join_team() as team:
        records = part_of(data, args, args.task)
        asked, answered = answer_records(args, data.name, records, log, team, data=data)
        if team.number:
            return 0
        scored = score(answered.outcomes, args.task, args.action_units or data.units, args.parser)
    publish(args, scored, _part(args), asked.identity, asked, answered.skipped)
    return 0


def _part(args: argparse.Namespace) -> dict[str, str | None]:
    """Which part of the data was asked about and scored, for the report; None for all of it."""
    return {
        "people": f"one in {args.held_out}, as held out from training" if args.held_out else None,
        "pictures": f"{args.limit} at random" if args.limit else None,
        "scored": ", ".join(f"AU{code}" for code in args.action_units) if args.action_units else None,
    }


def _open(args: argparse.Namespace) -> Dataset:
    """The data; of a source that has parts, its test part."""
    from emola.data import open_dataset
    from emola.data.features import with_features
    from emola.data.registry import KINDS, detect_kind

    kind = detect_kind(args.data)
    split = args.split
    if split is None and KINDS[kind].splits and args.data.is_dir():
        split = "test"
    data = open_dataset(args.data, args.task, split, args.fold, kind)
    return with_features(data, args.features) if args.features else data
