"""Integrity of checkpoint folders: checksums, and errors that name the damaged file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from emola.errors import CheckpointError, EmolaError, first_line
from emola.files import SUMS, altered_files, write_sums

_SUFFIXES = {".json", ".jinja", ".model", ".safetensors", ".txt"}


def write_checksums(folder: Path) -> None:
    """Write ``SHA256SUMS`` for all files of a checkpoint folder that are loaded.

    The model card is not among them, since it may be edited.
    """
    files = [path for pattern in ("*", "adapters/*/*") for path in folder.glob(pattern)]
    write_sums(folder, (path for path in files if path.is_file() and path.suffix in _SUFFIXES))


def remove_checksums(folder: Path) -> None:
    """Remove ``SHA256SUMS`` before files of the folder change; without it, nothing is verified."""
    (folder / SUMS).unlink(missing_ok=True)


def require_intact(folder: Path) -> None:
    """Raise CheckpointError when a file differs from the ``SHA256SUMS`` of its folder, if there is one."""
    altered = altered_files(folder)
    if not altered:
        return
    path = folder / altered[0]
    others = f" (and {len(altered) - 1} more)" if len(altered) > 1 else ""
    state = "is damaged or changed" if path.is_file() else "is missing"
    raise CheckpointError(
        f"{path} {state}{others}, according to {SUMS}: restore it from the source of the folder, or delete "
        f"{SUMS} after an intended change."
    )


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises CheckpointError when the file is missing or damaged."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path.parent} is incomplete: {path.name} is missing.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(
            f"{path} is damaged ({first_line(error)}); restore it from its source."
        ) from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} does not hold a JSON object.")
    return value


@contextmanager
def load_errors(path: Path) -> Iterator[None]:
    """Convert exceptions of libraries about a damaged file or folder to a CheckpointError that names it.

    All exceptions are caught, because transformers, PEFT, safetensors and tokenizers raise many classes for
    unexpected values.
    """
    try:
        yield
    except EmolaError:
        raise
    except (ImportError, MemoryError, torch.OutOfMemoryError) as error:  # not caused by the file
        raise CheckpointError(f"{path} cannot be loaded on this machine: {first_line(error)}.") from error
    except Exception as error:
        raise CheckpointError(
            f"{path} is damaged or does not fit ({first_line(error)}); restore it from its source."
        ) from error
