"""Places that a command writes to, checked before its long work begins."""

from __future__ import annotations

import os
from pathlib import Path

from emola.errors import DataError

__all__ = ["require_writable"]


def require_writable(file: Path, what: str) -> None:
    """DataError unless the file can be written; missing folders are made. what: "The answers", and so on."""
    if file.is_dir():
        raise DataError(f"{what} cannot be written to {file}, which is a folder: name a file.")
    if file.exists() and not file.is_file():
        raise DataError(f"{what} cannot be written to {file}, which is no regular file: name another.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{what} cannot be written to {file}: {error.strerror}.") from error
    # Nothing is created to try it out: another process of the same run may be writing there already.
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise DataError(f"{what} cannot be written to {file}: check the permissions.")
