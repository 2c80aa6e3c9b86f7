"""Open the chat page; missing files are fetched first, and the model loads while the page is served."""

from __future__ import annotations

import argparse
import gc
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from emola.cli.operation import Operation
from emola.cli.options import add_model_arguments, engine_servers, positive_int
from emola.cli.signals import Terminated
from emola.errors import DownloadError, EmolaError
from emola.extras import require
from emola.limits import Limits
from emola.settings import add_flags, read

if TYPE_CHECKING:
    from emola.downloads import ExamplePhoto
    from emola.ui.serving.access import Access
    from emola.ui.serving.metrics import Metrics
    from emola.ui.serving.server import PageServer
    from emola.ui.shared.model_handle import AffectModel

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
    add_flags(parser, Operation, "operation; each flag has an environment variable")
    add_flags(parser, Limits, "limits (maxima); each flag has an environment variable, --public lowers them")


def run(args: argparse.Namespace, loader: Callable[[], AffectModel] | None = None) -> int:
    """Serve the page until the process is interrupted.

    loader: loads the model that ``args`` describe in place of ``emola.load``.

    Raises EmolaError, before the page is served, for errors that are quick to detect.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    operation, limits = _settings(args)
    if operation.mcp:
        require("mcp")
    if operation.metrics:
        require("prometheus_client")
        if operation.metrics.endswith(f":{args.port}"):
            raise EmolaError(f"Port {args.port} is that of the page; choose another --metrics.")
    engine_servers(args)
    _require_free(args.host or "127.0.0.1", args.port)
    name, adapters = _outline(args)
    _fetch_missing(args)
    return serve(args, name, adapters, operation, limits, loader)


def serve(
    args: argparse.Namespace,
    name: str,
    adapters: Sequence[str],
    operation: Operation,
    limits: Limits,
    loader: Callable[[], AffectModel] | None = None,
) -> int:
    """Serve the page, and load the model in the background. loader: see :func:`run`."""
    gc.disable()  # a tenth of the start-up time; the objects that imports make are there to stay
    if args.model == "nano":
        threading.Thread(target=_verify_language_model, daemon=True).start()
    try:
        from emola.ui.serving import logs
        from emola.ui.serving.server import PageServer
        from emola.ui.shared.model_handle import ModelHandle

        load = loader or _loader(args, limits)
        with logs.to_stderr(operation.log_format):
            logs.adopt_gradio_tracebacks()
            logs.adopt_server_logs()
            model = ModelHandle(load, name=name, adapters=adapters)
            model.start(then=_collect_garbage)
            metrics = _metrics(operation)
            server = PageServer(
                model,
                _example_photos(),
                concurrency=args.concurrency,
                limits=limits,
                access=_access(args),
                movement_only=operation.movement_only,
                mcp=operation.mcp,
                trusted_proxies=_trusted_proxies(operation),
                metrics=metrics,
            )
            _run(server, args, operation, metrics)
    finally:
        gc.enable()
    return 0


def _loader(args: argparse.Namespace, limits: Limits) -> Callable[[], AffectModel]:
    """Return a function that loads the model of ``args``."""
    import emola

    return partial(
        emola.load,
        args.model,
        device=args.device,
        dtype=args.dtype,
        quantize=args.quantize,
        servers=engine_servers(args),
        cache_bytes=limits.cache_bytes or None,
    )


def _run(server: PageServer, args: argparse.Namespace, operation: Operation, metrics: Metrics | None) -> None:
    """Serve until the process is interrupted; after SIGTERM, finish the accepted questions first."""
    from emola.ui.serving import logs

    try:
        if metrics:
            host, _, port = operation.metrics.rpartition(":")
            metrics.serve(host, int(port), server.figures)
        server.launch(server_name=args.host, server_port=args.port, share=args.share)
        logs.event("started", model=args.model)
        threading.Event().wait()
    except Terminated:
        logs.event("stopping", grace_seconds=operation.grace)
        logs.event("stopped", finished=server.questions.stop(operation.grace))
        raise
    finally:
        server.close()


def _settings(args: argparse.Namespace) -> tuple[Operation, Limits]:
    """Return the settings from the flags and the environment; raises EmolaError for an invalid variable."""
    operation = read(Operation, vars(args), os.environ)
    return operation, read(Limits, vars(args), os.environ, public=operation.public)


def _metrics(operation: Operation) -> Metrics | None:
    """Return the metrics if they are wanted; only then is their package imported."""
    if not operation.metrics:
        return None
    from emola.ui.serving.metrics import Metrics

    return Metrics()


def _trusted_proxies(operation: Operation) -> int:
    """Return the number of trusted proxies. Those of a Space are never absent and have private addresses."""
    from emola.ui.serving.visitors import PRIVATE_PROXIES

    return operation.trusted_proxies or (PRIVATE_PROXIES if "SPACE_HOST" in os.environ else 0)


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

    folder, config = inspect(args.model, device=args.device, dtype=args.dtype, quantize=args.quantize)
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
            print("emola: the page opens without all example photos:", error, file=sys.stderr)


def _example_photos() -> Mapping[str, ExamplePhoto]:
    """Return the example photos that are in the cache, by title."""
    from emola import downloads

    return downloads.example_photos()


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
