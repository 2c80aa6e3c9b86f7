"""Make a checkpoint folder of the published files: a LLaVA-1.5 base and the authors' adapters."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emola.model.conversion import Report

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the parts are, and where the result goes."""
    parser.add_argument(
        "--base",
        required=True,
        metavar="DIR",
        help="LLaVA-1.5: a folder in its authors' layout or in that of transformers, or a name on the hub "
        "such as llava-hf/llava-1.5-7b-hf (owner/name@revision), whose weights then stay there",
    )
    parser.add_argument(
        "--adapter",
        required=True,
        action="append",
        type=_named_folder,
        metavar="NAME=DIR",
        help="an adapter's folder and the name it gets here, au or emotion; may be given several times",
    )
    parser.add_argument(
        "--vision-tower",
        metavar="DIR",
        help="CLIP, a folder or a name on the hub (default: the one that the base names)",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to write")
    parser.add_argument("--json", action="store_true", help="print what was used and what was not as JSON")


def run(args: argparse.Namespace) -> int:
    """Convert, and say what was used and what was not."""
    from emola.cli.progress import Bars
    from emola.errors import CheckpointError
    from emola.model.conversion import convert

    adapters = dict(args.adapter)
    if len(adapters) < len(args.adapter):
        raise CheckpointError("Two adapters have the same name; give each a name of its own.")
    with Bars("Writing", unit="file") as bars:
        report = convert(args.base, adapters, args.out, vision_tower=args.vision_tower, progress=bars)
    print(json.dumps(report.as_dict(), indent=2) if args.json else _told(report, args.out))
    return 0


def _told(report: Report, out: Path) -> str:
    """The report for people; every name stands in ``conversion.json``."""
    lines = [f"{file}: {count} tensors used" for file, count in report.used.items()]
    for file, reasons in report.left_out.items():
        lines += [f"{file}: {len(names)} left out, {reason}" for reason, names in reasons.items()]
    if report.revision:
        lines.append(f"The base stays on the hub: {report.base} at {report.revision}; it was not checked.")
    lines += [
        f"adapter {name}: rank {facts['rank']}, trained on {facts['trained_on']}"
        for name, facts in report.adapters.items()
    ]
    return "\n".join([*lines, f"{out} is ready."])


def _named_folder(text: str) -> tuple[str, Path]:
    """``NAME=DIR``."""
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=DIR, such as au=downloads/au")
    return name, Path(folder)
