"""Loading the model that a command names; what it needs and is not here yet is fetched first, with bars."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from emola.cli.progress import fetch_groups

if TYPE_CHECKING:
    from emola import EmoLA

__all__ = ["fetch_parts", "load_model"]


def load_model(args: argparse.Namespace, device: str | None = None) -> EmoLA:
    """The model of ``add_model_arguments``. device: in the place of the one that the arguments name.

    Raises CheckpointError and DownloadError.
    """
    import emola

    device = device or args.device
    fetch_parts(args, device)
    return emola.load(args.model, device=device, quantize=args.quantize)


def fetch_parts(args: argparse.Namespace, device: str | None = None) -> None:
    """Fetch the third-party files of the model, once its options are known to be right."""
    from emola.model.devices import check_options

    check_options(device or args.device, "auto", args.quantize)
    fetch_groups(("face", "nano") if args.model == "nano" else ("face",))
