"""Skips unreadable images in a long run, up to a limit."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from emola.data.records import Record
from emola.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["SKIP_ONE_IN", "SkippedImages"]

SKIP_ONE_IN = 100
"""A run may skip one image in this many; more point to a problem of the whole data set."""

_SHOWN = 20


class SkippedImages:
    """Images that a run over ``total`` records skips because they cannot be read, with the reasons.

    report: called with one line for each skipped image; prints to stderr by default. Raises DataError,
    listing the images, as soon as more than one in ``SKIP_ONE_IN`` was skipped, unless ``endless``. An
    image skipped again in a later epoch counts once.
    """

    def __init__(
        self, total: int, report: Callable[[str], None] | None = None, *, endless: bool = False
    ) -> None:
        self.total = total
        self._endless = endless
        self.skipped: dict[str, str] = {}
        """The reasons, by record id."""
        self._report = report or _print

    def __len__(self) -> int:
        """Return the number of skipped records."""
        return len(self.skipped)

    def open(self, record: Record) -> Image.Image | None:
        """Return a record's image, or None after skipping it. Raises DataError if too many are skipped."""
        try:
            return record.image.open()
        except DataError as error:
            self.skip(record.id, error)
            return None

    def each(self, records: Iterable[Record]) -> Iterator[tuple[Record, Image.Image]]:
        """Yield the readable records with their images. Raises DataError if too many are skipped."""
        for record in records:
            image = self.open(record)
            if image is not None:
                yield record, image

    def skip(self, identity: str, error: Exception) -> None:
        """Skip a record because of ``error``. Raises DataError if too many are skipped."""
        if identity in self.skipped:
            return
        self.skipped[identity] = " ".join(str(error).split())
        count = len(self.skipped)
        if count * SKIP_ONE_IN > self.total and not self._endless:
            raise DataError(self._too_many()) from error
        self._report(f"skipped {identity} ({count} so far): {self.skipped[identity]}")

    def _too_many(self) -> str:
        listed = [f"{identity} ({why})" for identity, why in self.skipped.items()][:_SHOWN]
        if len(self.skipped) > _SHOWN:
            listed.append(f"and {len(self.skipped) - _SHOWN} more")
        return (
            f"{len(self.skipped)} of {self.total} pictures cannot be used, more than one in {SKIP_ONE_IN}; "
            f"repair or remove them: {'; '.join(listed)}."
        )


def _print(line: str) -> None:
    sys.stderr.write(f"emola: {line}\n")
