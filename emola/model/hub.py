"""Downloads from the Hugging Face hub."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

from emola.errors import CheckpointError, first_line
from emola.files import SUMS, altered_files

_NAME = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")

CHECKPOINT_FILES = ("*.json", "*.jinja", "*.safetensors", "tokenizer.model", "*.txt", "README.md", SUMS)
"""Patterns of the files of a checkpoint; none of them contains code."""


def parse(reference: str) -> tuple[str, str | None] | None:
    """Return name and revision of ``owner/name`` or ``owner/name@revision``; None for anything else."""
    match = _NAME.fullmatch(reference)
    return (match["name"], match["revision"]) if match else None


def fetch(name: str, revision: str | None = None, files: Sequence[str] = CHECKPOINT_FILES) -> Path:
    """Download files of a repository that are not cached and return their folder, which is named by commit.

    files: patterns of the files. A file that differs from the ``SHA256SUMS`` of the repository is downloaded
    again.

    Raises CheckpointError when the repository does not exist, or is neither cached nor reachable.
    """
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=list(files)))
        if altered := altered_files(folder):
            snapshot_download(name, revision=folder.name, allow_patterns=altered, force_download=True)
        return folder
    except LocalEntryNotFoundError:
        raise CheckpointError(
            f"{name} is not cached and the hub cannot be reached; check the name and the connection."
        ) from None
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise CheckpointError(f"{name} cannot be downloaded from the hub: {first_line(error)}.") from None
