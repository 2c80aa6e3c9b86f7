"""In-memory store of uploaded photos that have not been read yet."""

from __future__ import annotations

import math
import os
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from emola.errors import ImageError
from emola.limits import Limits
from emola.ui.shared import messages


class UploadRefused(Exception):
    """There is no room for a photo; the message is for the visitor."""


@dataclass(frozen=True)
class _Photo:
    """An upload. held: see ``Uploads.held``."""

    data: bytes
    address: str
    arrived: float
    held: bool = False


class Uploads:
    """Uploaded files by path. Thread-safe.

    Gradio identifies an uploaded file by its path in ``folder``. Nothing is written there: the path, which
    cannot be guessed, is the key of a photo in this store, and any other path is refused.

    keep: no photo expires while it returns True, for example while the model is loading.
    """

    def __init__(
        self,
        folder: Path,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        keep: Callable[[], bool] = lambda: False,
    ) -> None:
        self._folder = folder
        self._limits = limits
        self._clock = clock
        self._keep = keep
        self._kept_until = -math.inf
        self._lock = threading.Lock()
        self._photos: OrderedDict[str, _Photo] = OrderedDict()
        self._arriving = 0  # bytes of the current transfers
        self._transfers: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._photos)

    @contextmanager
    def transfer(self, address: str) -> Iterator[Callable[[int], None]]:
        """Receive a photo from a network address inside the block.

        Yields a function that reserves memory for a number of received bytes. Raises UploadRefused when the
        address has too many transfers, and the function when there is no memory left.
        """
        with self._lock:
            if self._transfers[address] >= self._limits.transfers_per_address:
                raise UploadRefused(messages.UPLOADS_FULL)
            self._transfers[address] += 1
        reserved = 0

        def reserve(size: int) -> None:
            nonlocal reserved
            with self._lock:
                self._drop_expired()
                waiting = sum(len(photo.data) for photo in self._photos.values())
                if waiting + self._arriving + size > self._limits.uploads_memory:
                    raise UploadRefused(messages.UPLOADS_FULL)
                self._arriving += size
                reserved += size

        try:
            yield reserve
        finally:
            with self._lock:
                self._arriving -= reserved
                self._transfers[address] -= 1
                if not self._transfers[address]:
                    del self._transfers[address]

    def add(self, data: bytes, address: str) -> str:
        """Keep a photo from a network address until it is taken; returns its path.

        Beyond the limit for an address, its oldest photos are dropped, but none that is held.
        """
        path = str(self._folder / secrets.token_urlsafe(18) / "photo")
        with self._lock:
            self._drop_expired()
            photos = self._photos.items()
            stored = [key for key, photo in photos if photo.address == address and not photo.held]
            surplus = max(0, len(stored) + 1 - self._limits.uploads_per_address)
            for key in stored[:surplus]:
                del self._photos[key]
            self._photos[path] = _Photo(data, address, self._clock())
        return path

    @contextmanager
    def held(self, path: str) -> Iterator[None]:
        """Keep a photo inside the block until it is taken; one that was not is deleted at the end."""
        with self._lock:
            if photo := self._photos.get(path):
                self._photos[path] = replace(photo, held=True)
        try:
            yield
        finally:
            with self._lock:
                self._photos.pop(path, None)

    def take(self, path: str) -> bytes:
        """Remove a photo from the store and return it; raises ImageError when there is none."""
        with self._lock:
            self._drop_expired()
            photo = self._photos.pop(path, None)
        if photo is None:
            raise ImageError(messages.NOT_UPLOADED)
        return photo.data

    def peek(self, path: str) -> bytes | None:
        """Return a photo, which stays in the store; None when there is none."""
        photo = self._photos.get(path)
        return photo.data if photo else None

    def is_upload_path(self, path: object) -> bool:
        """Return whether a path has the form of an upload, expired or not."""
        return isinstance(path, str) and path.startswith(f"{self._folder}{os.sep}") and ".." not in path

    def expire(self) -> None:
        """Drop the photos that were not taken in time."""
        with self._lock:
            self._drop_expired()

    def clear(self) -> None:
        """Drop all photos."""
        with self._lock:
            self._photos.clear()

    def _drop_expired(self) -> None:
        if self._keep():
            self._kept_until = self._clock()
        oldest = self._clock() - self._limits.uploads_kept
        for path, photo in list(self._photos.items()):
            if not photo.held and max(photo.arrived, self._kept_until) <= oldest:
                del self._photos[path]
