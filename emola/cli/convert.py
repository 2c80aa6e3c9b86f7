"""Convert the published files, a LLaVA-1.5 base and the authors' adapters, to a checkpoint folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from emola.cli.options import add_json_argument

if TYPE_CHECKING:
    from emola.model.conversion import Report

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the source files, the output folder and --json."""
    parser.add_argument(
        "--base",
        required=True,
        metavar="DIR",
        help="LLaVA-1.5: a folder in the authors' or the transformers layout, or a name on the hub such as "
        "llava-hf/llava-1.5-7b-hf (owner/name@revision), whose weights are loaded from there and not copied",
    )
    parser.add_argument(
        "--adapter",
        required=True,
        action="append",
        type=_named_folder,
        metavar="NAME=DIR",
        help="the name of an adapter in the checkpoint, au or emotion, and its folder; may be repeated",
    )
    parser.add_argument(
        "--vision-tower",
        metavar="DIR",
        help="CLIP: a folder or a name on the hub (default: the one named in the configuration of the base)",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to write")
    add_json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Write the checkpoint and print which tensors were used."""
    from emola.cli.progress import Bars
    from emola.errors import CheckpointError
    from emola.model.conversion import convert

    adapters = dict(args.adapter)
    if len(adapters) < len(args.adapter):
        raise CheckpointError("Two adapters have the same name; give each a name of its own.")
    with Bars("Writing", unit="file") as bars:
        report = convert(args.base, adapters, args.out, vision_tower=args.vision_tower, progress=bars)
    print(json.dumps(report.as_dict(), indent=2) if args.json else _describe(report, args.out))
    return 0


def _describe(report: Report, out: Path) -> str:
    """Summarise the report; ``conversion.json`` in the checkpoint lists every tensor."""
    lines = [f"{file}: {count} tensors used" for file, count in report.used.items()]
    for file, reasons in report.left_out.items():
        lines += [f"{file}: {len(names)} skipped, {reason}" for reason, names in reasons.items()]
    if report.revision:
        lines.append(f"The base stays on the hub: {report.base} at {report.revision} (not verified).")
    lines += [
        f"adapter {name}: rank {facts['rank']}, trained on {facts['trained_on']}"
        for name, facts in report.adapters.items()
    ]
    return "\n".join([*lines, f"{out} is ready."])


def _named_folder(text: str) -> tuple[str, Path]:
    """Parse ``NAME=DIR``."""
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=DIR, such as au=downloads/au")
    return name, Path(folder)
