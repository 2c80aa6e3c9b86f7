"""Opening the page: the flags that say how it is served, and serving it."""

from __future__ import annotations

import argparse
import os
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emola.errors import DownloadError

if TYPE_CHECKING:
    from emola.ui.access import Access


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How the page is served."""
    parser.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=None, help="port (default: the first free one from 7860)")
    parser.add_argument("--share", action="store_true", help="make a public link through Gradio's servers")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name under which the page is reached, such as faces.example.org; * stands for any part of "
        "it; may be given several times (default: this machine's own names and addresses)",
    )
    parser.add_argument(
        "--embed",
        action="append",
        default=[],
        type=_origin,
        metavar="ORIGIN",
        help="a site that may show the page in a frame, such as https://example.org; may be given several "
        "times (default: none)",
    )
    parser.add_argument(
        "--concurrency", type=_positive, default=2, metavar="N", help="answers written at once (default: 2)"
    )


def run(args: argparse.Namespace) -> int:
    """Load the model and serve the page until the process is told to end."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import emola
    from emola.ui.server import PageServer

    model = emola.load(args.model, device=args.device, quantize=args.quantize)
    site = PageServer(model, example_photos(), concurrency=args.concurrency, access=_access(args))
    try:
        site.launch(server_name=args.host, server_port=args.port, share=args.share)
        threading.Event().wait()
    finally:
        site.close()
    return 0


def _access(args: argparse.Namespace) -> Access:
    """The names under which the page may be reached: those of this machine, and those that were given."""
    from emola.ui.access import Access

    hosts, embed = list(args.allow_host), list(args.embed)
    listening = args.host or os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    if listening not in ("127.0.0.1", "localhost"):
        name = socket.gethostname().lower()
        hosts += [name, f"{name}.*"]
    if args.share:
        hosts.append("*.gradio.live")
    if space := os.environ.get("SPACE_HOST"):  # set by Hugging Face, whose site shows a Space in a frame
        hosts.append(space)
        embed.append("https://huggingface.co")
    return Access(tuple(hosts), tuple(embed))


def example_photos() -> Mapping[str, Path]:
    """The example photos by what they show, if all are here already; the page opens without them."""
    from emola import downloads

    names = downloads.GROUPS["examples"]
    if not all((downloads.cache_dir() / name).exists() for name in names):
        return {}
    try:
        return downloads.example_photos()
    except DownloadError:
        return {}


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or text != f"{parts.scheme}://{parts.netloc}"
    ):
        raise argparse.ArgumentTypeError(f"{text!r} is not an origin such as https://example.org")
    return text.lower()
