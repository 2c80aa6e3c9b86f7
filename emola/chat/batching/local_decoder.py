"""The decoder that runs the model of this process, with continuous batching.

Answers that are generated at the same time share each forward pass: reading the weights takes most of the
time of a pass, and they are read once for all. Answers join and leave between two passes. A pass contains
the next token of every answer with the same adapter, and a bounded number of tokens of new prompts, so that a
long prompt does not hold up the answers in progress (chunked prefill, as in Sarathi-Serve, Agrawal et al.,
2024).

Shape suffixes: R answers whose next token follows from a pass, V vocabulary.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from emola.chat.batching.forward_pass import ForwardPass, Network
from emola.chat.batching.fused_llama import FusedLlama, can_fuse
from emola.chat.batching.generation import Generation
from emola.chat.batching.prefix_caches import PrefixCaches
from emola.chat.batching.segments import SegmentedModel
from emola.chat.batching.shared_rows import SharedRows
from emola.chat.faces import EncodedFace
from emola.chat.model_thread import ModelThread
from emola.chat.sampler import Sampling
from emola.errors import ChatError
from emola.model import adapters

__all__ = ["LocalDecoder"]

_log = logging.getLogger(__name__)

_CHUNK = {"cpu": 128, "cuda": 512}
"""Default chunk by device; a pass with it takes about a tenth of a second."""

_IDLE_CHUNKS = 4
"""Chunks of prompts in a pass that holds up no answer."""

_CPU_CACHE_BYTES = 2**30
"""Over 46,000 tokens of EmoLA-Nano in bfloat16 (22.5 KiB each), or about 150 short conversations."""

_CLOSED = "The model is being closed; ask again later."
_MEMORY_FULL = "The memory of the GPU is full; ask again when fewer conversations are being answered."


def _default_cache_bytes(device: torch.device) -> int:
    """Return the default limit of the prefix caches: a gibibyte, or half of a GPU's free memory."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0]) // 2
    return _CPU_CACHE_BYTES


class LocalDecoder:
    """A ``Decoder`` for a model of this process.

    With ``dtype="float32"`` the tokens of greedy decoding equal those of the same answer alone, unless two
    tokens are tied within rounding error. In bfloat16, which includes products with packed weights, a product
    may round differently with the number of its rows, so that an answer may differ from the one alone, as in
    any batched inference.

    stop_tokens: end an answer. thread: runs the model. cache_bytes: limit of all prefix caches, by default 1
    GiB, or half of a GPU's free memory. The least recently used idle ones are evicted, and an answer begins
    only when its cache fits beside those of the answers in progress, or alone. batch_size: most answers that
    are generated at the same time; further ones wait in the order of their arrival. chunk: most prompt tokens
    of a pass while answers are in progress.
    """

    def __init__(
        self,
        model: Any,
        stop_tokens: frozenset[int],
        thread: ModelThread,
        *,
        cache_bytes: int | None = None,
        batch_size: int = 64,
        chunk: int | None = None,
    ) -> None:
        self.stop_tokens = stop_tokens
        self.caches = PrefixCaches()
        self.cache_bytes = _default_cache_bytes(model.device) if cache_bytes is None else cache_bytes
        self._model = model
        self._network: Network = FusedLlama(model) if can_fuse(model) else SegmentedModel(model)
        self._thread = thread
        self._batch_size = batch_size
        self._chunk = chunk or _CHUNK.get(model.device.type, _CHUNK["cuda"])
        self._lock = threading.Lock()  # guards the next three
        self._arrived: list[Generation] = []
        self._scheduled = False
        self._closed = False
        # Of the model's thread alone:
        self._waiting: deque[Generation] = deque()
        self._running: list[Generation] = []
        self._token_bytes = 0  # of a token in a cache; known after the first pass
        self._rows: dict[str | None, SharedRows] = {}  # by adapter

    def generate(
        self,
        owner: int,
        face: EncodedFace,
        prompt: list[int],
        room: int,
        sampling: Sampling,
        stopped: Callable[[], bool],
    ) -> Generator[int, None, None]:
        """Yield the tokens of an answer, see ``Decoder.generate``.

        ``stopped`` is called before and after each forward pass, and before each token is yielded.
        """
        generation = Generation(owner, face, prompt, room, sampling, stopped)
        self.submit(generation)
        yield from generation.tokens()

    def submit(self, generation: Generation) -> None:
        """Generate an answer, whose tokens ``generation`` yields. Raises ChatError after :meth:`close`."""
        with self._lock:
            if self._closed:
                raise ChatError(_CLOSED)
            if not self._scheduled:
                self._thread.post(self._step)
                self._scheduled = True
            self._arrived.append(generation)

    def release(self, owner: int) -> None:
        """Free the prefix cache of a conversation, at the end of its answer if it is being answered."""
        self.caches.discard(owner)

    def memory(self, owner: int) -> int:
        """Return the size of the prefix cache of a conversation, in bytes."""
        return self.caches.memory(owner)

    def close(self) -> None:
        """End all answers with ChatError, refuse further ones, and free all prefix caches.

        May be called repeatedly.
        """
        with self._lock:
            self._closed = True
        self._thread.call(partial(self._end_all, ChatError(_CLOSED)))

    def _step(self) -> None:
        """Run one forward pass, and post the next step behind the other work of the thread."""
        try:
            with self._lock:
                arrived, self._arrived = self._arrived, []
            self._waiting.extend(arrived)
            with torch.inference_mode():
                self._end_unwanted()
                self._admit()
                if self._running:
                    self._run(self._next_batch())
        except BaseException as error:  # nobody may wait forever
            _log.exception("the scheduler of the answers failed")
            self._end_all(error)
        try:
            with self._lock:
                self._scheduled = False
                if self._waiting or self._running or self._arrived:
                    self._thread.post(self._step)
                    self._scheduled = True
        except RuntimeError as error:  # the interpreter is shutting down
            self._end_all(error)

    def _end_unwanted(self) -> None:
        for generation in (*self._waiting, *self._running):
            self._continue(generation, generation.wanted)

    def _continue(self, generation: Generation, goes_on: Callable[[], bool]) -> None:
        """End an answer unless ``goes_on`` returns true; with its error if it raises one."""
        error: Exception | None = None
        try:
            if goes_on():
                return
        except Exception as failure:  # of this answer alone
            error = failure
        self._end(generation, error)

    def _admit(self) -> None:
        """Begin answers in the order of their arrival while there is room for them."""
        while self._waiting and len(self._running) < self._batch_size and self._fits(self._waiting[0]):
            generation = self._waiting.popleft()
            self._running.append(generation)
            try:
                generation.begin(self._model, self.caches.take(generation.owner))
            except Exception as error:
                self._end(generation, error)
            self._evict()

    def _fits(self, generation: Generation) -> bool:
        """Return whether the cache of an answer fits beside those of the answers in progress."""
        if not self._running:
            return True
        return 0 < self._reserved((*self._running, generation)) <= self.cache_bytes

    def _reserved(self, generations: Sequence[Generation]) -> int:
        """Return the bytes that the caches of answers may grow to; 0 before the first pass."""
        return self._token_bytes * sum(each.places for each in generations)

    def _evict(self) -> None:
        """Evict idle caches beyond what the answers in progress leave of the limit."""
        self.caches.shrink(max(0, self.cache_bytes - self._reserved(self._running)))

    def _next_batch(self) -> list[Generation]:
        """Return the answers with the adapter that has waited longest, and put them behind the others."""
        adapter = self._running[0].face.adapter
        batch = [each for each in self._running if each.face.adapter == adapter]
        self._running = [*(each for each in self._running if each.face.adapter != adapter), *batch]
        return batch

    def _run(self, batch: list[Generation]) -> None:
        """Run a forward pass for answers with the same adapter, and choose a token for each that is due."""
        try:
            fed, logits_RV = self._repeatable(partial(self._forward, batch))
        except Exception as error:  # of the pass, hence of its answers
            for generation in batch:
                self._end(generation, error)
            return
        self._token_bytes = self._token_bytes or batch[0].cache.kv.token_memory
        for generation, count in fed.counts.items():
            generation.advance(count)
        for generation, logits_V in zip(fed.due, logits_RV, strict=True):
            self._continue(generation, partial(generation.choose, logits_V, self.stop_tokens))

    def _forward(self, batch: list[Generation]) -> tuple[ForwardPass, Tensor]:
        """Return a forward pass that has run, and its logits (R, V)."""
        adapter = batch[0].face.adapter
        if adapter is not None:
            adapters.activate(self._model, adapter)
        rows = self._rows.setdefault(adapter, SharedRows())
        rows.update([each.cache for each in batch if not each.in_prompt])
        fed = ForwardPass(self._model, self._network, self._shares(batch), rows.members)
        return fed, fed.run()

    def _shares(self, batch: list[Generation]) -> dict[Generation, int]:
        """Return the number of tokens that each answer feeds: one, or a share of the chunk for a prompt.

        Prompts have equal shares; what a short prompt leaves over goes to the longer ones.
        """
        prompts = sorted((each for each in batch if each.in_prompt), key=lambda each: len(each.feed))
        holds_up = any(not each.in_prompt for each in self._running)
        chunk = self._chunk if holds_up else _IDLE_CHUNKS * self._chunk
        shares = dict.fromkeys(batch, 1)
        for index, generation in enumerate(prompts):
            share = max(1, chunk // (len(prompts) - index))
            shares[generation] = min(share, len(generation.feed))
            chunk -= shares[generation]
        return shares

    def _repeatable(self, forward: Callable[[], tuple[ForwardPass, Tensor]]) -> tuple[ForwardPass, Tensor]:
        """Run a pass; when the memory of the GPU is full, evict the idle caches and run it again.

        A pass writes behind the tokens of the caches only, so it may be repeated.
        """
        try:
            return forward()
        except torch.OutOfMemoryError:
            self.caches.shrink(0)
        torch.cuda.empty_cache()  # outside of the block, whose error refers to the tensors of the pass
        try:
            return forward()
        except torch.OutOfMemoryError:
            raise ChatError(_MEMORY_FULL) from None

    def _end(self, generation: Generation, error: BaseException | None = None) -> None:
        """End an answer; its prompt and tokens stay cached for the next question."""
        try:
            if generation in self._running:
                self._running.remove(generation)
                if (rows := self._rows.get(generation.face.adapter)) is not None:
                    rows.release(generation.cache)
                self.caches.put(generation.owner, generation.cache)
                self._evict()
            elif generation in self._waiting:
                self._waiting.remove(generation)
        finally:
            generation.end(error)

    def _end_all(self, error: BaseException) -> None:
        """End all answers, and drop all caches without touching their tensors: a GPU may have failed."""
        with self._lock:
            arrived, self._arrived = self._arrived, []
        ended = [*arrived, *self._waiting, *self._running]
        self._waiting.clear()
        self._running.clear()
        self._rows.clear()
        self.caches.clear()
        for generation in ended:
            generation.end(error)
