"""Files that appear whole or not at all, and files of lines that end where a kill left them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["append_lines", "cut_to_whole_lines", "replacing", "whole_lines"]


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to: what stands there when the block ends well becomes ``path``.

    When the block raises, it is removed and ``path`` stays as it was. What a kill leaves behind
    (``NAME.partial``) the next writer overwrites. Another name of the old file, a hard link, keeps the
    old contents. The folder is made where it is missing. For one writer of a file at a time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def append_lines(path: Path, text: str) -> None:
    """Write whole lines at the end of a file; they are on the disk when this returns."""
    with path.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def whole_lines(path: Path, *starts: bytes) -> list[bytes]:
    """The lines of a file up to the last one that ends, which a kill may have cut short; none without a file.

    starts: what a line of such a file may begin with. Raises ValueError when it ends in something else.
    """
    data = path.read_bytes() if path.exists() else b""
    end = data.rfind(b"\n") + 1
    rest = data[end:]
    if rest and not any(rest[: len(start)] == start[: len(rest)] for start in starts):
        raise ValueError(f"{path} does not end in a line of its kind")
    return data[:end].splitlines()


def cut_to_whole_lines(path: Path) -> None:
    """Take a last line that a kill cut short off a file."""
    if not path.exists():
        return
    with path.open("r+b") as stream:
        data = stream.read()
        stream.truncate(data.rfind(b"\n") + 1)
