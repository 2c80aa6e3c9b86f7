"""Fetch the third-party files into the cache folder, verified; those that are there already are kept."""

from __future__ import annotations

import argparse
import json
import sys

__all__ = ["add_arguments", "run"]

_GROUPS = ("nano", "face", "examples")
_ON_REQUEST = ("insightface",)
"""Groups whose terms ask for care: "all" leaves them out, and what they are is shown first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to fetch."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=(*_GROUPS, *_ON_REQUEST, "all"),
        default="all",
        help="nano: the language model; face: the landmarker; examples: photos; insightface: the landmark "
        "network of the published EmoLA, for non-commercial research only, not part of all (default: all)",
    )
    parser.add_argument("--json", action="store_true", help="print the paths by name as JSON")


def run(args: argparse.Namespace) -> int:
    """Print where the files are."""
    from emola.cli.progress import fetch_groups

    if args.what in _ON_REQUEST:
        _show_terms(args.what)
    paths = fetch_groups(_GROUPS if args.what == "all" else (args.what,))
    if args.json:
        print(json.dumps({name: str(path) for name, path in paths.items()}, indent=2))
    else:
        for path in paths.values():
            print(path)
    return 0


def _show_terms(group: str) -> None:
    from emola import downloads

    for name in downloads.GROUPS[group]:
        file = downloads.FILES[name]
        print(f"{name}: {file.licence}; {file.size} bytes, SHA-256 {file.sha256}", file=sys.stderr)
