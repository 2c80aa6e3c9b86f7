"""Check, count and prepare data sets.

PATH is FABA-Instruct (its tree or one of its JSON files), RAF-DB, BP4D, DISFA, GFT or EmotioNet as
distributed, or a folder or zip with labels.csv; docs/datasets.md shows the layouts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from emola.cli.options import add_json_argument, plots_dir, positive_int
from emola.errors import DataError

__all__ = ["add_arguments", "run"]

_ROWS = {
    "images": "Total images",
    "emotion_train": "Emotion training samples",
    "emotion_eval": "Emotion testing samples",
    "emotion_words": "Emotion description length",
    "au_train": "AU training samples",
    "au_eval": "AU testing samples",
    "au_words": "AU description length",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their arguments."""
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")

    check = actions.add_parser("check", help="list all problems of a data set; exit code 1 if there are any")
    check.add_argument("--images", action="store_true", help="also decode every picture (slow)")
    add_json_argument(check)
    check.set_defaults(act=_check)

    stats = actions.add_parser("stats", help="count samples, words, action units and emotions")
    stats.add_argument("--plots", type=plots_dir, metavar="DIR", help="draw the counts as PNG files in DIR")
    add_json_argument(stats)
    stats.set_defaults(act=_stats)

    _add_features(actions)

    frames = actions.add_parser("frames", help="extract the video frames of DISFA and GFT as pictures")
    frames.set_defaults(act=_frames)

    for action in actions.choices.values():
        action.add_argument("data", type=Path, metavar="PATH", help="data set")


def _add_features(actions: Any) -> None:
    features = actions.add_parser("features", help="compute the missing landmark features (.npy)")
    features.add_argument(
        "--network",
        type=Path,
        metavar="FILE",
        help="landmark network 2d106det.onnx (default: the fetched one)",
    )
    features.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="output folder, required for data sets other than FABA-Instruct",
    )
    features.add_argument(
        "--jobs",
        type=positive_int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="threads (default: number of cores)",
    )
    features.set_defaults(act=_features)


def run(args: argparse.Namespace) -> int:
    """Run the chosen action."""
    return int(args.act(args))


def _check(args: argparse.Namespace) -> int:
    from emola.cli.progress import Bars
    from emola.data.validation import check_dataset

    count = 0
    listed = []
    with Bars("Checking", unit="record") as bars:
        for problem in check_dataset(args.data, args.images, bars):
            count += 1
            if args.json:
                location = {"file": str(problem.file), "line": problem.line, "record": problem.record}
                listed.append({**location, "problem": problem.what})
            else:
                print(problem)
    if args.json:
        print(json.dumps(listed, indent=2))
    else:
        print(f"{args.data}: {count or 'no'} problem{'' if count == 1 else 's'} found")
    return 1 if count else 0


def _stats(args: argparse.Namespace) -> int:
    from emola.data.stats import statistics

    figures = statistics(args.data)
    if args.plots:
        from emola.data.plots import plot_statistics

        for path in plot_statistics(figures, args.plots):
            print(f"drawn: {path}", file=sys.stderr)
    print(json.dumps(figures, indent=2) if args.json else _table(figures))
    return 0


def _table(figures: dict[str, Any]) -> str:
    """Return the counts as text."""
    lines = [f"{figures['kind']}: {figures['images']:,} images"]
    if figures["subjects"]:
        lines[0] += f" of {figures['subjects']:,} people"
    lines += [f"  {task:<9} {count:>9,} records" for task, count in figures["records"].items()]
    if "table" in figures:
        lines += _published_table(figures)
    for name, title in (("emotions", "emotion"), ("action_units", "AU")):
        if figures[name]:
            lines.append(f"Records by {title}:")
            lines += [f"  {key:<12} {count:>9,}" for key, count in figures[name].items()]
    if figures.get("derived"):
        lines.append(f"{figures['derived']:,} records have no label; it was read from the description.")
    if figures.get("skipped"):
        lines.append(f"{figures['skipped']:,} invalid records are not counted; see `emola data check`.")
    return "\n".join(lines)


def _published_table(figures: dict[str, Any]) -> list[str]:
    from emola.data.stats import PUBLISHED

    lines = [f"{'FABA-Instruct':<28} {'here':>10} {'published':>10}"]
    for name, title in _ROWS.items():
        count = figures["table"][name]
        counted = "-" if count is None else f"{count:,}"
        lines.append(f"{title:<28} {counted:>10} {PUBLISHED[name]:>10,}")
    return lines


def _features(args: argparse.Namespace) -> int:
    from typing import cast

    from emola.cli.progress import Bars
    from emola.data.features import Expert, make_features
    from emola.face.experts import prior_expert
    from emola.face.insightface import INSIGHTFACE_EXPERT

    expert = prior_expert(INSIGHTFACE_EXPERT, args.network)
    if expert.missing:
        raise DataError(expert.missing)
    with Bars("Landmarks of", unit="face") as bars:
        done = make_features(args.data, cast(Expert, expert), args.out, args.jobs, bars)
    print(f"{done.made:,} made, {done.existing:,} existed, {len(done.skipped):,} skipped")
    return 0


def _frames(args: argparse.Namespace) -> int:
    from emola.cli.progress import Bars
    from emola.data.frames import write_frames

    with Bars("Frames of", unit="frame") as bars:
        count = write_frames(args.data, bars)
    if count:
        print(f"{count:,} frames written below {args.data / 'frames'}")
    else:
        print(f"{args.data} has no frames in videos; nothing to write.")
    return 0
