"""Open the chat page; missing files are fetched first, and the model loads while the page is served."""

from __future__ import annotations

import argparse
import gc
import json
import os
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emola.cli.options import add_model_arguments, engine_servers, positive_int
from emola.errors import DownloadError, EmolaError
from emola.extras import require

if TYPE_CHECKING:
    from emola import EmoLA
    from emola.ui.serving.access import Access

__all__ = ["add_arguments", "run", "serve"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the flags of the model and of the server."""
    add_model_arguments(parser, engine=True)
    parser.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=None, help="port (default: the first free one from 7860)")
    parser.add_argument("--share", action="store_true", help="make a public link through Gradio's servers")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="host name under which the page is served, such as faces.example.org; * matches any part of "
        "a name; may be repeated (default: the names and addresses of this machine)",
    )
    parser.add_argument(
        "--embed",
        action="append",
        default=[],
        type=_origin,
        metavar="ORIGIN",
        help="site that may show the page in a frame, such as https://example.org; may be repeated "
        "(default: none)",
    )
    parser.add_argument(
        "--concurrency",
        type=positive_int,
        default=8,
        metavar="N",
        help="answers generated at the same time (default: 8)",
    )
    parser.add_argument(
        "--movement-only",
        action="store_true",
        help="describe movements of the face only: refuse questions about emotions, and mask emotion words",
    )
    parser.add_argument(
        "--mcp",
        action="store_true",
        help="let language models look and ask through the Model Context Protocol, at /gradio_api/mcp",
    )


def run(args: argparse.Namespace) -> int:
    """Serve the page until the process is interrupted.

    Raises EmolaError, before the page is served, for errors that are quick to detect.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    if args.mcp:
        require("mcp")
    engine_servers(args)
    _require_free(args.host or "127.0.0.1", args.port)
    name, adapters = _outline(args)
    _fetch_missing(args)
    return serve(args, name, adapters)


def serve(args: argparse.Namespace, name: str, adapters: Sequence[str]) -> int:
    """Serve the page, and load the model in the background."""
    import emola

    gc.disable()  # a tenth of the start-up time; the objects that imports make are there to stay
    if args.model == "nano":
        threading.Thread(target=_verify_language_model, daemon=True).start()
    try:
        from emola.ui.serving.server import PageServer
        from emola.ui.shared.model_handle import ModelHandle

        def load() -> EmoLA:
            servers = engine_servers(args)
            return emola.load(args.model, device=args.device, quantize=args.quantize, servers=servers)

        model = ModelHandle(load, name=name, adapters=adapters)
        model.start(then=_collect_garbage)
        server = PageServer(
            model,
            _example_photos(),
            concurrency=args.concurrency,
            access=_access(args),
            movement_only=args.movement_only,
            mcp=args.mcp,
        )
        try:
            server.launch(server_name=args.host, server_port=args.port, share=args.share)
            threading.Event().wait()
        finally:
            server.close()
    finally:
        gc.enable()
    return 0


def _verify_language_model() -> None:
    """Compute the checksums that loading needs, beside the import of Gradio; loading reports errors."""
    from emola import downloads

    with suppress(DownloadError):
        downloads.language_model_dir()


def _collect_garbage() -> None:
    """Enable garbage collection, except for the objects that start-up has made."""
    gc.freeze()
    gc.enable()


def _outline(args: argparse.Namespace) -> tuple[str, tuple[str, ...]]:
    """Return the model's name and its adapters after checking the options; raises EmolaError.

    The shipped model is described by its own files. Anything else is checked with PyTorch, whose import
    takes seconds.
    """
    from emola.files import asset

    if (args.model, args.quantize) == ("nano", None) and args.device in ("auto", "cpu"):
        folder = asset("emola-nano")
        try:
            title = str(json.loads((folder / "config.json").read_text("utf-8"))["title"])
            return title, _adapters(folder)
        except (OSError, ValueError, KeyError, TypeError):
            pass  # the full check reports the reason
    from emola.emola import inspect

    folder, config = inspect(args.model, device=args.device, quantize=args.quantize)
    return str(config.title), _adapters(folder)


def _adapters(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.name for path in (folder / "adapters").glob("*") if path.is_dir()))


def _fetch_missing(args: argparse.Namespace) -> None:
    """Fetch the files that the cache lacks; cached files are verified when they are loaded."""
    from emola import downloads
    from emola.cli.fetch import fetch_groups
    from emola.cli.models import file_groups

    missing = [group for group in file_groups(args.model) if not downloads.is_present(group)]
    if missing:
        fetch_groups(missing)
    if not downloads.is_present("examples"):
        try:
            fetch_groups(("examples",))
        except DownloadError as error:  # the page works without them
            print("emola: the page opens without example photos:", error, file=sys.stderr)


def _example_photos() -> Mapping[str, Path]:
    """Return the example photos by label; none unless all of them are in the cache."""
    from emola import downloads

    if not downloads.is_present("examples"):
        return {}
    try:
        return downloads.example_photos()
    except DownloadError:
        return {}


def _access(args: argparse.Namespace) -> Access:
    """Return the access rules: this machine's own names, and those given by flags."""
    from emola.ui.serving.access import Access

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


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or text != f"{parts.scheme}://{parts.netloc}"
    ):
        raise argparse.ArgumentTypeError(f"{text!r} is not an origin such as https://example.org")
    return text.lower()


def _require_free(host: str, port: int | None) -> None:
    """Raise EmolaError unless the page can listen on a host and port.

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
        endpoint = host if port is None else f"{host}, port {port}"
        reason = getattr(error, "strerror", None) or "it is not an address"
        raise EmolaError(
            f"The page cannot listen on {endpoint} ({reason}); choose another --host or --port."
        ) from error
