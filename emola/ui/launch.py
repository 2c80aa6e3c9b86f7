"""Opening the page: the flags that say how it is served, and serving it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emola.errors import DownloadError

ASSETS = Path(__file__).resolve().parents[2] / "assets"
LARGEST_UPLOAD = "20mb"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How the page is served."""
    parser.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=None, help="port (default: the first free one from 7860)")
    parser.add_argument("--share", action="store_true", help="make a public link through Gradio's servers")
    parser.add_argument(
        "--concurrency", type=_positive, default=2, metavar="N", help="answers written at once (default: 2)"
    )


def run(args: argparse.Namespace) -> int:
    """Load the model and serve the page until it is interrupted."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import emola
    from emola.ui.page import build_page

    model = emola.load(args.model, device=args.device, quantize=args.quantize)
    examples = example_photos()
    page = build_page(model, examples, concurrency=args.concurrency)
    page.launch(server_name=args.host, server_port=args.port, share=args.share, **launch_options(examples))
    return 0


def launch_options(examples: Mapping[str, Path]) -> dict[str, Any]:
    """How the page is served, apart from where."""
    from emola.ui.theme import theme

    return {
        "theme": theme(),
        "css_paths": [ASSETS / "style.css"],
        "js": (ASSETS / "page.js").read_text(encoding="utf-8"),
        "favicon_path": ASSETS / "favicon.svg",
        "footer_links": ["api"],
        "run_history": False,
        "ssr_mode": False,
        "mcp_server": False,
        "max_file_size": LARGEST_UPLOAD,
        "allowed_paths": [str(photo) for photo in examples.values()],
    }


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
