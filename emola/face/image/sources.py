"""The bytes of a picture's file, from a path or a file object: at most so many, and never from a device."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

from emola.errors import ImageError

__all__ = ["MAX_BYTES", "path_label", "printable", "read_buffer", "read_file", "read_stream"]

MAX_BYTES = 256 * 2**20
"""A larger file is refused unread: no picture within the limit of pixels needs more."""
_PIECE = 2**22
_LONGEST = 80
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)  # "C:/" has one letter before the colon


def path_label(path: str | os.PathLike[str]) -> str:
    """A path as messages show it: printable, and its end alone if it is long."""
    label = printable(os.fspath(path))
    return label if len(label) <= _LONGEST else "…" + label[1 - _LONGEST :]


def printable(text: str) -> str:
    """A text without control characters and lone surrogates, which a terminal or a page cannot show."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def read_file(path: str | Path) -> bytes:
    """Everything in a regular file; ``~`` stands for the home folder.

    A FIFO, socket or device is refused without reading or waiting, as are addresses such as ``https://``.
    Raises ImageError.
    """
    name, label = os.fspath(path), path_label(path)
    if not name:
        raise ImageError("The path of the picture is empty.")
    if name[:5].lower() == "data:":
        raise ImageError("A data URI is not read: decode it, and give its bytes.")
    if _ADDRESS.match(name):
        raise ImageError(f"{label} is an address: only files on this machine are read.")
    try:
        return _read(os.path.expanduser(name), label)
    except FileNotFoundError as error:
        raise ImageError(f"There is no picture at {label}.") from error
    except PermissionError as error:
        raise ImageError(f"{label} may not be read: check its permissions.") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL or a lone surrogate in the name
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise ImageError(f"{label} cannot be read: {reason}.") from error


def _read(path: str, label: str) -> bytes:
    if os.path.isdir(path):  # Windows opens no folder
        raise ImageError(f"{label} is a folder, not a picture.")
    # O_NONBLOCK: opening a FIFO does not wait for a writer. These flags do not exist on every system.
    flags = (getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"))
    descriptor = os.open(path, os.O_RDONLY | sum(flags))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ImageError(f"{label} is not a regular file: pictures are read from files alone.")
        if status.st_size > MAX_BYTES:
            raise _too_many_bytes(label)
        return read_stream(file, label)


def read_buffer(buffer: bytes | bytearray | memoryview, label: str) -> bytes:
    """The content of a buffer. Raises ImageError."""
    if memoryview(buffer).nbytes > MAX_BYTES:
        raise _too_many_bytes(label)
    return bytes(buffer)


def read_stream(stream: Any, label: str) -> bytes:
    """Everything in a binary file object, from its start where it can seek. Raises ImageError."""
    try:
        if hasattr(stream, "seek"):
            stream.seek(0)
    except Exception:  # a pipe or a network response is read from where it stands
        pass
    pieces, size = [], 0
    while piece := _piece(stream, label):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES:
            raise _too_many_bytes(label)
    return b"".join(pieces)


def _piece(stream: Any, label: str) -> bytes:
    try:
        piece = stream.read(_PIECE)
    except Exception as error:  # an object of the caller's: a closed file, a broken connection
        raise ImageError(f"{label} cannot be read: {error}.") from error
    if not isinstance(piece, bytes):
        raise ImageError(f"{label} cannot be read: its file object gives {type(piece).__name__}, not bytes.")
    return piece


def _too_many_bytes(label: str) -> ImageError:
    return ImageError(f"{label} is too large: at most {MAX_BYTES // 2**20} MB can be read.")
