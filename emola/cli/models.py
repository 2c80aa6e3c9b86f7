"""Loading the model that ``--model`` names, after fetching the third-party files it needs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from emola.cli.fetch import fetch_groups

if TYPE_CHECKING:
    from emola import EmoLA

__all__ = ["fetch_model_files", "load_model"]


def load_model(args: argparse.Namespace, device: str | None = None) -> EmoLA:
    """Load the model of ``add_model_arguments``.

    device: overrides ``args.device``. Raises CheckpointError and DownloadError.
    """
    import emola

    device = device or args.device
    fetch_model_files(args, device)
    return emola.load(args.model, device=device, quantize=args.quantize)


def fetch_model_files(args: argparse.Namespace, device: str | None = None) -> None:
    """Check the options of the model, then fetch its third-party files.

    device: overrides ``args.device``. Raises CheckpointError and DownloadError.
    """
    from emola.model.devices import check_options

    check_options(device or args.device, "auto", args.quantize)
    fetch_groups(("face", "nano") if args.model == "nano" else ("face",))
