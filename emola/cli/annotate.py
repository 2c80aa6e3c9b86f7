"""Describe the largest face in each of many pictures, one JSON line for each; a run that was stopped goes on.

IMAGES are files and folders, whose pictures are taken with those of the folders in them. All of them are
decoded before the first question. About a picture without a face nothing is asked. Several GPUs:
accelerate launch -m emola annotate ...
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
    from emola.bench import Answered, Run, Team
    from emola.data.pictures import CheckedPictures, FoundPictures

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which pictures, what is asked, and where the answers go."""
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGES", help="pictures, or folders of them")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help="the answers, as JSON lines; a summary goes beside them, as NAME.summary.json",
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave out pictures that cannot be read, and name them"
    )
    add_answering_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Answer about every picture that the file does not hold yet."""
    from emola.cli.inference import answer_records
    from emola.cli.outputs import require_writable
    from emola.cli.processes import join_team
    from emola.data import SkippedImages
    from emola.data.pictures import find_pictures

    summary = args.out.with_suffix(".summary.json")
    for file in (args.out, summary):
        require_writable(file, "The answers")
    found = find_pictures(args.images, leave_out=(args.out, summary))
    with join_team() as team:
        checked = _checked(args, found, team)
        tolerance = SkippedImages(len(checked.records), endless=True)
        asked, answered = answer_records(
            args, "pictures", checked.records, args.out, team, whole=False, tolerance=tolerance
        )
    if team.number == 0:
        left_out = {**checked.bad, **answered.skipped}
        _write_summary(summary, asked, answered, left_out, found.others)
        _tell(answered, left_out, found.others)
        print(args.out)
    return 0


def _checked(args: argparse.Namespace, found: FoundPictures, team: Team) -> CheckedPictures:
    """The pictures that can be read. Raises DataError listing all others, unless these may be left out."""
    from emola.bench import answered_ids
    from emola.cli.progress import Bars
    from emola.data.pictures import check_pictures

    answered = answered_ids(args.out)
    jobs = max(1, (os.cpu_count() or 1) // team.count)
    with Bars("Checking", unit="picture") as bars:
        checked = check_pictures(
            found.records,
            answered,
            jobs,
            (lambda done, total: bars("pictures", done, total)) if team.number == 0 else None,
        )
    if checked.bad and not args.skip_bad:
        raise DataError(
            f"{len(checked.bad)} of {len(found.records)} pictures cannot be read; mend or remove them, or "
            f"leave them out with --skip-bad: {_listed(checked.bad)}."
        )
    if not checked.records:
        raise DataError(f"None of {len(found.records)} pictures can be read: {_listed(checked.bad)}.")
    return checked


def _write_summary(
    file: Path, asked: Run, answered: Answered, left_out: Mapping[str, str], others: Counter[str]
) -> None:
    """Who answered about how many pictures, and what was left out, as JSON."""
    from emola.files import replacing

    unseen = sum(not outcome.found for outcome in answered.outcomes)
    content = {
        "pictures": len(answered.outcomes) + len(left_out),
        "answered": len(answered.outcomes) - unseen,
        "no_face": unseen,
        "left_out": dict(left_out),
        "other_files": dict(others),
        **asked.as_dict(),
    }
    with replacing(file) as partial:
        partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _tell(answered: Answered, left_out: Mapping[str, str], others: Counter[str]) -> None:
    several = sum((outcome.faces or 0) > 1 for outcome in answered.outcomes)
    if several:
        shows = "1 picture shows" if several == 1 else f"{several} pictures show"
        print(f"emola: {shows} several faces: the largest is described", file=sys.stderr)
    if left_out:
        pictures = "1 picture" if len(left_out) == 1 else f"{len(left_out)} pictures"
        print(f"emola: {pictures} left out: {_listed(left_out)}", file=sys.stderr)
    if others:
        kinds = ", ".join(f"{count} {kind}" for kind, count in others.most_common())
        files = "1 file" if others.total() == 1 else f"{others.total()} files"
        print(f"emola: {files} left out, not pictures: {kinds}", file=sys.stderr)


def _listed(bad: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {why.rstrip('.')}" for name, why in bad.items())
