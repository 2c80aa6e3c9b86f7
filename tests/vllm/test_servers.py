"""The choice of a server."""

import asyncio

from emola.vllm.servers import Pool, Timeouts


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
