"""The faces to measure on, and EmoLA's answers about them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image

from emola.bench import SINGLE_PROCESS, Outcome, read_answers
from emola.cli.progress import Bars
from emola.data import Dataset, Record, SkippedImages
from emola.data.hold_out import is_held_out
from emola.errors import DataError
from emola.face import Face, FaceLandmarker


def training_records(data: Dataset, args: argparse.Namespace) -> list[Record]:
    """Return the labelled records of people who are not held out; none without --held-out."""
    if not args.held_out:
        return []
    labelled = (record for record in data if record.label(args.task) is not None)
    return [record for record in labelled if not is_held_out(record.subject or "", args.held_out)]


def look(title: str, records: Sequence[Record]) -> Iterator[tuple[Record, Image.Image, Face | None]]:
    """Yield every readable picture with its largest face."""
    landmarker = FaceLandmarker()
    with Bars("Detecting", unit="face") as bars:
        for number, (record, picture) in enumerate(SkippedImages(len(records)).each(records), 1):
            yield record, picture, next(iter(landmarker.detect(picture)), None)
            bars(title, number, len(records))


def answers(data: Dataset, records: Sequence[Record], args: argparse.Namespace) -> dict[str, Outcome]:
    """Return EmoLA's answers by record id, read from ``args.nano`` or generated now."""
    if args.nano:
        return matched(records, read_answers(args.nano, args.task).outcomes, args.task, args.nano)
    from emola.cli.inference import answer_records

    log = Path(args.json).with_suffix(".answers.jsonl") if args.json not in (None, "-") else None
    _, answered = answer_records(args, data.name, records, log, SINGLE_PROCESS, data=data)
    return {outcome.id: outcome for outcome in answered.outcomes}


def matched(
    records: Sequence[Record], outcomes: Sequence[Outcome], task: str, file: Path
) -> dict[str, Outcome]:
    """Return the answers by id. Raises DataError unless each record has one with its label."""
    by_id = {outcome.id: outcome for outcome in outcomes}
    wrong = [
        record.id
        for record in records
        if record.id not in by_id or by_id[record.id].label != record.label(task)
    ]
    if wrong:
        raise DataError(
            f"{file} has no answer about {len(wrong)} of {len(records)} faces, such as {wrong[0]}, or one "
            "under another label: make it with the same --data, --held-out, --limit and --seed."
        )
    return by_id
