"""Fetch the third-party files into the cache folder and verify them; existing valid files are kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from emola.cli.options import add_json_argument

__all__ = ["add_arguments", "fetch_groups", "run"]

_GROUPS = ("nano", "face", "examples")
_RESTRICTED = ("insightface", "test-photos")
"""Groups with restrictive or unclear licences: not part of "all", and fetched after their terms are shown."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the group of files and --json."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=(*_GROUPS, *_RESTRICTED, "all"),
        default="all",
        help="nano: the language model; face: the face landmarker; examples: the photos of the page; "
        "insightface: the landmark network of the published EmoLA, for non-commercial research only; "
        "test-photos: posed faces for tests, whose licence is unclear; the last two are not part of all "
        "(default: all)",
    )
    add_json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Fetch a group of files and print their paths."""
    if args.what in _RESTRICTED:
        _show_terms(args.what)
    paths = fetch_groups(_GROUPS if args.what == "all" else (args.what,))
    if args.json:
        print(json.dumps({name: str(path) for name, path in paths.items()}, indent=2))
    else:
        for path in paths.values():
            print(path)
    return 0


def fetch_groups(groups: Iterable[str]) -> dict[str, Path]:
    """Fetch the missing files of groups of ``downloads.GROUPS`` with progress bars; return paths by name.

    Raises DownloadError.
    """
    from emola import downloads
    from emola.cli.progress import Bars

    paths: dict[str, Path] = {}
    with Bars("Fetching") as fetching, Bars("Unpacking", unit="tensor") as unpacking:
        for group in groups:
            for name in downloads.GROUPS[group]:
                paths[name] = downloads.path(name, fetching)
            if group == "nano":
                paths["SmolLM2-135M-Instruct"] = downloads.language_model_dir(fetching, unpacking)
    return paths


def _show_terms(group: str) -> None:
    """Print licence, size and hash of the files of a group on stderr."""
    from emola import downloads

    for name in downloads.GROUPS[group]:
        file = downloads.FILES[name]
        print(f"{name}: {file.licence}; {file.size} bytes, SHA-256 {file.sha256}", file=sys.stderr)
