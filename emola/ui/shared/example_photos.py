"""The credits of the example photos, which a public page has to show beside them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Protocol


class ExamplePhoto(Protocol):
    """An example photo with its credit; :class:`emola.downloads.ExamplePhoto` implements it."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def title(self) -> str:
        """Whom the photo shows."""

    @property
    def author(self) -> str:
        """Who made it."""

    @property
    def licence(self) -> str:
        """Its terms, in words."""

    @property
    def page(self) -> str:
        """Address that tells its origin and licence; "" if there is none."""


def credits_of(photos: Iterable[ExamplePhoto]) -> str:
    """Return the list of credits, in the order of the photos."""
    rows = "".join(
        f"<li>{_title(photo)}: {escape(photo.author)}, {escape(photo.licence)}</li>" for photo in photos
    )
    return f'<ol class="fine-print credits" lang="en">{rows}</ol>'


def _title(photo: ExamplePhoto) -> str:
    if not photo.page:
        return escape(photo.title)
    return (
        f'<a href="{escape(photo.page)}" target="_blank" rel="noopener noreferrer">{escape(photo.title)}</a>'
    )
