"""Is a checkpoint folder the one that was written? Its checksums, and errors that name the damaged file."""

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
    """Write ``SHA256SUMS`` for a checkpoint folder: every file that is loaded, adapters included.

    The model card is left out: people edit it.
    """
    files = [path for pattern in ("*", "adapters/*/*") for path in folder.glob(pattern)]
    write_sums(folder, (path for path in files if path.is_file() and path.suffix in _SUFFIXES))


def remove_checksums(folder: Path) -> None:
    """Remove ``SHA256SUMS`` before files of the folder change; without it nothing is verified."""
    (folder / SUMS).unlink(missing_ok=True)


def require_intact(folder: Path) -> None:
    """CheckpointError when a file of the folder differs from ``SHA256SUMS``; nothing without that file."""
    altered = altered_files(folder)
    if not altered:
        return
    path = folder / altered[0]
    others = f" (and {len(altered) - 1} more)" if len(altered) > 1 else ""
    what = "was damaged or changed" if path.is_file() else "is missing"
    raise CheckpointError(
        f"{path} {what}{others}, by the checksums in {SUMS}: restore it from where the folder came from; "
        f"if you changed it on purpose, delete {SUMS}."
    )


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object; CheckpointError when it is missing or damaged."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise CheckpointError(f"{path.parent} is incomplete: {path.name} is missing.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(
            f"{path} is damaged ({first_line(error)}); restore it from where it came from."
        ) from None
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} holds no JSON object.")
    return value


@contextmanager
def load_errors(path: Path) -> Iterator[None]:
    """Turn whatever a library raises about a damaged file or folder into a CheckpointError that names it.

    Broad on purpose: transformers, PEFT, safetensors and tokenizers raise classes of every kind about values
    that they did not expect.
    """
    try:
        yield
    except EmolaError:
        raise
    except (ImportError, MemoryError, torch.OutOfMemoryError) as error:  # not the file's fault
        raise CheckpointError(f"{path} cannot be loaded on this machine: {first_line(error)}.") from error
    except Exception as error:
        raise CheckpointError(
            f"{path} is damaged or does not fit ({first_line(error)}); restore it from where it came from."
        ) from error
