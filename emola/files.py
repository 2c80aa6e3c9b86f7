"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["replacing"]


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
