"""Checks of output paths before the work of a command starts."""

from __future__ import annotations

import os
from pathlib import Path

from emola.errors import DataError

__all__ = ["require_writable"]


def require_writable(file: Path, what: str) -> None:
    """Raise DataError if a file cannot be written; create missing parent folders.

    what: the contents, as the subject of the message, such as "The answers".
    """
    if file.is_dir():
        raise DataError(f"{what} cannot be written to {file}, which is a folder: name a file.")
    if file.exists() and not file.is_file():
        raise DataError(f"{what} cannot be written to {file}, which is not a regular file: name another.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{what} cannot be written to {file}: {error.strerror}.") from error
    # The file itself is not created: another process of the same run may already be writing it.
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise DataError(f"{what} cannot be written to {file}: check the permissions.")
