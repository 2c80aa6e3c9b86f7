"""Models by their name on the Hugging Face hub."""

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
"""What a checkpoint is made of; nothing that would have to be run."""


def parse(reference: str) -> tuple[str, str | None] | None:
    """Name and revision of ``owner/name`` or ``owner/name@revision``; None for anything else."""
    match = _NAME.fullmatch(reference)
    return (match["name"], match["revision"]) if match else None


def fetch(name: str, revision: str | None = None, files: Sequence[str] = CHECKPOINT_FILES) -> Path:
    """The folder, named by its commit, with these files of a repository; fetched when missing.

    A file that differs from the repository's ``SHA256SUMS`` is fetched again. Raises CheckpointError when
    there is no such repository, or no network and no copy.
    """
    try:
        folder = Path(snapshot_download(name, revision=revision, allow_patterns=list(files)))
        if altered := altered_files(folder):
            snapshot_download(name, revision=folder.name, allow_patterns=altered, force_download=True)
        return folder
    except LocalEntryNotFoundError:
        raise CheckpointError(
            f"{name} is not in the local cache, and the hub cannot be reached; connect, or check the name."
        ) from None
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise CheckpointError(f"{name} cannot be fetched from the hub: {first_line(error)}.") from None
