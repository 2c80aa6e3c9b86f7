"""Fetch the third-party files into the cache folder, verified; those that are there already are kept."""

from __future__ import annotations

import argparse
import json

__all__ = ["add_arguments", "run"]

_GROUPS = ("nano", "face", "examples")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to fetch."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=(*_GROUPS, "all"),
        default="all",
        help="nano: the language model; face: the landmarker; examples: photos (default: all)",
    )
    parser.add_argument("--json", action="store_true", help="print the paths by name as JSON")


def run(args: argparse.Namespace) -> int:
    """Print where the files are."""
    from emola.cli.progress import fetch_groups

    paths = fetch_groups(_GROUPS if args.what == "all" else (args.what,))
    if args.json:
        print(json.dumps({name: str(path) for name, path in paths.items()}, indent=2))
    else:
        for path in paths.values():
            print(path)
    return 0
