"""Look into sets of faces, and prepare them for training.

PATH is FABA-Instruct (its tree or one of its JSON files), RAF-DB, BP4D, DISFA, GFT or EmotioNet as they
are distributed, or a folder or zip with labels.csv; docs/datasets.md shows the layouts.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from emola.cli.options import plots_dir, positive_int
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
    """What to do, and with which data."""
    actions = parser.add_subparsers(metavar="ACTION", required=True, dest="action")

    check = actions.add_parser("check", help="list everything that is wrong in a set; exit 1 if anything is")
    check.add_argument("data", type=Path, metavar="PATH")
    check.add_argument("--images", action="store_true", help="decode every picture too, which takes long")
    check.add_argument("--json", action="store_true", help="print the findings as JSON")
    check.set_defaults(act=_check)

    stats = actions.add_parser("stats", help="count samples, words, action units and emotions")
    stats.add_argument("data", type=Path, metavar="PATH")
    stats.add_argument("--plots", type=plots_dir, metavar="DIR", help="draw the counts as PNG files in DIR")
    stats.add_argument("--json", action="store_true", help="print the figures as JSON")
    stats.set_defaults(act=_stats)

    features = actions.add_parser("features", help="make the landmark features (.npy) that are missing")
    features.add_argument("data", type=Path, metavar="PATH")
    features.add_argument("--network", type=Path, metavar="FILE", help="the landmark network 2d106det.onnx")
    features.add_argument(
        "--out", type=Path, metavar="DIR", help="where they go, for sets other than FABA-Instruct"
    )
    features.add_argument(
        "--jobs",
        type=positive_int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="threads (default: every core)",
    )
    features.set_defaults(act=_features)

    frames = actions.add_parser("frames", help="write the frames of DISFA's and GFT's videos as pictures")
    frames.add_argument("data", type=Path, metavar="PATH")
    frames.set_defaults(act=_frames)

    faces = actions.add_parser("faces", help="make tables of faces from labelled pictures, for EmoLA-Nano")
    faces.add_argument("data", nargs="+", type=Path, metavar="PATH", help="folder or zip with labels.csv")
    faces.add_argument("--out", type=Path, required=True, metavar="DIR", help="a table each: DIR/NAME")
    faces.set_defaults(act=_faces)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return int(args.act(args))


def _check(args: argparse.Namespace) -> int:
    from emola.cli.progress import Bars
    from emola.data.validation import check_dataset

    count = 0
    findings = []
    with Bars("Checking", unit="record") as bars:
        for finding in check_dataset(args.data, args.images, bars):
            count += 1
            if args.json:
                place = {"file": str(finding.file), "line": finding.line, "record": finding.record}
                findings.append({**place, "problem": finding.what})
            else:
                print(finding)
    if args.json:
        print(json.dumps(findings, indent=2))
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
    """The figures for a reader."""
    lines = [f"{figures['kind']}: {figures['images']:,} images"]
    if figures["subjects"]:
        lines[0] += f" of {figures['subjects']:,} people"
    lines += [f"  {task:<9} {count:>9,} records" for task, count in figures["records"].items()]
    if "table" in figures:
        lines += _beside_the_paper(figures)
    for name, title in (("emotions", "emotion"), ("action_units", "AU")):
        if figures[name]:
            lines.append(f"Records by {title}:")
            lines += [f"  {key:<12} {count:>9,}" for key, count in figures[name].items()]
    if figures.get("derived"):
        lines.append(f"{figures['derived']:,} records have no label: theirs were read from the description.")
    if figures.get("skipped"):
        lines.append(
            f"{figures['skipped']:,} records do not fit and are not counted; see `emola data check`."
        )
    return "\n".join(lines)


def _beside_the_paper(figures: dict[str, Any]) -> list[str]:
    from emola.data.stats import PUBLISHED

    lines = [f"{'FABA-Instruct':<28} {'here':>10} {'published':>10}"]
    for name, title in _ROWS.items():
        here, there = figures["table"][name], PUBLISHED[name]
        lines.append(f"{title:<28} {'-' if here is None else f'{here:,}':>10} {there:>10,}")
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
    print(f"{done.made:,} made, {done.existing:,} there before, {len(done.skipped):,} passed over")
    return 0


def _frames(args: argparse.Namespace) -> int:
    from emola.cli.progress import Bars
    from emola.data.frames import write_frames

    with Bars("Frames of", unit="frame") as bars:
        count = write_frames(args.data, bars)
    if count:
        print(f"{count:,} frames written below {args.data / 'frames'}")
    else:
        print(f"No frame of {args.data} lies in a video: there was nothing to write.")
    return 0


def _faces(args: argparse.Namespace) -> int:
    from emola.cli.progress import Bars
    from emola.train.nano.face_table import build_faces

    with Bars("Looking at", unit="face") as bars:
        for path in args.data:
            build_faces(path, args.out / path.stem, bars)
    return 0
