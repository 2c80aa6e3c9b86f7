"""Read one uploaded file from a multipart request, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from emola.ui.shared import messages

OVERHEAD = 16 * 1024
"""Largest size of the boundaries and headers of a multipart request, in bytes."""


class Malformed(Exception):
    """A request without exactly one file of an allowed size; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class _InMemory(MultiPartParser):
    spool_max_size = 0  # SpooledTemporaryFile never writes to the disk


async def read_single_file(
    request: Request, limit: int, reserve: Callable[[int], None], pause: float
) -> bytes:
    """Return the only file of a request, at most ``limit`` bytes; raises Malformed for anything else.

    reserve: called with the size of each chunk. pause: timeout for the next chunk, in seconds; raises
    asyncio.TimeoutError.
    """
    if "boundary=" not in request.headers.get("content-type", ""):
        raise Malformed(messages.ONE_FILE)
    parser = _InMemory(
        request.headers,
        _limited(request, limit, reserve, pause),
        max_files=1,
        max_fields=0,
        max_part_size=OVERHEAD,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Malformed(messages.ONE_FILE) from error
    try:
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        if len(files) != 1:
            raise Malformed(messages.ONE_FILE)
        data = await files[0].read()
    finally:
        await form.close()
    if len(data) > limit:
        raise Malformed(messages.upload_too_large(limit), 413)
    return data


async def _limited(
    request: Request, limit: int, reserve: Callable[[int], None], pause: float
) -> AsyncGenerator[bytes, None]:
    """Yield the chunks of the body; raises Malformed as soon as it is too long."""
    length, stream = 0, request.stream()
    while (chunk := await asyncio.wait_for(anext(stream, None), pause)) is not None:
        reserve(len(chunk))
        length += len(chunk)
        if length > limit + OVERHEAD:
            raise Malformed(messages.upload_too_large(limit), 413)
        yield chunk
