"""The panel that tells what the server holds of a visit, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from emola.limits import Limits
from emola.ui.shared.fragments import text
from emola.ui.shared.message import Message, message

TITLE = message("privacy_title")
NOTHING = message("privacy_nothing")
MEMORY = message("privacy_memory")
SIZE = message("privacy_size")
TOTAL = message("privacy_total")
DISK = message("privacy_disk")
HOSTS = message("privacy_hosts")
BROWSER = message("privacy_browser")
UNTIL = message("privacy_until")
UNTIL_ERASED = message("privacy_until_erased")
_HELD = {
    "photo": message("privacy_held_photo"),
    "faces": message("privacy_held_faces"),
    "conversations": message("privacy_held_conversations"),
    "readings": message("privacy_held_readings"),
    "encodings": message("privacy_held_encodings"),
    "prefix_caches": message("privacy_held_prefix_caches"),
    "session": message("privacy_held_session"),
}
"""What the server can hold of a visit, by the names in ``Holding.what``."""


class Held(Protocol):
    """Something that the server holds of a visit: its name, and its size in bytes."""

    @property
    def what(self) -> str:
        """A name, see ``Holding.what``."""

    @property
    def bytes(self) -> int:
        """Size in memory."""


def privacy_panel(holdings: Sequence[Held], limits: Limits) -> str:
    """Return the panel. holdings: of the visit, empty if there are none. limits: of the server."""
    return (
        '<section class="privacy" aria-labelledby="privacy-title">'
        f'<h2 id="privacy-title" class="sr-only">{text(TITLE)}</h2>'
        + (_table(holdings) if holdings else f"<p>{text(NOTHING)}</p>")
        + (_until(limits) if holdings else "")
        + "".join(f"<p>{text(line)}</p>" for line in (DISK, HOSTS, BROWSER))
        + "</section>"
    )


def _table(holdings: Sequence[Held]) -> str:
    rows = "".join(_row(text(_HELD.get(held.what, held.what)), held.bytes) for held in holdings)
    total = _row(f"<b>{text(TOTAL)}</b>", sum(held.bytes for held in holdings))
    head = "".join(f'<th scope="col">{text(title)}</th>' for title in (MEMORY, SIZE))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}{total}</tbody></table>"


def _row(what: str, size: int) -> str:
    return f'<tr><th scope="row">{what}</th><td>{text(_size(size))}</td></tr>'


def _size(size: int) -> Message:
    """Return a size in the unit that fits."""
    if size < 1000:
        return message("privacy_bytes", size=size)
    if size < 1_000_000:
        return message("privacy_kilobytes", size=round(size / 1000))
    return message("privacy_megabytes", size=round(size / 1e6, 1))


def _until(limits: Limits) -> str:
    minutes = round((limits.idle + limits.sweep) / 60)
    lines = (
        UNTIL_ERASED,
        message("privacy_until_closed", seconds=round(limits.after_close)),
        message("privacy_until_idle", minutes=minutes),
    )
    return f"<p>{text(UNTIL)}</p><ul>{''.join(f'<li>{text(line)}</li>' for line in lines)}</ul>"
