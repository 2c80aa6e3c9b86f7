"""Whether a model's words can be trusted: what it says, held against itself, the evidence and the labels.

    python benchmarks/trust --data PATH --out DIR [--model M] [--held-out N] [--limit N]
        [--lists N] [--seed S]

PATH is a folder or zip with labels.csv. The model is asked about each face for the emotion, for the action
units and then, unit by unit, whether each is active; and about some of them the questions of declined.txt,
which are to be declined, and of on_topic.txt, which are not. With --lists, it is asked for the action units
alone of N more, since a list names few. DIR gets trust.md, trust.json and answers.jsonl: every answer, so
that a run that was stopped goes on when the same command is given again.

    python benchmarks/trust --data PATH --out DIR --answers FILE [--held-out N] [--limit N] [--seed S]

asks nothing: FILE is what `emola bench --task emotion --answers FILE` kept of the same pictures, and what
can be told from these answers is told.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.trust.asking import Heard, Model, ask_everything
from benchmarks.trust.faces import Looked, look
from benchmarks.trust.figures import measure, measure_first
from benchmarks.trust.log import Book
from benchmarks.trust.report import report
from emola.bench import read_answers
from emola.chat.batch import Completion
from emola.cli.inference import labelled
from emola.cli.options import add_model_arguments, positive_int
from emola.data import Record, open_dataset, sample
from emola.errors import DataError, EmolaError
from emola.face.evidence import EVIDENCE_NAME
from emola.files import replacing
from emola.model.loading import NANO


def main() -> int:
    """Read the flags, ask, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help="folder or zip: labels.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where figures and answers go")
    parser.add_argument(
        "--held-out", type=positive_int, metavar="N", help="only the one in N people held out"
    )
    parser.add_argument("--limit", type=positive_int, metavar="N", help="only N pictures, taken at random")
    parser.add_argument(
        "--lists", type=positive_int, metavar="N", help="N more pictures that only the units are asked of"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which N, and which questions")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="emotions that bench asked about")
    parser.add_argument(
        "--batch-size", type=positive_int, default=16, metavar="N", help="answers made at once"
    )
    add_model_arguments(parser)
    args = parser.parse_args()
    try:
        run, figures = trust(args)
        text = report(run, figures)
        write(args.out / "trust.json", json.dumps({"run": run, **figures}, indent=2) + "\n")
        write(args.out / "trust.md", text)
    except EmolaError as error:
        print(f"trust: {error}", file=sys.stderr)
        return 2
    print(text, end="")
    return 0


def trust(args: argparse.Namespace) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was measured on, and the figures."""
    import emola

    with open_dataset(args.data, "emotion") as data:
        every = labelled(data, args, "emotion")
        records = sample(every, args.limit, args.seed)
        kept = answers_kept(args.answers, records) if args.answers else {}
        folder = _folder(args.model)
        run = {
            "data": data.name,
            "model": args.model,
            "weights": weights(folder),
            "quantize": args.quantize,
            "held_out": args.held_out,
            "seed": args.seed,
        }
        book = None if kept else Book(args.out / "answers.jsonl", run)
        model = emola.load(args.model, device=args.device, quantize=args.quantize)
        measuring = model if _measures(folder) else emola.load("nano")
        faces = look(data.name, records, model, measuring.evidence)
        more = look(f"{data.name}, lists", others(every, records, args), model, measuring.evidence)
    run = {**run, **counts(faces), "limit": args.limit}
    if book is None:
        heard = Heard(faces)
        heard.first["emotion"] = [kept[one.id] for one in faces]
        return run, measure_first(heard)
    heard = ask_everything(
        faces, Model(model, args.batch_size), book, more, size=args.batch_size, seed=args.seed
    )
    return run, measure(heard)


def others(every: Sequence[Record], records: Sequence[Record], args: argparse.Namespace) -> list[Record]:
    """``--lists`` pictures of ``every``, or as many as there are, that are not among ``records``."""
    if not args.lists or args.answers:
        return []
    asked = {record.id for record in records}
    return sample([record for record in every if record.id not in asked], args.lists, args.seed)


def answers_kept(file: Path, records: list[Record]) -> dict[str, Completion]:
    """The answers in a file of ``bench``, by id. Raises DataError unless each picture has one."""
    kept = {one.id: Completion(one.prediction, one.cut) for one in read_answers(file, "emotion").outcomes}
    missing = [record.id for record in records if record.id not in kept]
    if missing:
        raise DataError(
            f"{file} has no answer about {missing[0]} and {len(missing) - 1} more of the pictures: "
            "give --data, --held-out, --limit and --seed as they were given to bench."
        )
    return kept


def counts(faces: list[Looked]) -> dict[str, int]:
    """How many faces, and how many of them have landmarks."""
    return {"faces": len(faces), "found": sum(one.found for one in faces)}


def _folder(model: str) -> Path | None:
    """The folder of a model that lies on this machine."""
    if model == "nano":
        return NANO
    return Path(model) if Path(model).is_dir() else None


def _measures(folder: Path | None) -> bool:
    """Whether a model brings evidence of its own; Nano's is taken for one that brings none."""
    return folder is not None and (folder / EVIDENCE_NAME).is_file()


def weights(folder: Path | None) -> str | None:
    """Which weights a folder holds, as twelve digits; answers of others are never mixed in."""
    if folder is None:
        return None
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")):
        digest.update(file.relative_to(folder).as_posix().encode())
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()[:12]


def write(path: Path, text: str) -> None:
    """Write a file; it appears whole or not at all. Raises DataError."""
    try:
        with replacing(path) as partial:
            partial.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"The figures cannot be written to {path}: {error}.") from error


if __name__ == "__main__":
    sys.exit(main())
