"""The model at work for many conversations at once: encode a face once, feed only what is new.

Shape suffixes: B batch (always 1 here), T tokens fed, V vocabulary.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from emola.chat.adapter_selection import AUTO, select_adapter
from emola.chat.context import answer_room, context_length
from emola.chat.fair_lock import FairLock
from emola.chat.prefix_cache import PrefixCache, PrefixCachePool, common_prefix
from emola.chat.sampler import Sampling, next_token
from emola.errors import ChatError
from emola.model import adapters

Messages = Sequence[dict[str, Any]]


class FaceLike(Protocol):
    """What the engine asks of a face; :class:`emola.face.Face` has it."""

    @property
    def crop(self) -> Any:
        """The aligned crop, an RGB PIL image."""

    @property
    def prior(self) -> Any:
        """(prior_dim,) float32, or None."""

    @property
    def visibility(self) -> Any:
        """``emola.face.Visibility``: how well the face can be seen; None where nobody looked."""


def require_face(face: object) -> None:
    """ChatError unless it is a face such as ``EmoLA.look`` finds."""
    if not (hasattr(face, "crop") and hasattr(face, "prior")):
        raise ChatError(
            f"A conversation is about one face, not {type(face).__name__}: give it a face that look() found, "
            "such as model.look(picture)[0]."
        )


@dataclass(frozen=True, eq=False)
class EncodedFace:
    """What the model made of one face: (1, image tokens, hidden). Compared by identity.

    adapter: the one whose projectors made it, and which answers about it; None where there is none.
    never: tokens that no answer about this face may hold.
    """

    embeds: Tensor
    adapter: str | None = None
    never: frozenset[int] = frozenset()


class Engine:
    """Generates answers over an Emola model and its processor.

    Any number of conversations ("owners", told apart by a number of :meth:`new_owner`) may generate
    at the same time from different threads. Forward passes go one after another, in the order they
    are asked for, so that conversations take turns token by token and each keeps its own cache.

    ``max_context`` bounds prompt and answer together, in tokens (None: what the language model was
    built for). ``idle_caches`` is how many conversations keep their keys and values between
    questions; with 0 every prompt is computed from its first token.

    ``adapters`` are those of the model, ``use`` the one that conversations use that name none
    themselves ("auto": the one for the question). Conversations may use different ones at the same
    time: each forward pass is made by the adapter of the face that it was given.
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        max_context: int | None = None,
        idle_caches: int = 4,
    ) -> None:
        self.model = model
        self.processor = processor
        self.max_context = max_context or context_length(model)
        self.stop_tokens: frozenset[int] = frozenset(processor.stop_token_ids)
        self.stop_strings: tuple[str, ...] = tuple(getattr(processor, "stop_strings", ()))
        self.pool = PrefixCachePool(idle_caches)
        self.adapters = adapters.names(model)
        self.use = AUTO
        self._lock = FairLock()
        self._owners = itertools.count(1)

    def new_owner(self) -> int:
        """A number that no other conversation of this engine has."""
        return next(self._owners)

    def release(self, owner: int) -> None:
        """Free the cache of a conversation that has ended."""
        self.pool.drop(owner)

    def adapter_for(self, question: str, use: str | None, current: str | None) -> str | None:
        """Return the adapter that answers a question; ``use`` None stands for the engine's own setting."""
        return select_adapter(use or self.use, question, self.adapters, current)

    def encode(self, face: FaceLike, adapter: str | None = None) -> EncodedFace:
        """Run the vision tower and the adapter's projectors once, for all questions about this face.

        Without an adapter's name, the first one's.
        """
        adapter = adapter or next(iter(self.adapters), None)
        content = [{"type": "image"}]
        inputs = self.processor(
            images=[face.crop],
            messages=[[{"role": "user", "content": content}]],
            prior_features=[face.prior],
            return_tensors="pt",
        )
        device = self.model.device
        with self._lock, torch.inference_mode():
            self._activate(adapter)
            embeds = self.model.image_embeds(
                inputs["pixel_values"].to(device), inputs["prior_features"].to(device)
            )
        return EncodedFace(embeds, adapter, forbidden_tokens(self.model, self.processor, face))

    def features(self, face: FaceLike) -> np.ndarray:
        """(F,) float32: what the vision tower makes of the whole face, the mean of its patches."""
        pixels = self.processor.pixel_values([face.crop])
        with self._lock, torch.inference_mode():
            patches_BPF = self.model.patch_features(pixels.to(self.model.device))
        return patches_BPF[0].mean(0).float().cpu().numpy()

    def tokenize(self, messages: Messages) -> list[int]:
        """The prompt of a conversation that waits for an answer."""
        return list(self.processor.tokenize(messages, add_generation_prompt=True))

    def decode(self, ids: list[int]) -> str:
        """Text of an answer's tokens."""
        return str(self.processor.decode(ids))

    def generate(
        self,
        owner: int,
        face: EncodedFace,
        prompt: Sequence[int],
        *,
        max_new_tokens: int,
        sampling: Sampling | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Generator[int, None, None]:
        """Yield the answer's tokens one by one, without the stop token that ends it.

        Ends by itself at a stop token, after ``max_new_tokens``, when the context is full, or as
        soon as ``stopped()`` is true (asked before and after each forward pass). Raises ChatError
        when the prompt leaves no room for a single token.
        """
        room = answer_room(len(prompt), self.max_context, max_new_tokens)
        return self._generate(owner, face, list(prompt), room, sampling or Sampling(), stopped)

    def _generate(
        self,
        owner: int,
        face: EncodedFace,
        prompt: list[int],
        room: int,
        sampling: Sampling,
        stopped: Callable[[], bool],
    ) -> Generator[int, None, None]:
        generator = sampling.generator()
        answer: list[int] = []

        # 1. Take this conversation's cache; crop it to what the new prompt shares with it.
        cache = self.pool.take(owner)
        try:
            cache.keep(self._reusable(cache, face, prompt))
            cache.subject = face

            # 2. Feed the rest of the prompt in one pass.
            feed = prompt[len(cache.ids) :]
            while not stopped():
                logits_V = self._forward(cache, feed, face)
                if stopped():
                    return

                # 3. Choose a token. It is fed only when the one after it is wanted.
                token = next_token(logits_V, sampling, generator, answer, face.never)
                if token in self.stop_tokens:
                    return
                answer.append(token)
                yield token
                if len(answer) == room:
                    return
                feed = [token]
        finally:
            # 4. Prompt and answer stay in the cache for the next question.
            self.pool.put(owner, cache)

    def _reusable(self, cache: PrefixCache, face: EncodedFace, prompt: list[int]) -> int:
        """How many of the cached tokens serve this prompt; at least one is left to feed."""
        if cache.subject is not face:
            return 0
        return min(common_prefix(cache.ids, prompt), len(prompt) - 1)

    def _forward(self, cache: PrefixCache, feed: list[int], face: EncodedFace) -> Tensor:
        """Feed tokens on top of the cache; return the logits (V,) after the last one."""
        with self._lock, torch.inference_mode():
            try:
                self._activate(face.adapter)
                ids_BT = torch.tensor([feed], device=self.model.device)
                has_image = self.model.config.image_token_id in feed
                embeds = self.model.embed(ids_BT, face.embeds if has_image else None)
                out = self.model(
                    inputs_embeds=embeds, past_key_values=cache.kv, use_cache=True, logits_to_keep=1
                )
            except BaseException:
                cache.clear()  # some layers may have taken the tokens in and others not
                raise
            cache.ids.extend(feed)
            return out.logits[0, -1]

    def _activate(self, adapter: str | None) -> None:
        """Let an adapter compute the forward pass that follows; the caller holds the lock."""
        if adapter is not None:
            adapters.activate(self.model, adapter)


def forbidden_tokens(model: Any, processor: Any, face: FaceLike) -> frozenset[int]:
    """Tokens that no answer about a face may hold.

    These are the image token, which stands for the face, and words of certainty such as "clearly" for a face
    that cannot be seen well.
    """
    unsure = face.visibility is not None and not face.visibility.clear
    certainty = processor.certainty_token_ids if unsure else frozenset()
    return frozenset({model.config.image_token_id}) | certainty
