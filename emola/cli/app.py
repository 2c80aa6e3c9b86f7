"""Open the chat page; what it needs and is not here yet is fetched first."""

from __future__ import annotations

import argparse
import sys

from emola.cli.options import add_model_arguments
from emola.errors import DownloadError
from emola.ui.launch import add_arguments as add_page_arguments
from emola.ui.launch import run as serve

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The model, and how the page is served."""
    add_model_arguments(parser)
    add_page_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve the page until it is interrupted."""
    from emola.cli.progress import fetch_groups

    fetch_groups(("face", "nano") if args.model == "nano" else ("face",))
    try:
        fetch_groups(("examples",))
    except DownloadError as error:  # the page works without them
        print("emola: the page opens without example photos:", error, file=sys.stderr)
    return serve(args)
