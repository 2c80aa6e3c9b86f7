"""vLLM servers: what each serves, whether it is healthy, and which one answers next.

Everything here runs in one event loop, so nothing is locked against other threads.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
import time
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx

from emola.vllm.addresses import KEY_VARIABLE
from emola.vllm.wire import AnswerReader, Served, WireError, read_models, with_model

__all__ = ["Lease", "Pool", "Server", "StatusError", "Timeouts", "answer_tokens"]

_log = logging.getLogger(__name__)

_MAX_LISTING = 1 << 20
"""Limit of the answer of ``/v1/models``, in bytes."""


@dataclass(frozen=True)
class Timeouts:
    """Limits of waiting, in seconds.

    connect: for a connection. read: between two parts of an answer; the first token may wait in the queue of
    vLLM. check: for one health check, whose trial may wait in that queue too. interval: between two health
    checks.
    """

    connect: float = 5.0
    read: float = 120.0
    check: float = 30.0
    interval: float = 10.0


class StatusError(Exception):
    """An answer with an HTTP status other than 200."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class _Unusable(Exception):
    """A server that answers, and cannot be used before somebody changes it; the message ends a sentence."""


@dataclass(eq=False)
class Server:
    """A server as its last check or request has left it.

    models: ids of its models by the name of the export. context: context length in tokens. active: answers in
    progress. answers: answers so far. problem: why it is not used, as the end of a sentence; "" if it is
    healthy. wrong: whether somebody has to change it before it can be used.
    """

    address: str
    models: dict[str, str] = field(default_factory=dict)
    context: int = 0
    active: int = 0
    answers: int = 0
    problem: str = "has not been checked"
    wrong: bool = False


class Lease:
    """The share of an answer in the load of a server, released when the answer ends or is given up."""

    server: Server | None = None

    def release(self) -> None:
        """Stop counting the answer."""
        if self.server is not None:
            self.server.active -= 1
            self.server = None


async def answer_tokens(
    client: httpx.AsyncClient, address: str, request: bytes, limit: int, vocabulary: int
) -> AsyncGenerator[int, None]:
    """Yield the token ids of an answer while the server generates it.

    Closing the iterator closes the connection, upon which vLLM stops generating. Bytes are read as they come,
    since a compressed answer could unpack to any size. The comments with which a proxy keeps a connection
    open do not prolong the wait for a token.

    Raises StatusError, WireError, and httpx.HTTPError when the connection fails.
    """
    reader = AnswerReader(limit, vocabulary)
    last = time.monotonic()
    headers = {"Content-Type": "application/json"}
    url = f"{address}/v1/completions"
    async with client.stream("POST", url, content=request, headers=headers) as response:
        if response.status_code != 200:
            raise StatusError(response.status_code)
        async for data in response.aiter_raw():
            for token in reader.feed(data):
                yield token
                last = time.monotonic()
            if reader.finished:
                return
            if time.monotonic() - last > (client.timeout.read or math.inf):
                raise WireError("no token has come for too long")
    raise WireError("the answer broke off")


class Pool:
    """The servers of one model.

    names: the exports that may be served. trial: a request for one token, without the model, that each server
    must answer before it is used.
    """

    context = 0
    """Once it is set, servers with a shorter context length are not used."""

    def __init__(
        self,
        addresses: Sequence[str],
        names: Collection[str],
        client: httpx.AsyncClient,
        trial: bytes,
        vocabulary: int,
        timeouts: Timeouts,
    ) -> None:
        self.servers = [Server(address) for address in addresses]
        self._names = frozenset(names)
        self._client = client
        self._trial = trial
        self._vocabulary = vocabulary
        self._timeouts = timeouts
        self._last: dict[int, Server] = {}
        self._rescue = asyncio.Lock()
        self._rescues = 0  # checks in choose() so far

    async def choose(self, name: str, owner: int, tried: Collection[Server]) -> Server | None:
        """Return the healthy server of an export with the fewest answers in progress, None if there is none.

        Among equals it is the one that answered ``owner`` last, whose prefix cache has the conversation. If
        no server is healthy, all are checked once more. tried: servers that have just failed.
        """
        if server := self._least_busy(name, owner, tried):
            return server
        rescues = self._rescues
        async with self._rescue:  # many conversations may arrive here at once; the first checks for all
            if rescues == self._rescues:
                await self.check_all(tried)
                self._rescues += 1
        return self._least_busy(name, owner, tried)

    def _least_busy(self, name: str, owner: int, tried: Collection[Server]) -> Server | None:
        usable = [each for each in self.servers if not each.problem and name in each.models]
        last = self._last.get(owner)
        return min(
            (each for each in usable if each not in tried),
            key=lambda server: (server.active, server is not last, server.answers),
            default=None,
        )

    def assign(self, owner: int, server: Server, lease: Lease) -> None:
        """Count an answer to ``owner`` as in progress until its lease is released."""
        lease.release()
        lease.server = server
        server.active += 1
        server.answers += 1
        self._last[owner] = server

    def forget(self, owner: int) -> None:
        """Forget which server answered ``owner`` last."""
        self._last.pop(owner, None)

    def failed(self, server: Server, problem: str) -> None:
        """Leave a server out until a check succeeds. problem: the end of a sentence about the server."""
        if server.problem != problem:
            _log.warning("%s %s; it is not used until it answers again", server.address, problem)
        server.problem = problem

    async def watch(self) -> None:
        """Check all servers at regular intervals, for ever."""
        while True:
            await asyncio.sleep(self._timeouts.interval)
            await self.check_all()

    async def check_all(self, besides: Collection[Server] = ()) -> None:
        """Check all servers at once, except some."""
        await asyncio.gather(*(self._check(each) for each in self.servers if each not in besides))

    async def _check(self, server: Server) -> None:
        """Find out whether a server is healthy and serves the model."""
        wrong = False
        try:
            await asyncio.wait_for(self._examine(server), self._timeouts.check)
        except _Unusable as error:
            problem, wrong = str(error), True
        except StatusError as error:
            problem, wrong = _status_problem(error.status), error.status in (401, 403)
        except WireError as error:
            problem, wrong = f"does not answer as vLLM does ({error})", True
        except Exception as error:  # mostly of httpx; whatever it is, the other checks must go on
            problem = f"cannot be reached ({type(error).__name__})"
        else:
            if server.problem:
                _log.info("%s is healthy", server.address)
            server.problem, server.wrong = "", False
            return
        self.failed(server, problem)
        server.wrong = wrong

    async def _examine(self, server: Server) -> None:
        """Ask for health and models; a server that was not healthy answers the trial as well.

        The models are asked for each time, because a server can be restarted with another one.
        """
        await self._get(f"{server.address}/health")
        models = read_models(await self._get(f"{server.address}/v1/models"))
        served = {name: each for each in models for name in each.names & self._names}
        if not served:
            raise _Unusable(f"serves {_shown(models)}, and {_listed(self._names)} is needed")
        context = min(each.context for each in served.values())
        if not context:
            raise WireError("a model has no context length")
        if context < self.context:
            raise _Unusable(f"has room for {context} tokens, and {self.context} are needed")
        known = {name: each.model for name, each in served.items()}
        if server.problem or known != server.models:
            for model in known.values():
                await self._try(server, model)
        server.models, server.context = known, context

    async def _try(self, server: Server, model: str) -> None:
        """Let a server generate one token from a prompt embedding."""
        request = with_model(self._trial, model)
        try:
            tokens = answer_tokens(self._client, server.address, request, 1, self._vocabulary)
            async with aclosing(tokens):
                async for _ in tokens:
                    pass
        except StatusError as error:
            if error.status in (400, 404, 422):
                raise _Unusable("takes no prompt embeddings; start it with --enable-prompt-embeds") from None
            raise

    async def _get(self, url: str) -> bytes:
        body = bytearray()
        async with self._client.stream("GET", url) as response:
            if response.status_code != 200:
                raise StatusError(response.status_code)
            async for data in response.aiter_raw():
                body += data
                if len(body) > _MAX_LISTING:
                    raise WireError("an answer is too long")
        return bytes(body)


def _status_problem(status: int) -> str:
    if status in (401, 403):
        return f"refuses the key in {KEY_VARIABLE}"
    return f"is not ready (HTTP {status})"


def _listed(names: Collection[str]) -> str:
    return " or ".join(sorted(names))


def _shown(models: Sequence[Served]) -> str:
    """Return the models of a server for a message: what a foreign server sends is shortened and cleaned."""
    if not models:
        return "no model"
    return repr(re.sub(r"[^\w./:@-]", "?", models[0].model)[:80])
