"""The files of a visit that a browser may fetch; they are made in memory."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from emola.face import AUEstimate, Face
from emola.ui.exports.markdown import as_markdown
from emola.ui.exports.record import SessionRecord, as_json
from emola.ui.exports.report import as_html


class ServedFile(NamedTuple):
    """A file. name: of a download, None for a picture that the page shows."""

    data: bytes
    media_type: str
    name: str | None = None


EXPORTS = {
    "conversation.md": "text/markdown; charset=utf-8",
    "conversation.json": "application/json",
    "conversation.html": "text/html; charset=utf-8",
}
"""Media types of the exports, by their last part of the address."""


def exported(kind: str, record: SessionRecord, figures: Callable[[], Mapping[int, str]]) -> ServedFile:
    """Return an export. kind: a key of ``EXPORTS``. figures: makes the figures of an HTML report."""
    suffix = kind.partition(".")[2]
    if suffix == "md":
        text = as_markdown(record)
    elif suffix == "json":
        text = as_json(record)
    else:
        text = as_html(record, figures())
    return ServedFile(text.encode(), EXPORTS[kind], f"emola-{record.digest[:8]}.{suffix}")


def picture(jpeg: bytes | None) -> ServedFile | None:
    """Return a JPEG that the page shows; None for no picture."""
    return None if jpeg is None else ServedFile(jpeg, "image/jpeg")


def figure(
    photo: bytes,
    size: tuple[int, int],
    faces: Sequence[Face],
    selected: int,
    measured: Mapping[int, AUEstimate],
) -> str:
    """Return a face with its regions as a self-contained SVG. photo: as a JPEG, empty to leave it out."""
    from emola.ui.face_view.svg import face_svg

    address = f"data:image/jpeg;base64,{b64encode(photo).decode()}" if photo else ""
    return face_svg(address, size, faces, selected, measured or None, "regions")
