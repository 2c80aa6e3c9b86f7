"""Describe the largest face in each of many pictures, one JSON line per picture. Interrupted runs resume.

IMAGES are files, and folders that are searched recursively. All pictures are decoded before the first
question. No question is asked about a picture without a face. To use several GPUs: accelerate launch -m emola
annotate ...
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from emola.cli.inference import add_answering_arguments
from emola.errors import DataError

if TYPE_CHECKING:
    from emola.bench import ProcessGroup, Run, RunResult
    from emola.data.pictures import CheckedPictures, FoundPictures

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the pictures, the output and the arguments of inference."""
    parser.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGES", help="pictures or folders of pictures"
    )
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="write the answers as JSON lines to FILE, and a summary to NAME.summary.json beside it",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="skip pictures that cannot be read, and list them"
    )
    add_answering_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Answer the question about every picture that ``args.out`` does not contain yet."""
    from emola.cli.inference import answer_records
    from emola.cli.outputs import require_writable
    from emola.cli.processes import join_process_group
    from emola.data import SkippedImages
    from emola.data.pictures import find_pictures

    summary = args.out.with_suffix(".summary.json")
    for file in (args.out, summary):
        require_writable(file, "The answers")
    found = find_pictures(args.images, leave_out=(args.out, summary))
    with join_process_group() as group:
        checked = _checked(args, found, group)
        unreadable = SkippedImages(len(checked.records), endless=True)
        asked, answered = answer_records(
            args, "pictures", checked.records, args.out, group, whole=False, skipped=unreadable
        )
    if group.rank == 0:
        skipped = {**checked.bad, **answered.skipped}
        _write_summary(summary, asked, answered, skipped, found.others)
        _report_exceptions(answered, skipped, found.others)
        print(args.out)
    return 0


def _checked(args: argparse.Namespace, found: FoundPictures, group: ProcessGroup) -> CheckedPictures:
    """Return the readable pictures.

    Raises DataError, which lists the unreadable ones, without --skip-bad or if no picture is readable.
    """
    from emola.bench import answered_ids
    from emola.cli.progress import Bars
    from emola.data.pictures import check_pictures

    answered = answered_ids(args.out)
    jobs = max(1, (os.cpu_count() or 1) // group.size)
    with Bars("Checking", unit="picture") as bars:
        checked = check_pictures(
            found.records,
            answered,
            jobs,
            (lambda done, total: bars("pictures", done, total)) if group.rank == 0 else None,
        )
    if checked.bad and not args.skip_bad:
        raise DataError(
            f"{len(checked.bad)} of {len(found.records)} pictures cannot be read; repair or remove them, or "
            f"skip them with --skip-bad: {_listed(checked.bad)}."
        )
    if not checked.records:
        raise DataError(f"None of {len(found.records)} pictures can be read: {_listed(checked.bad)}.")
    return checked


def _write_summary(
    file: Path, asked: Run, answered: RunResult, skipped: Mapping[str, str], others: Counter[str]
) -> None:
    """Write the run, the counts and the skipped files as JSON."""
    from emola.files import replacing

    without_face = sum(not outcome.found for outcome in answered.outcomes)
    content = {
        "pictures": len(answered.outcomes) + len(skipped),
        "answered": len(answered.outcomes) - without_face,
        "no_face": without_face,
        "skipped": dict(skipped),
        "other_files": dict(others),
        **asked.as_dict(),
    }
    with replacing(file) as partial:
        partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _report_exceptions(answered: RunResult, skipped: Mapping[str, str], others: Counter[str]) -> None:
    """Print on stderr how many pictures show several faces and which files were skipped."""
    several = sum((outcome.faces or 0) > 1 for outcome in answered.outcomes)
    if several:
        shows = "1 picture shows" if several == 1 else f"{several} pictures show"
        print(f"emola: {shows} several faces: the largest is described", file=sys.stderr)
    if skipped:
        pictures = "1 picture" if len(skipped) == 1 else f"{len(skipped)} pictures"
        print(f"emola: {pictures} skipped: {_listed(skipped)}", file=sys.stderr)
    if others:
        kinds = ", ".join(f"{count} {kind}" for kind, count in others.most_common())
        files = "1 file" if others.total() == 1 else f"{others.total()} files"
        print(f"emola: {files} skipped, not pictures: {kinds}", file=sys.stderr)


def _listed(pictures: Mapping[str, str]) -> str:
    """Return names and reasons as text for a message."""
    return "; ".join(f"{name}: {reason.rstrip('.')}" for name, reason in pictures.items())
