"""The labelled pictures that ``bench`` measures on."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emola.data import Dataset, Record

__all__ = ["labelled_records", "open_data", "part_facts", "sampled_records"]


def open_data(args: argparse.Namespace, task: str) -> Dataset:
    """Open the data set: the part ``args.split``, by default the test part if there are parts."""
    from emola.data import open_dataset
    from emola.data.features import with_features
    from emola.data.registry import KINDS, detect_kind

    kind = detect_kind(args.data)
    split = args.split
    if split is None and KINDS[kind].splits and args.data.is_dir():
        split = "test"
    data = open_dataset(args.data, task, split, args.fold, kind)
    return with_features(data, args.features) if args.features else data


def sampled_records(data: Iterable[Record], args: argparse.Namespace, task: str) -> list[Record]:
    """Return a random sample of :func:`labelled_records`, or all of them.

    args: those of ``labelled_records``, with ``limit`` and ``seed``. Raises DataError if there is no record.
    """
    from emola.data import sample

    return sample(labelled_records(data, args, task), args.limit, args.seed)


def labelled_records(data: Iterable[Record], args: argparse.Namespace, task: str) -> list[Record]:
    """Return the records with a label for ``task``; if ``args.held_out``, only those of held-out people.

    args: ``data`` and ``held_out``. Raises DataError if there is no record.
    """
    from emola.data.hold_out import is_held_out
    from emola.errors import DataError

    records = [record for record in data if record.label(task) is not None]
    if args.held_out:
        records = [record for record in records if is_held_out(record.subject or "", args.held_out)]
    if not records:
        raise DataError(f"{args.data} has no matching picture with a label for the task {task!r}.")
    return records


def part_facts(args: argparse.Namespace) -> dict[str, str | None]:
    """Return the rows of the report that describe the measured part of the data; None means all of it."""
    return {
        "people": f"one in {args.held_out}, as held out from training" if args.held_out else None,
        "pictures": f"{args.limit} at random" if args.limit else None,
        "scored": ", ".join(f"AU{code}" for code in args.action_units) if args.action_units else None,
    }
