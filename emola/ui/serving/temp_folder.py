"""The temporary folder of a process: the only folder that the page may write to.

Gradio keeps its files there, which are copies of the example photos; photos and answers are never written.
The folder has mode 0700 and is removed at exit. The folder of a killed process, recognised by its free lock
file, is removed by the next process.
"""

from __future__ import annotations

import atexit
import os
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from emola.errors import EmolaError

PREFIX = "emola-page-"
_LOCK = "in-use.lock"


@cache
def temp_folder() -> Path:
    """Return the folder of this process; the first call creates it and sets ``GRADIO_TEMP_DIR``.

    Raises EmolaError when there is no temporary folder that can be written, as on a read-only system.
    """
    try:
        root = Path(tempfile.gettempdir())
        sweep(root)
        folder, lock = _create(root)
    except OSError as error:
        raise EmolaError(
            f"The page needs a temporary folder that can be written ({error.strerror or error}): free some "
            "space, or set TMPDIR to another folder."
        ) from error
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    atexit.register(_remove, folder, lock)
    return folder


def _create(root: Path) -> tuple[Path, FileLock]:
    """Create a folder; returns it and its lock, which is held."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root)).resolve()
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire()
        except FileNotFoundError:
            continue  # another process swept the folder before it was locked
        if (folder / _LOCK).exists():
            return folder, lock
        lock.release()


def sweep(root: Path) -> None:
    """Remove the folders under ``root`` of processes that were killed."""
    for folder in root.glob(f"{PREFIX}*"):
        if not _is_ours(folder):
            continue
        lock = FileLock(folder / _LOCK, timeout=0)
        try:
            lock.acquire()
        except (Timeout, OSError):
            continue
        _remove(folder, lock)


def _is_ours(folder: Path) -> bool:
    """Return whether a path is a folder of this user: a shared temporary folder holds entries of others."""
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid())


def _remove(folder: Path, lock: FileLock) -> None:
    if os.name == "nt":
        lock.release()  # Windows does not delete an open file
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
