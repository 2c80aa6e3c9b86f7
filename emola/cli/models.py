"""Loading the model that ``--model`` names, after fetching the third-party files it needs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from emola.cli.fetch import fetch_groups

if TYPE_CHECKING:
    from emola import EmoLA

__all__ = ["file_groups", "load_model"]


def file_groups(model: str) -> tuple[str, ...]:
    """Return the groups of third-party files that a model needs, see ``downloads.GROUPS``."""
    return ("face", "nano") if model == "nano" else ("face",)


def load_model(args: argparse.Namespace, device: str | None = None, *, servers: Sequence[str] = ()) -> EmoLA:
    """Load the model of ``add_model_arguments``.

    device: used instead of ``args.device`` if given. servers: see ``emola.load``. Raises CheckpointError and
    DownloadError.
    """
    import emola
    from emola.model.devices import check_options

    device = device or args.device
    check_options(device, args.dtype, args.quantize)  # before the files are fetched
    fetch_groups(file_groups(args.model))
    return emola.load(args.model, device=device, dtype=args.dtype, quantize=args.quantize, servers=servers)
