"""Measure a model on labelled pictures: it is asked about each, and its text is read and scored.

PATH is a folder or a zip with labels.csv: columns image, emotion and/or action_units (1+2+25), and
optionally subject or identity.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.cli.options import action_units, add_model_arguments, positive
from emola.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

    from emola import EmoLA
    from emola.bench import Answer

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is measured, on what, and where the figures go."""
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help="labelled pictures")
    parser.add_argument("--task", required=True, choices=("emotion", "au"), help="what is asked and scored")
    add_model_arguments(parser)
    parser.add_argument("--limit", type=positive, metavar="N", help="only N pictures, taken at random")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which N (default: 0)")
    parser.add_argument(
        "--held-out",
        type=positive,
        metavar="N",
        help="only the one in N people that training with held_out: N left aside",
    )
    parser.add_argument(
        "--action-units",
        type=action_units,
        metavar="LIST",
        help="score these, such as 1,2,12 (default: those of EmoLA-Nano's that occur)",
    )
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="keep each answer as a JSON line; a run goes on from there",
    )
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="OUT",
        help="write the figures as JSON to OUT, and the answers beside it; without OUT print them",
    )


def run(args: argparse.Namespace) -> int:
    """Answer, score, and print or write the figures."""
    import emola
    from emola.bench import Run, answer_all, make_report
    from emola.cli.progress import Bars
    from emola.data.faces import held_out
    from emola.data.labels import LabelFolder, sample
    from emola.faba import QUESTION

    out = Path(args.json) if args.json not in (None, "-") else None
    log = args.answers or (out.with_suffix(".answers.jsonl") if out else None)
    with LabelFolder(args.data) as data, Bars("Asking", unit="face") as bars:
        records = data.labelled(args.task)
        if args.held_out:
            records = [record for record in records if held_out(record.subject, args.held_out)]
        records = sample(records, args.limit, args.seed)
        if not records:
            raise DataError(f"{args.data} has no such picture with a label for the task {args.task!r}.")
        model = emola.load(args.model, device=args.device, quantize=args.quantize)
        question = QUESTION[args.task]
        outcomes = answer_all(
            Run(args.data.name, args.task, model.name, question),
            records,
            _asker(model, question),
            log,
            lambda done, total: bars(args.data.name, done, total),
        )
    _publish(make_report(outcomes, args.task, args.action_units), out, as_json=args.json == "-")
    return 0


def _asker(model: EmoLA, question: str) -> Callable[[Image.Image], Answer]:
    """A function that answers about a picture's largest face, or about the whole where none is found."""
    from emola import Face
    from emola.bench import Answer

    def answer(picture: Image.Image) -> Answer:
        faces = model.look(picture)
        chat = model.chat(faces[0] if faces else Face.whole(picture))
        try:
            return Answer("".join(chat.ask(question)), found=bool(faces))
        finally:
            chat.close()

    return answer


def _publish(report: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    text = json.dumps(report, indent=2)
    if out:
        try:
            out.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise DataError(f"The figures cannot be written to {out}: {error}.") from error
    if as_json:
        print(text)
        return
    for name, value in report.items():
        if name == "per_au":
            for code, score in value.items():
                print(f"  AU{code:<4} f1 {score['f1']}  in {score['support']} faces")
        elif value is not None:
            print(f"{name:<20} {value}")
