"""One answer while the local decoder generates it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from queue import SimpleQueue

from torch import Tensor

from emola.chat.batching.key_values import whole_blocks
from emola.chat.batching.prefix_caches import PrefixCache
from emola.chat.decoder import embed_prompt
from emola.chat.faces import EncodedFace
from emola.chat.sampler import Sampling, next_token

__all__ = ["Generation"]


@dataclass(eq=False)
class Generation:
    """The state of one answer, and the queue that carries its tokens to the thread that reads it.

    See ``Decoder.generate`` for the first fields. feed: tokens that were not fed to the model yet: the rest
    of the prompt, later the last token. embeds: (T, H), the embeddings of the rest of the prompt. answer: the
    tokens so far. cancelled: whether the reader has gone.
    """

    owner: int
    face: EncodedFace
    prompt: list[int]
    room: int
    sampling: Sampling
    stopped: Callable[[], bool]
    cache: PrefixCache = field(default_factory=PrefixCache)
    feed: list[int] = field(default_factory=list)
    embeds: Tensor | None = None
    answer: list[int] = field(default_factory=list)
    cancelled: bool = False

    def __post_init__(self) -> None:
        self._random = self.sampling.generator()
        self._events: SimpleQueue[int | BaseException | None] = SimpleQueue()

    # In the thread of the reader:

    def tokens(self) -> Generator[int, None, None]:
        """Yield the tokens as they come; raises the error that ended the answer."""
        try:
            while (event := self._events.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                if self.stopped():
                    return
                yield event
        finally:
            self.cancelled = True

    # In the thread of the model:

    @property
    def places(self) -> int:
        """Number of tokens that the cache may have to hold."""
        return whole_blocks(len(self.prompt) + self.room)

    @property
    def in_prompt(self) -> bool:
        """Whether the prompt is not fed completely."""
        return self.embeds is not None

    def wanted(self) -> bool:
        """Return whether somebody wants more tokens."""
        return not (self.cancelled or self.stopped())

    def begin(self, model: object, cache: PrefixCache) -> None:
        """Take the prefix cache of the conversation and embed the tokens that it lacks."""
        self.cache = cache
        start = cache.reuse(self.face, self.prompt)
        self.feed = self.prompt[start:]
        self.embeds = embed_prompt(model, self.face, self.prompt, start)

    def advance(self, count: int) -> None:
        """Note that ``count`` more tokens have been fed."""
        self.cache.ids += self.feed[:count]
        del self.feed[:count]
        if self.embeds is not None:
            self.embeds = self.embeds[count:] if self.feed else None

    def choose(self, logits_V: Tensor, stop_tokens: frozenset[int]) -> bool:
        """Choose the next token from its logits (V,) and send it; returns whether the answer goes on.

        The token is fed only if another one is wanted after it. No token is chosen for an unwanted answer.
        """
        if not self.wanted():
            return False
        token = next_token(logits_V, self.sampling, self._random, self.answer, self.face.forbidden)
        if token in stop_tokens:
            return False
        self.answer.append(token)
        self.feed = [token]
        self._events.put(token)
        return len(self.answer) < self.room

    def end(self, error: BaseException | None = None) -> None:
        """Send the end of the answer, or the error that ended it."""
        self._events.put(error)
