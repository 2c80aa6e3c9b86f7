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


def picture(jpeg: bytes) -> ServedFile:
    """Return a JPEG that the page shows."""
    return ServedFile(jpeg, "image/jpeg")


def figure(
    photo: bytes,
    size: tuple[int, int],
    faces: Sequence[Face],
    selected: int,
    measured: Mapping[int, AUEstimate],
) -> str:
    """Return a face with its regions as self-contained HTML, enlarged if it is small in the photo.

    photo: as a JPEG, empty to leave it out.
    """
    from emola.ui.face_view.svg import face_svg

    address = f"data:image/jpeg;base64,{b64encode(photo).decode()}" if photo else ""
    drawn = face_svg(address, size, faces, selected, measured or None, "regions")
    scale, left, top = _enlargement(size, faces[selected])
    return f'<div style="--scale: {scale:.3f}; --x: {0 - left:.2%}; --y: {0 - top:.2%}">{drawn}</div>'


def _enlargement(size: tuple[int, int], face: Face) -> tuple[float, float, float]:
    """Return the scale at which a face fills half of the view, and the left and top edge of that view.

    The edges are shares of the width and height of the photo. A large face is not enlarged.
    """
    low, high = face.box[:2] / size, face.box[2:] / size
    share = min(1.0, 2 * float((high - low).max()))
    left, top = ((low + high - share) / 2).clip(0, 1 - share).tolist()
    return 1 / share, left, top
