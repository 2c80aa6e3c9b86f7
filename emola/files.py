"""Shipped assets, atomic writes, append-only text files and checksums."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

__all__ = [
    "SUMS",
    "altered_files",
    "append_lines",
    "asset",
    "complete_lines",
    "drop_incomplete_line",
    "is_disk_error",
    "replacing",
    "sha256",
    "sha256_stream",
    "sha256_text",
    "write_sums",
]

SUMS = "SHA256SUMS"
"""Name of the file with the checksums of a folder, in the format of ``sha256sum --check``."""

_PACKAGE = Path(__file__).resolve().parent
_CHUNK = 1 << 20
_SUMS_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_DISK_ERRORS = {
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EACCES", "EPERM", "EIO")
    if hasattr(errno, name)
}

_known_hashes: dict[tuple[str, int, int, int], str] = {}


def asset(name: str) -> Path:
    """Return the path of a file or folder that EmoLA ships, such as "emola-nano" or "favicon.svg".

    Assets are inside the installed package, or at the top of the repository in a checkout.
    """
    installed = _PACKAGE / "assets"
    return (installed if installed.is_dir() else _PACKAGE.parent / "assets") / name


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Write a file atomically: yield a temporary path, which replaces ``path`` at the end of the block.

    If the block raises, the temporary file is removed and ``path`` is unchanged. A killed process leaves
    ``NAME.partial``, which the next writer overwrites. Hard links to the old file keep the old contents.
    Missing parent folders are created. Only one writer at a time is safe.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def append_lines(path: Path, text: str) -> None:
    """Append complete lines to a file and flush them to the disk."""
    with path.open("a", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def complete_lines(path: Path, *starts: bytes) -> list[bytes]:
    """Return the lines of a file without an incomplete last line; an empty list if there is no file.

    A process that is killed while it appends leaves an incomplete line.
    starts: allowed beginnings of a line. Raises ValueError if the incomplete line has another beginning,
    because the file is then of another kind.
    """
    data = path.read_bytes() if path.exists() else b""
    end = data.rfind(b"\n") + 1
    rest = data[end:]
    if rest and not any(rest[: len(start)] == start[: len(rest)] for start in starts):
        raise ValueError(f"{path} ends in a line of another kind")
    return data[:end].splitlines()


def drop_incomplete_line(path: Path) -> None:
    """Remove an incomplete last line, such as a killed process leaves, from a file."""
    if not path.exists():
        return
    with path.open("r+b") as stream:
        data = stream.read()
        stream.truncate(data.rfind(b"\n") + 1)


def is_disk_error(error: OSError) -> bool:
    """Whether an error comes from a disk (full, read-only, no permission) and not from a connection."""
    return error.errno in _DISK_ERRORS


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hex digits.

    Hashes are cached for the life of the process, by path, inode, size and modification time. Raises OSError.
    """
    status = path.stat()
    key = (str(path.absolute()), status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _known_hashes:
        with path.open("rb") as stream:
            _known_hashes[key] = sha256_stream(stream)
    return _known_hashes[key]


def sha256_stream(stream: BinaryIO, size: int | None = None) -> str:
    """Return the SHA-256, in hex, of the next ``size`` bytes of a stream, by default all remaining bytes.

    Raises EOFError when the stream ends before ``size`` bytes.
    """
    digest = hashlib.sha256()
    while size is None or size > 0:
        chunk = stream.read(_CHUNK if size is None else min(size, _CHUNK))
        if not chunk:
            if size is not None:
                raise EOFError(f"{size} bytes are missing at its end")
            break
        digest.update(chunk)
        if size is not None:
            size -= len(chunk)
    return digest.hexdigest()


def sha256_text(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def write_sums(folder: Path, files: Iterable[Path]) -> None:
    """Write ``SHA256SUMS`` into a folder, with the checksums of ``files`` below the folder."""
    names = sorted(file.relative_to(folder).as_posix() for file in files)
    lines = [f"{sha256(folder / name)}  {name}\n" for name in names]
    with replacing(folder / SUMS) as partial:
        partial.write_text("".join(lines), encoding="utf-8", newline="\n")


def altered_files(folder: Path) -> list[str] | None:
    """Return the names in ``SHA256SUMS`` whose files are changed or missing; None without ``SHA256SUMS``.

    If ``SHA256SUMS`` itself is damaged, or names a file outside the folder, the result is its own name.
    """
    try:
        text = (folder / SUMS).read_bytes().decode()
    except UnicodeDecodeError:
        return [SUMS]
    except OSError:
        return None if not (folder / SUMS).exists() else [SUMS]
    lines = [_SUMS_LINE.fullmatch(line) for line in text.splitlines()]
    expected = {line[2]: line[1] for line in lines if line}
    outside = [name for name in expected if PurePosixPath(name).is_absolute() or ".." in name.split("/")]
    if not expected or None in lines or outside or not text.endswith("\n"):
        return [SUMS]
    with ThreadPoolExecutor(max_workers=4) as pool:  # hashing releases the GIL
        digests = pool.map(lambda name: _sha256_if_readable(folder / name), expected)
        return [name for name, digest in zip(expected, digests, strict=True) if digest != expected[name]]


def _sha256_if_readable(path: Path) -> str | None:
    try:
        return sha256(path) if path.is_file() else None
    except OSError:
        return None
