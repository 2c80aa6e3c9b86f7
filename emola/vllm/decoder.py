"""A decoder that lets vLLM servers generate the answers, from prompts that are embedded here."""

from __future__ import annotations

import asyncio
import logging
import queue
import ssl
import threading
from collections.abc import Callable, Collection, Coroutine, Generator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import aclosing, closing, suppress
from dataclasses import replace
from typing import Any, TypeVar

import httpx
from torch import Tensor

from emola.chat.faces import EncodedFace
from emola.chat.sampler import Sampling, repeats
from emola.errors import ChatError, CheckpointError
from emola.vllm.servers import Lease, Pool, Server, StatusError, Timeouts, answer_tokens
from emola.vllm.wire import WireError, completion_request, with_model

__all__ = ["Embed", "VllmDecoder"]

_log = logging.getLogger(__name__)

Embed = Callable[[EncodedFace, Sequence[int]], Tensor]
"""Returns the embeddings (T, H) of a prompt about a face."""

_T = TypeVar("_T")
_SEEDS = 2**63  # of ``Sampling``
_POLL_S = 0.05
"""How long a stop may go unnoticed while a server is silent, in seconds."""

_BROKEN = "The answer broke off, because its generation server stopped; asking again may work."
_NONE = "No generation server can be reached at the moment; try again in a minute."
_REFUSED = "The generation server refused the question (HTTP {status}); the log of the server says why."
_CLOSED = "The generation servers are being disconnected; try again later."


class VllmDecoder:
    """Generates answers on vLLM servers; see ``docs/vllm.md``.

    A server that fails before the first token of an answer is replaced by another one, once if it had
    accepted the question. One that fails later costs that answer. Both are left out until they are healthy.

    addresses: see ``check_address``. names: the export that answers for each adapter, see ``served_name``;
    each server must serve one of them. embed: embeds a prompt. stop_tokens: end an answer. vocabulary: number
    of token ids. trial: the embeddings of any prompt, for a trial of each server. key: sent as bearer token.

    Raises CheckpointError when a server serves another model, refuses the key or takes no prompt embeddings,
    and when an adapter has no server.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        names: Mapping[str | None, str],
        embed: Embed,
        *,
        stop_tokens: Collection[int],
        vocabulary: int,
        trial: Tensor,
        key: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        timeouts = timeouts or Timeouts()
        self._names = dict(names)
        self._embed = embed
        self._stop_tokens = frozenset(stop_tokens)
        self._vocabulary = vocabulary
        self._client = _client(key, timeouts)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="vllm", daemon=True)
        self._closed = False
        self._watcher: asyncio.Task[None] | None = None
        self._thread.start()
        try:
            self._pool = self._run(self._start(addresses, self._request(trial, 1, Sampling()), timeouts))
        except BaseException:
            self.close()
            raise

    @property
    def context(self) -> int:
        """Limit of prompt and answer together, in tokens: that of the server with the shortest context."""
        return self._pool.context

    def generate(
        self,
        owner: int,
        face: EncodedFace,
        prompt: list[int],
        room: int,
        sampling: Sampling,
        stopped: Callable[[], bool],
    ) -> Generator[int, None, None]:
        """Yield the tokens of an answer, at most ``room``, without the stop token that ends it.

        vLLM cannot forbid repeated n-grams. A token that repeats one is therefore rejected here, and another
        request, which forbids it, continues the answer.

        Raises ChatError when the answer breaks off, and when no server can be reached.
        """
        answer: list[int] = []
        while not stopped():
            excluded, before, repeated = repeats(answer, sampling.no_repeat), len(answer), False
            forbidden = excluded | face.forbidden
            count = 1 if excluded else room - before
            embeds_TH = self._embed(face, [*prompt, *answer])
            request = self._request(embeds_TH, count, _continued(sampling, before), forbidden)
            with closing(self._tokens(owner, self._names[face.adapter], request, count, stopped)) as tokens:
                for token in tokens:
                    if token in self._stop_tokens:
                        return
                    if token in forbidden:
                        _log.warning("a server has chosen a forbidden token")
                        raise ChatError(_BROKEN)
                    if repeated := token in repeats(answer, sampling.no_repeat):
                        break
                    answer.append(token)
                    yield token
                    if len(answer) == room:
                        return
            if not repeated and not (excluded and len(answer) > before):
                return

    def release(self, owner: int) -> None:
        """Forget a conversation."""
        self._pool.forget(owner)

    def memory(self, owner: int) -> int:
        """Return what is held here for a conversation, in bytes: nothing, since its cache is on a server."""
        return 0

    def close(self) -> None:
        """End all answers and disconnect. May be called repeatedly."""
        if self._closed:
            return
        self._closed = True
        asyncio.run_coroutine_threadsafe(self._disconnect(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _request(
        self, embeds_TH: Tensor, count: int, sampling: Sampling, forbidden: Collection[int] = ()
    ) -> bytes:
        return completion_request(
            embeds_TH,
            max_tokens=count,
            sampling=sampling,
            stop_tokens=self._stop_tokens,
            forbidden=forbidden,
            vocabulary=self._vocabulary,
        )

    def _tokens(
        self, owner: int, name: str, request: bytes, count: int, stopped: Callable[[], bool]
    ) -> Generator[int, None, None]:
        """Yield the tokens that a server sends, while the event loop receives them."""
        received: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        lease = Lease()
        future = self._submit(self._receive(owner, name, request, count, received.put, lease))
        future.add_done_callback(lambda _: received.put(None))
        try:
            while not stopped():
                try:
                    token = received.get(timeout=_POLL_S)
                except queue.Empty:
                    if self._closed:
                        raise ChatError(_CLOSED) from None
                    continue
                if token is not None:
                    yield token
                    continue
                if future.cancelled():
                    raise ChatError(_CLOSED)
                future.result()
                return
        finally:
            future.cancel()  # closes the connection, upon which vLLM stops generating
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(lease.release)  # before the next question chooses a server

    async def _receive(
        self, owner: int, name: str, request: bytes, count: int, put: Callable[[int], None], lease: Lease
    ) -> None:
        """Pass the tokens of an answer to ``put``; servers that fail before the first one are replaced."""
        tried: list[Server] = []
        while server := await self._pool.choose(name, owner, tried):
            tried.append(server)
            self._pool.assign(owner, server, lease)
            started = False
            body = with_model(request, server.models[name])
            try:
                tokens = answer_tokens(self._client, server.address, body, count, self._vocabulary)
                async with aclosing(tokens):
                    async for token in tokens:
                        started = True
                        put(token)
                return
            except StatusError as error:
                if error.status in (400, 413, 422):
                    _log.warning("%s refused a request (%s)", server.address, error)
                    raise ChatError(_REFUSED.format(status=error.status)) from None
                self._pool.failed(server, f"does not answer ({error})")
            except (httpx.HTTPError, WireError) as error:
                self._pool.failed(server, f"broke off ({type(error).__name__}: {error})")
                accepted = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
                if started or (accepted and len(tried) > 1):  # the question itself may be the cause
                    raise ChatError(_BROKEN) from None
            finally:
                lease.release()
        raise ChatError(_NONE)

    async def _start(self, addresses: Sequence[str], trial: bytes, timeouts: Timeouts) -> Pool:
        """Check all servers, and from then on at regular intervals."""
        names = frozenset(self._names.values())
        pool = Pool(addresses, names, self._client, trial, self._vocabulary, timeouts)
        await pool.check_all()
        if wrong := [each for each in pool.servers if each.wrong]:
            raise CheckpointError(f"{wrong[0].address} {wrong[0].problem}.")
        for name in names:
            if await pool.choose(name, 0, ()) is None:
                problems = [f"{each.address} {each.problem}" for each in pool.servers if each.problem]
                raise CheckpointError(f"No server serves {name}: {'; '.join(problems) or 'start one'}.")
        pool.context = min(each.context for each in pool.servers if each.context)
        self._watcher = asyncio.create_task(pool.watch())
        return pool

    async def _disconnect(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()
        await self._loop.shutdown_asyncgens()  # of httpx, after answers that were given up

    def _submit(self, work: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Start work in the event loop. Raises ChatError after :meth:`close`."""
        if self._closed:
            work.close()
            raise ChatError(_CLOSED)
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self._submit(work).result()


def _continued(sampling: Sampling, tokens: int) -> Sampling:
    """Return the sampling of a request that continues an answer, which draws other numbers."""
    if sampling.seed is None or not tokens:
        return sampling
    return replace(sampling, seed=(sampling.seed + tokens) % _SEEDS)


def _client(key: str | None, timeouts: Timeouts) -> httpx.AsyncClient:
    """Return a client that follows no redirect and uses no proxy: the key is for the given addresses only."""
    return httpx.AsyncClient(
        headers={"Accept-Encoding": "identity", **({"Authorization": f"Bearer {key}"} if key else {})},
        timeout=httpx.Timeout(timeouts.read, connect=timeouts.connect),
        limits=httpx.Limits(max_connections=None),
        verify=ssl.create_default_context(),
        trust_env=False,
    )
