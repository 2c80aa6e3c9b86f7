"""The private folder of a process: the only place on disk that the page may write to.

Gradio is told to keep its files there. Photos and answers are never written; what remains are copies of the
example photos. The folder has mode 0700, is removed at exit, and is removed by the next process where this
process was killed: the lock file in it is free then.
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

PREFIX = "emola-page-"
_LOCK = "in-use.lock"


@cache
def temp_folder() -> Path:
    """The folder of this process, made at the first call, for Gradio too (``GRADIO_TEMP_DIR``)."""
    root = Path(tempfile.gettempdir())
    sweep(root)
    folder, lock = _make(root)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    atexit.register(_remove, folder, lock)
    return folder


def _make(root: Path) -> tuple[Path, FileLock]:
    """A new folder and its lock, held."""
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
    """Remove the folders under ``root`` of processes that ended without removing theirs."""
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
    """Whether it is a folder of this user: others can create entries in a shared temporary folder."""
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
