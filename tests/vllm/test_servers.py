"""The choice of a server, and its answers."""

import asyncio

import httpx
import pytest

from emola.vllm.servers import Pool, Timeouts, answer_tokens
from emola.vllm.wire import WireError


class Comments(httpx.AsyncByteStream):
    """An answer of comments without end, as a proxy sends them for a server that hangs."""

    async def __aiter__(self):
        while True:
            yield b": ping\n\n"
            await asyncio.sleep(0.01)


def test_comments_do_not_prolong_the_wait_for_a_token():
    """Guards against questions that hang for ever: the timeout of the client is for the next byte."""

    async def ask():
        transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Comments()))
        async with httpx.AsyncClient(transport=transport, timeout=0.1) as client:
            async for _ in answer_tokens(client, "http://a", b"{}", 1, 9):
                pytest.fail("there is no token")

    with pytest.raises(WireError, match="no token"):
        asyncio.run(asyncio.wait_for(ask(), 20))


def test_conversations_that_find_no_server_share_one_check():
    """Guards against a check for each waiting question, after which the last visitor is told in minutes."""
    checks = []

    class Unreachable(Pool):
        async def check_all(self, besides=()):
            checks.append(besides)
            await asyncio.sleep(0)

    async def ask():
        pool = Unreachable(["http://a"], ["m"], None, b"", 1, Timeouts())
        assert await asyncio.gather(*(pool.choose("m", owner, ()) for owner in range(5))) == [None] * 5
        assert len(checks) == 1
        assert await pool.choose("m", 9, ()) is None and len(checks) == 2

    asyncio.run(ask())
