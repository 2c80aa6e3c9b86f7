"""Reading the bytes of an image file from a path, a buffer or a stream, with a size limit."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

from emola.errors import ImageError

__all__ = ["MAX_BYTES", "path_label", "printable", "read_buffer", "read_file", "read_stream"]

MAX_BYTES = 256 * 2**20
"""Size limit of a file. No image within the pixel limit needs more."""
_CHUNK_BYTES = 2**22
_MAX_LABEL = 80
_URL = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)  # two letters or more, unlike the drive in "C:/"


def path_label(path: str | os.PathLike[str]) -> str:
    """Return a path for messages: printable, and shortened to its end if it is long."""
    label = printable(os.fspath(path))
    return label if len(label) <= _MAX_LABEL else "…" + label[1 - _MAX_LABEL :]


def printable(text: str) -> str:
    """Replace control characters and lone surrogates, which a terminal or a page cannot show, by "?"."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def read_file(path: str | Path) -> bytes:
    """Read a regular file; ``~`` is the home directory.

    Refuses FIFOs, sockets and devices without reading from them, and URLs such as ``https://``.
    Raises ImageError.
    """
    name, label = os.fspath(path), path_label(path)
    if not name:
        raise ImageError("The path of the picture is empty.")
    if name[:5].lower() == "data:":
        raise ImageError("A data URI is not read: decode it, and give its bytes.")
    if _URL.match(name):
        raise ImageError(f"{label} is an address: only files on this machine are read.")
    try:
        return _read_regular(os.path.expanduser(name), label)
    except FileNotFoundError as error:
        raise ImageError(f"There is no picture at {label}.") from error
    except PermissionError as error:
        raise ImageError(f"{label} may not be read: check its permissions.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in the name
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise ImageError(f"{label} cannot be read: {reason}.") from error


def _read_regular(path: str, label: str) -> bytes:
    if os.path.isdir(path):  # on Windows os.open raises PermissionError for a folder
        raise ImageError(f"{label} is a folder, not a picture.")
    # O_NONBLOCK: opening a FIFO must not wait for a writer. Not every system has all of these flags.
    flags = (getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
    descriptor = os.open(path, os.O_RDONLY | sum(flags))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"{label} is not a regular file: pictures are read from files alone.")
        if status.st_size > MAX_BYTES:
            raise _too_large(label)
        return read_stream(file, label)


def read_buffer(buffer: bytes | bytearray | memoryview, label: str) -> bytes:
    """Return the content of a buffer. Raises ImageError if it exceeds ``MAX_BYTES``."""
    if memoryview(buffer).nbytes > MAX_BYTES:
        raise _too_large(label)
    return bytes(buffer)


def read_stream(stream: Any, label: str) -> bytes:
    """Read a binary file object, from its start if it can seek. Raises ImageError."""
    try:
        if hasattr(stream, "seek"):
            stream.seek(0)
    except Exception:  # a pipe or a network response is read from its current position
        pass
    chunks, size = [], 0
    while chunk := _read_chunk(stream, label):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise _too_large(label)
    return b"".join(chunks)


def _read_chunk(stream: Any, label: str) -> bytes:
    try:
        chunk = stream.read(_CHUNK_BYTES)
    except Exception as error:  # the caller's object may raise anything: a closed file, a lost connection
        raise ImageError(f"{label} cannot be read: {error}.") from error
    if not isinstance(chunk, bytes):
        raise ImageError(f"{label} cannot be read: its file object gives {type(chunk).__name__}, not bytes.")
    return chunk


def _too_large(label: str) -> ImageError:
    return ImageError(f"{label} is too large: at most {MAX_BYTES // 2**20} MB can be read.")
