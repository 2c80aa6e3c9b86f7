"""Export the language model of a checkpoint for vLLM servers, which then generate the answers of the page."""

from __future__ import annotations

import argparse
import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from emola.cli.options import add_json_argument

if TYPE_CHECKING:
    from emola.model.export import Export

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the model, its adapters, the number type, the output folder and --json."""
    parser.add_argument(
        "--model",
        default="nano",
        metavar="M",
        help="nano, a checkpoint folder or a name on the hub (default: nano)",
    )
    parser.add_argument(
        "--adapter",
        action="append",
        default=[],
        metavar="NAME",
        help="an adapter to export; may be repeated (default: all, each in a folder of its own)",
    )
    parser.add_argument(
        "--dtype",
        choices=("bfloat16", "float16", "float32"),
        default="bfloat16",
        help="number type of the weights (default: bfloat16, the type of GPUs)",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the folder to write")
    add_json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Write the exports and print the command that serves each."""
    import torch

    from emola.cli.fetch import fetch_groups
    from emola.cli.progress import Bars
    from emola.emola import inspect
    from emola.model.export import export_language_model

    folder, _ = inspect(args.model)
    if args.model == "nano":
        fetch_groups(("nano",))
    with Bars("Reading") as reading, Bars("Writing", unit="file") as writing:
        exports = export_language_model(
            folder,
            args.out,
            names=args.adapter,
            dtype=getattr(torch, args.dtype),
            progress=writing,
            reading=reading,
        )
    if args.json:
        print(json.dumps([asdict(export) for export in exports], indent=2))
    else:
        print("\n".join(_command(export, args.out) for export in exports))
    return 0


def _command(export: Export, out: Path) -> str:
    """Return the command that serves an export to this machine."""
    words = ["vllm", "serve", str(out / export.name), "--enable-prompt-embeds", "--dtype", export.dtype]
    return shlex.join([*words, "--max-model-len", str(export.context), "--host", "127.0.0.1"])
