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
    """Return the credits in one paragraph, in the order of the photos; all drawings have one."""
    credits = dict.fromkeys(
        f"{_name(photo)} ({escape(photo.author)}, {escape(photo.licence)})" for photo in photos
    )
    return f'<p class="fine-print credits" lang="en">{"; ".join(credits)}</p>'


def _name(photo: ExamplePhoto) -> str:
    if not photo.page:
        return "drawings"
    return (
        f'<a href="{escape(photo.page)}" target="_blank" rel="noopener noreferrer">{escape(photo.title)}</a>'
    )
