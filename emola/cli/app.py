"""Open the chat page; what it needs and is not here yet is fetched first."""

from __future__ import annotations

import argparse
import os
import socket
import sys

from emola.cli.options import add_model_arguments
from emola.errors import DownloadError, EmolaError
from emola.ui.launch import add_arguments as add_page_arguments
from emola.ui.launch import run as serve

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The model, and how the page is served."""
    add_model_arguments(parser)
    add_page_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve the page until it is interrupted."""
    from emola.cli.fetch import fetch_groups
    from emola.cli.models import fetch_model_files

    _require_free(args.host or "127.0.0.1", args.port)
    fetch_model_files(args)
    try:
        fetch_groups(("examples",))
    except DownloadError as error:  # the page works without them
        print("emola: the page opens without example photos:", error, file=sys.stderr)
    return serve(args)


def _require_free(host: str, port: int | None) -> None:
    """EmolaError unless the page can listen there: told before the model is loaded, which takes long.

    port: None for the first free one.
    """
    if port is not None and not 0 < port < 65536:
        raise EmolaError(f"There is no port {port}; use one from 1 to 65535, such as --port 7860.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port or 0, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # a connection that was just closed does not keep the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except (OSError, UnicodeError) as error:
        place = host if port is None else f"{host}, port {port}"
        reason = getattr(error, "strerror", None) or "it is not an address"
        raise EmolaError(
            f"The page cannot listen on {place} ({reason}); choose another --host or --port."
        ) from error
