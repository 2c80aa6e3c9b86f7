"""Answers for many conversations at once, with each face encoded and read once.

Shape suffixes: B batch (always 1 here), P patches, F patch features.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from emola.chat.adapter_selection import AUTO, select_adapter
from emola.chat.batching import LocalDecoder
from emola.chat.context import answer_room, context_length
from emola.chat.decoder import Decoder
from emola.chat.faces import EncodedFace, FaceLike, Features, forbidden_tokens
from emola.chat.model_thread import ModelThread
from emola.chat.reading import MAX_READING_TOKENS, Reading, Readings
from emola.chat.sampler import Sampling
from emola.chat.streaming import TextStream
from emola.faba.messages import Message, chat_messages, message, opening
from emola.model import adapters


class Engine:
    """Generates answers with an EmoLA model and its processor.

    Any number of conversations may generate at the same time from different threads; each is identified by
    the number that :meth:`new_owner` returned. The decoder turns their prompts into tokens.

    max_context: limit of prompt and answer together, in tokens; by default the context length of the language
    model. cache_bytes: limit of the prefix caches that are kept between questions, see ``LocalDecoder``; with
    0 every prompt is computed from its first token. given: for a model that reads a face before it answers,
    returns the line that it is told, "" if there is nothing to tell; None for a model that answers at once.
    decoder: by default one that runs the model here. encode: encodes a face for the projectors of an adapter,
    None for a model without adapters; by default it runs the vision tower here.

    ``thread`` runs the vision tower, and the language model of the default decoder.

    ``adapters`` holds the names of the model's adapters, ``default_adapter`` the adapter of conversations
    that choose none ("auto": selected by the question). Conversations with different adapters may generate at
    the same time.
    """

    def __init__(
        self,
        model: Any,
        processor: Any,
        *,
        max_context: int | None = None,
        cache_bytes: int | None = None,
        given: Callable[[FaceLike, Features], str] | None = None,
        decoder: Decoder | None = None,
        encode: Callable[[FaceLike, str | None], EncodedFace] | None = None,
    ) -> None:
        self.model = model
        self.processor = processor
        self.max_context = max_context or context_length(model)
        self.stop_strings: tuple[str, ...] = tuple(getattr(processor, "stop_strings", ()))
        self.thread = ModelThread()
        self.decoder: Decoder = decoder or LocalDecoder(
            model, frozenset(processor.stop_token_ids), self.thread, cache_bytes=cache_bytes
        )
        self.adapters = adapters.names(model)
        self.default_adapter = AUTO
        self.reads = given is not None
        """Whether the model reads a face before it answers."""
        self.readings = Readings()
        self._given = given
        self._encode = encode
        self._encoded: WeakKeyDictionary[FaceLike, dict[str | None, EncodedFace]] = WeakKeyDictionary()
        self._encoded_lock = threading.Lock()
        self._owners = itertools.count(1)

    def new_owner(self) -> int:
        """Return the number of a new conversation."""
        return next(self._owners)

    def release(self, owner: int) -> None:
        """Free the prefix cache of a conversation."""
        self.decoder.release(owner)

    def close(self) -> None:
        """End all answers with ChatError, refuse further ones, and free the prefix caches."""
        self.decoder.close()

    def adapter_for(self, question: str, choice: str | None, current: str | None) -> str | None:
        """Return the adapter that answers a question, see ``select_adapter``.

        choice: None stands for ``default_adapter``. current: ignored if it is no adapter of this model, as in
        an imported conversation.
        """
        current = current if current in self.adapters else None
        return select_adapter(choice or self.default_adapter, question, self.adapters, current)

    def name_of(self, adapter: str | None) -> str | None:
        """Return the adapter, by default the first one; None for a model without adapters."""
        return adapter or next(iter(self.adapters), None)

    def encode(self, face: FaceLike, adapter: str | None = None) -> EncodedFace:
        """Return the encoded face, computed once until the face is deleted or forgotten.

        adapter: the adapter whose projectors are used, by default the first one.
        """
        adapter = self.name_of(adapter)
        with self._encoded_lock:
            encoded = self._encoded.get(face, {}).get(adapter)
        if encoded is None:
            encoded = (self._encode or self._run_tower)(face, adapter)
            with self._encoded_lock:
                self._encoded.setdefault(face, {})[adapter] = encoded
        return encoded

    def forget(self, face: FaceLike) -> None:
        """Free the memory of an encoded face and of its reading."""
        self.readings.forget(face)
        with self._encoded_lock:
            self._encoded.pop(face, None)

    def memory(self, owner: int, faces: Iterable[FaceLike]) -> dict[str, int]:
        """Return what is held for a conversation about ``faces``, in bytes.

        The keys are "readings", "encodings" and "prefix_caches".
        """
        faces = list(faces)
        with self._encoded_lock:
            encoded = [each for face in faces for each in self._encoded.get(face, {}).values()]
        return {
            "readings": sum(map(self.readings.memory, faces)),
            "encodings": sum(int(each.embeds.nbytes + each.mean_patch.nbytes) for each in encoded),
            "prefix_caches": self.decoder.memory(owner),
        }

    def _run_tower(self, face: FaceLike, adapter: str | None) -> EncodedFace:
        """Run the vision tower and the projectors."""
        inputs = self.processor(
            images=[face.crop],
            messages=[[message("user", "", image=True)]],
            prior_features=[face.prior],
            return_tensors="pt",
        )

        def run() -> tuple[Tensor, Features]:
            device = self.model.device
            with torch.inference_mode():
                if adapter is not None:
                    adapters.activate(self.model, adapter)
                patches_BPF = self.model.patch_features(inputs["pixel_values"].to(device))
                embeds = self.model.project(patches_BPF, inputs["prior_features"].to(device))
                return embeds, patches_BPF[0].mean(0).float().cpu().numpy()

        embeds, mean_F = self.thread.call(run)
        return EncodedFace(embeds, mean_F, adapter, forbidden_tokens(self.model, self.processor, face))

    def given(self, face: FaceLike, adapter: str | None = None) -> str:
        """Return the line that the model is told of a face, "" for a model that answers at once."""
        return "" if self._given is None else self._given(face, self.encode(face, adapter).mean_patch)

    def read(
        self,
        owner: int,
        face: FaceLike,
        adapter: str | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Reading | None:
        """Return the reading of a face, written once for each adapter by greedy decoding.

        The prefix cache of ``owner`` then holds the exchange, so that the first question adds its own tokens
        only. Returns None for a model that answers at once, and when ``stopped()`` returned true.
        """
        if not self.reads:
            return None
        adapter = self.name_of(adapter)
        return self.readings.get(face, adapter, lambda: self._write(owner, face, adapter, stopped), stopped)

    def _write(
        self, owner: int, face: FaceLike, adapter: str | None, stopped: Callable[[], bool]
    ) -> Reading | None:
        given = self.given(face, adapter)
        prompt = self.tokenize(reading_request(given))
        text = TextStream(self.decode, self.stop_strings)
        encoded = self.encode(face, adapter)
        tokens = self.generate(owner, encoded, prompt, max_new_tokens=MAX_READING_TOKENS, stopped=stopped)
        with closing(tokens):
            for token in tokens:
                text.push(token)
                if text.stop_found:
                    break
        text.finish()
        return None if stopped() else Reading(given, text.text)

    def tokenize(self, messages: Sequence[Message]) -> list[int]:
        """Return the token ids of a conversation, ready for the assistant's answer."""
        return list(self.processor.tokenize(messages, add_generation_prompt=True))

    def decode(self, ids: list[int]) -> str:
        """Return the text of an answer's tokens."""
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
        """Yield the tokens of an answer, without the stop token that ends it.

        Generation ends at a stop token, after ``max_new_tokens``, at the end of the context, or within one
        token when ``stopped()``, which any thread may call, returns true.

        Raises ChatError when the prompt leaves no room for an answer.
        """
        room = answer_room(len(prompt), self.max_context, max_new_tokens)
        return self.decoder.generate(owner, face, list(prompt), room, sampling or Sampling(), stopped)


def reading_request(given: str) -> list[Message]:
    """Return the messages that ask for the reading of a face. given: see ``Reading``."""
    return chat_messages(question=opening(given, "")[0])
