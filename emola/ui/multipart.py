"""One uploaded file out of a multipart request, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from emola.ui import messages

OVERHEAD = 16 * 1024
"""Bytes of a multipart request besides the file: boundaries and headers."""


class Malformed(Exception):
    """A request that holds no single file of an allowed size; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class _InMemory(MultiPartParser):
    spool_max_size = 0  # for SpooledTemporaryFile: never to disk


async def one_file(request: Request, most: int, reserve: Callable[[int], None], pause: float) -> bytes:
    """The bytes of the only file of a request, at most ``most``; raises Malformed for anything else.

    reserve: called with the size of each part that comes. pause: seconds to wait for the next part, after
    which asyncio.TimeoutError is raised.
    """
    if "boundary=" not in request.headers.get("content-type", ""):
        raise Malformed(messages.ONE_FILE)
    parser = _InMemory(
        request.headers,
        _limited(request, most, reserve, pause),
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
    if len(data) > most:
        raise Malformed(messages.upload_too_large(most), 413)
    return data


async def _limited(
    request: Request, most: int, reserve: Callable[[int], None], pause: float
) -> AsyncGenerator[bytes, None]:
    """The body in parts; raises Malformed as soon as it is too long."""
    length, stream = 0, request.stream()
    while (chunk := await asyncio.wait_for(anext(stream, None), pause)) is not None:
        reserve(len(chunk))
        length += len(chunk)
        if length > most + OVERHEAD:
            raise Malformed(messages.upload_too_large(most), 413)
        yield chunk
