"""Measure the value of the prior: compare models that were trained with and without it.

    python benchmarks/prior_worth.py --data PATH --task au|emotion --on DIR --off DIR --shuffled DIR
        [--held-out N] [--action-units LIST] [--limit N] [--seed S] [--json]

PATH is a folder or zip with labels.csv. The checkpoints differ only in the setting `prior`; of the
reading stage, for example:

    for prior in on off shuffled; do
        python -m emola train recipes/nano.yaml --stage read --set out=work/prior-$prior \\
            --set read.prior=$prior --set read.out=work/prior-$prior/model
    done

As in training, "off" has no prior and "shuffled" that of another face. Faces without landmarks have no prior
and are left out. The questions are those of the reading stage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import emola
from benchmarks.arguments import add_data_arguments
from benchmarks.baselines.faces import look
from emola.bench import Outcome, score
from emola.bench.pages import Table, decimal
from emola.chat.batch import answer_batch
from emola.cli.exit_codes import with_exit_codes
from emola.cli.labelled_data import sampled_records
from emola.cli.options import action_unit_codes
from emola.cli.progress import Bars
from emola.data import open_dataset
from emola.errors import DataError
from emola.face import Face

PRIORS = ("on", "off", "shuffled")
QUESTIONS = {"au": "Briefly, which AUs?", "emotion": "Just the emotion, one word."}
BATCH = 16
LONGEST = 100
"""Longest answer in tokens; those of the reading stage are shorter."""


@with_exit_codes("prior_worth")
def main() -> int:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_arguments(parser)
    parser.add_argument("--task", choices=QUESTIONS, required=True, help="what is asked")
    for prior in PRIORS:
        parser.add_argument(f"--{prior}", required=True, metavar="DIR", help=f"trained with prior={prior}")
    parser.add_argument("--action-units", type=action_unit_codes, metavar="LIST", help="those to score")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    figures = measure(args)
    print(json.dumps(figures, indent=2) if args.json else report(figures))
    return 0


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Return the figures of each model over the same faces. Raises EmolaError."""
    with open_dataset(args.data, args.task) as data:
        records = sampled_records(data, args, args.task)
        seen = [(record, face) for record, _, face in look(data.name, records) if face]
    if len(seen) < 2:
        raise DataError(f"{args.data}: needs two faces with landmarks and has {len(seen)}.")
    faces = [face for _, face in seen]
    figures: dict[str, Any] = {"data": data.name, "task": args.task, "n": len(seen)}
    for prior in PRIORS:
        texts = answers(getattr(args, prior), args.task, with_prior(faces, prior), prior)
        outcomes = [
            Outcome(record.id, text, record.label(args.task), uncoded=record.uncoded)
            for (record, _), text in zip(seen, texts, strict=True)
        ]
        scored = score(outcomes, args.task, args.action_units or data.units).figures()
        figures[prior] = {name: scored[name] for name in ("accuracy", "class_mean", "f1")}
    return figures


def with_prior(faces: Sequence[Face], prior: str) -> list[Face]:
    """Return the faces with their own prior, none, or that of the face before."""
    if prior == "on":
        return list(faces)
    others = [faces[i - 1].prior for i in range(len(faces))] if prior == "shuffled" else [None] * len(faces)
    return [replace(face, prior=other) for face, other in zip(faces, others, strict=True)]


def answers(folder: str, task: str, faces: Sequence[Face], title: str) -> list[str]:
    """Return the answers of the model in a folder, by greedy decoding."""
    model = emola.load(folder)
    answered: list[str] = []
    with Bars("Asking", unit="face") as bars:
        for start in range(0, len(faces), BATCH):
            batch = faces[start : start + BATCH]
            questions = [QUESTIONS[task]] * len(batch)
            completions = answer_batch(model.engine, batch, questions, max_new_tokens=LONGEST)
            answered += [completion.text for completion in completions]
            bars(title, len(answered), len(faces))
    return answered


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    rows = [["prior", "accuracy", "class mean", "F1"]]
    rows += [[prior, *(decimal(value) for value in figures[prior].values())] for prior in PRIORS]
    return (
        f"{figures['data']}, {figures['task']}: {figures['n']} faces\n\n{Table(rows[0], rows[1:]).markdown()}"
    )


if __name__ == "__main__":
    sys.exit(main())
