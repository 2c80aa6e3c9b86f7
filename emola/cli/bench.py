"""Ask a model about labelled pictures, read its answers and score them.

PATH is a folder or a zip with labels.csv (columns image, emotion and/or action_units such as 1+2+25, and
optionally subject or identity), FABA-Instruct (its tree or one of its evaluation files), RAF-DB, BP4D,
DISFA, GFT or EmotioNet as distributed. To use several GPUs: accelerate launch -m emola bench ...

With --trust, the model is asked many questions about each face, and its answers are compared with each other,
the evidence and the emotion labels: about 35 questions per face, and 660 more in all.

With --asked, the model is asked more than a hundred kinds of questions, and a rule for each kind reads
whether it did what was asked: about 120 answers per face.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from emola.cli.inference import add_answering_arguments
from emola.cli.options import non_negative_int, plots_dir, positive_int
from emola.cli.results import add_scoring_arguments, answers_path, publish_scores
from emola.errors import EmolaError

__all__ = ["add_arguments", "run"]

_WITHOUT_INTERVIEW = ("task", "question", "features", "action_units")
_ONLY_INTERVIEW = ("from_answers",)
_ONLY_TRUST = ("lists",)
_ONLY_ASKED = ("out",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of bench."""
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help="data set with labels")
    parser.add_argument(
        "--split", choices=("train", "test", "all"), help="part of a data set that has parts (default: test)"
    )
    parser.add_argument("--fold", type=int, choices=(1, 2, 3), help="fold whose people are the test part")
    parser.add_argument(
        "--features",
        type=Path,
        metavar="DIR",
        help="folder that `emola data features` wrote (prior features for the published model)",
    )
    add_answering_arguments(parser, task_required=False)
    parser.add_argument(
        "--limit", type=positive_int, metavar="N", help="use N random pictures (default: all)"
    )
    parser.add_argument(
        "--seed", type=non_negative_int, default=0, metavar="S", help="seed of --limit (default: 0)"
    )
    parser.add_argument(
        "--held-out",
        type=positive_int,
        metavar="N",
        help="use only the people, one in N, whom training with hold_out: N leaves out",
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="append the answers to FILE as JSON lines, and resume from it",
    )
    add_scoring_arguments(parser)
    _add_trust_arguments(parser)
    _add_asked_arguments(parser)


def _add_trust_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("trust")
    group.add_argument(
        "--trust",
        action="store_true",
        help="measure whether the answers can be trusted (needs emotion labels)",
    )
    group.add_argument(
        "--lists",
        type=positive_int,
        metavar="N",
        help="with --trust, ask for the list of action units of N more faces",
    )
    group.add_argument(
        "--from-answers",
        type=Path,
        metavar="FILE",
        help="with --trust, ask nothing and read the answers about the same pictures that "
        "`emola bench --task emotion --answers FILE` logged; with --asked, judge logged answers again",
    )


def _add_asked_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("asked")
    group.add_argument(
        "--asked",
        action="store_true",
        help="measure whether all kinds of questions are answered as asked (10 faces unless --limit; needs "
        "emotion labels)",
    )
    group.add_argument(
        "--out",
        type=plots_dir,
        metavar="DIR",
        help="with --asked, write figures.json, answers.jsonl and the report to DIR",
    )


def run(args: argparse.Namespace) -> int:
    """Ask the model, score its answers, and print or write the figures."""
    _check_combination(args)
    if args.trust:
        from emola.cli.trust import run_trust

        return run_trust(args)
    if args.asked:
        from emola.cli.asked import run_asked

        return run_asked(args)
    from emola.bench import score
    from emola.cli.inference import answer_records
    from emola.cli.labelled_data import open_data, part_facts, sampled_records
    from emola.cli.processes import join_process_group

    log = answers_path(args)
    with open_data(args, args.task) as data, join_process_group() as group:
        records = sampled_records(data, args, args.task)
        asked, answered = answer_records(args, data.name, records, log, group, data=data)
        if group.rank:
            return 0
        scored = score(answered.outcomes, args.task, args.action_units or data.units, args.parser)
    publish_scores(args, scored, part_facts(args), asked.identity, asked, answered.skipped)
    return 0


def _check_combination(args: argparse.Namespace) -> None:
    """Raise EmolaError for options that exclude each other; --out sets --json, --answers and --report."""
    if args.trust and args.asked:
        raise EmolaError("--asked cannot be combined with --trust.")
    mode = "--trust" if args.trust else "--asked" if args.asked else None
    if mode:
        _refuse(args, _WITHOUT_INTERVIEW, f"cannot be combined with {mode}")
        if args.parser.name != "strict":
            raise EmolaError(f"{mode} reads answers strictly: leave --parser out.")
    else:
        _refuse(args, _ONLY_INTERVIEW, "needs --trust or --asked")
        if args.task is None:
            raise EmolaError("Give --task emotion, --task au, --trust or --asked.")
    if not args.trust:
        _refuse(args, _ONLY_TRUST, "needs --trust")
    if not args.asked:
        _refuse(args, _ONLY_ASKED, "needs --asked")
    elif args.out:
        _refuse(args, ("json", "answers", "report"), "cannot be combined with --out")
    if args.from_answers and (args.lists or args.answers):
        raise EmolaError("--from-answers asks nothing: leave --lists and --answers out.")
    if args.out:
        args.json, args.report = str(args.out / "figures.json"), args.out
        args.answers = None if args.from_answers else args.out / "answers.jsonl"


def _refuse(args: argparse.Namespace, names: Sequence[str], relation: str) -> None:
    for name in names:
        if getattr(args, name) is not None:
            raise EmolaError(f"--{name.replace('_', '-')} {relation}.")
