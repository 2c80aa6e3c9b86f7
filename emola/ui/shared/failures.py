"""Errors and poor views in one sentence each: what is wrong, and what to do.

The connection of the browser to the server is watched by ``assets/visit.js``, which shows :func:`connection`.
The size of a photo is checked by ``assets/page.js``, which shows :func:`oversized`.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Iterator

from emola.errors import EmolaError, ImageError
from emola.faba.regions import SIDES
from emola.face import Face
from emola.ui.shared import messages
from emola.ui.shared.fragments import text
from emola.ui.shared.message import Message, message, message_of

log = logging.getLogger(__name__)

OUT_OF_MEMORY = message("out_of_memory")
PHOTO_OUT_OF_MEMORY = message("photo_out_of_memory")
TIMED_OUT = message("timed_out")
CONNECTION_LOST = message("connection_lost")
CONNECTION_BACK = message("connection_back")
RELOAD = message("reload")

_SMALL_PHOTO = 160
"""Shorter side in pixels below which a photo is called small if no face was found in it."""
_FAULTS = frozenset("bright dark flat small blurred".split())
_MAX_SENTENCES = 3
_TIMEOUTS = (TimeoutError, asyncio.TimeoutError, concurrent.futures.TimeoutError)  # one class from 3.11 on


def explain(error: BaseException) -> str:
    """Return one sentence for the user about any error; an unexpected one is logged.

    The result is a :class:`Message` unless the sentence comes from a lower layer.
    """
    if is_out_of_memory(error):
        log.error("out of memory", exc_info=error)
        return PHOTO_OUT_OF_MEMORY if isinstance(error, ImageError) else OUT_OF_MEMORY
    if isinstance(error, EmolaError):
        return _of_photo(error) if isinstance(error, ImageError) else message_of(error)
    log.error("unexpected error", exc_info=error)
    return TIMED_OUT if isinstance(error, _TIMEOUTS) else messages.DEFECT


def is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an error or its cause is a lack of memory, of the processor or of a GPU.

    PyTorch raises ``OutOfMemoryError`` on a GPU, and a bare RuntimeError on a CPU.
    """
    while error is not None:
        words = str(error).lower() if isinstance(error, RuntimeError) else ""
        if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
            return True
        if "out of memory" in words or "not enough memory" in words or "can't allocate memory" in words:
            return True
        error = error.__cause__
    return False


def _of_photo(error: ImageError) -> str:
    """Return the sentence for a photo that cannot be read; the loader of images does not say what to do."""
    reason = message_of(error)
    if isinstance(reason, Message):
        return reason
    return message("photo_unusable", reason=reason.rstrip("."))


def no_face(width: int, height: int) -> Message:
    """Return the sentence for a photo of this size in which no face was found."""
    if min(width, height) < _SMALL_PHOTO:
        return message("no_face_small", width=width, height=height)
    return messages.NO_FACE


def queue_full(waiting: int) -> Message:
    """Return the sentence for a question that the queue has no place for. waiting: length of the queue."""
    return message("queue_full_at", count=waiting, number=waiting + 1)


def view(face: Face) -> list[Message]:
    """Return sentences about what makes a face hard to read, the worst first, at most three.

    Empty for a face that is clearly visible, and for a model that does not assess it.
    """
    return list(_view(face))[:_MAX_SENTENCES]


def _view(face: Face) -> Iterator[Message]:
    seen = face.visibility
    if seen is None:
        return
    if seen.outside:
        yield message("view_outside")
    yield from _covered(seen.covered)
    for fault in seen.faults:
        if fault.startswith("turned "):
            yield message(f"view_turned_{fault.split()[1]}", degrees=round(abs(seen.yaw)))
        elif fault.startswith("tilted "):
            yield message(f"view_tilted_{fault.split()[1]}", degrees=round(abs(seen.pitch)))
        elif fault in _FAULTS:
            yield message(f"view_{fault}", size=round(seen.size))


def _covered(regions: frozenset[str]) -> Iterator[Message]:
    """Yield a sentence for each covered part of the face, or for a side of it."""
    for part in ("eye", "mouth", "brow"):
        sides = [side for side in SIDES if f"{part}_{side}" in regions]
        if len(sides) == len(SIDES):
            yield message(f"view_covered_{part}s" if part != "mouth" else "view_covered_mouth")
        elif sides:
            yield message(f"view_covered_{part}_{sides[0]}")
    if "nose" in regions:
        yield message("view_covered_nose")


def oversized(limit: int) -> str:
    """Return the notice about a photo of more than ``limit`` bytes, hidden until a script shows it."""
    told = text(messages.upload_too_large(limit))
    return f'<p class="notice notice-error" role="alert" data-limit="{limit}" hidden>{told}</p>'


def connection() -> str:
    """Return the hidden notice about the connection, which the script of the page shows when it is lost."""
    return (
        '<div id="connection" role="alert" hidden>'
        f'<p class="notice notice-error" data-state="lost">{text(CONNECTION_LOST)}</p>'
        f'<p class="notice" data-state="back">{text(CONNECTION_BACK)} '
        f'<button type="button" id="reload">{text(RELOAD)}</button></p></div>'
    )
