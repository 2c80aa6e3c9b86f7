"""The seam between the engine and its decoder."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import tiny_models as tiny
import torch
from scripted_model import END, ByteProcessor, TinyModel, face, read

from emola.chat import ChatSession, EncodedFace, Engine, Sampling
from emola.chat.decoder import Decoder, embed_prompt
from emola.faba.messages import chat_messages


class Echo:
    """A decoder without a model: answers with the question, and records what it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, EncodedFace, int, Sampling]] = []
        self.released: list[int] = []

    def generate(
        self,
        owner: int,
        face: EncodedFace,
        prompt: list[int],
        room: int,
        sampling: Sampling,
        stopped: Callable[[], bool],
    ) -> Generator[int, None, None]:
        self.asked.append((owner, face, room, sampling))
        for token in prompt[-5:-2]:
            if stopped():
                return
            yield token

    def release(self, owner: int) -> None:
        self.released.append(owner)

    def memory(self, owner: int) -> int:
        return 7

    def close(self) -> None:
        pass


def test_conversations_work_with_any_decoder() -> None:
    """Guards against a session that needs the caches of the local decoder."""
    decoder = Echo()
    seam: Decoder = decoder
    engine = Engine(TinyModel(), ByteProcessor(), decoder=seam)
    chat = ChatSession(engine, face(), max_new_tokens=9, temperature=0.5, seed=3)
    assert read(chat.ask("abc")) == "abc"
    assert read(chat.ask("def")) == "def"
    pieces = chat.ask("ghi")
    next(pieces)
    chat.stop()
    assert read(pieces) == "" and chat.turns[-1].answer == "g"
    owners, faces, rooms, samplings = zip(*decoder.asked, strict=True)
    assert len(set(owners)) == 1 and len(set(faces)) == 1 and set(rooms) == {9}
    assert {(sampling.temperature, sampling.seed) for sampling in samplings} == {(0.5, 3)}
    assert chat.holdings()["prefix_caches"] == 7
    chat.close()
    assert set(decoder.released) == set(owners)


def test_faces_may_be_encoded_elsewhere() -> None:
    """Guards against a vision tower that runs in a process without the memory or the GPU for it."""
    calls: list[tuple[Any, str | None]] = []

    def encode(seen: Any, adapter: str | None) -> EncodedFace:
        calls.append((seen, adapter))
        return EncodedFace(torch.empty(1, 0, 0), np.empty(0, np.float32), adapter)

    decoder, model, seen = Echo(), TinyModel(), face()
    engine = Engine(model, ByteProcessor(), decoder=decoder, encode=encode)
    chat = ChatSession(engine, seen)
    assert [read(chat.ask(question)) for question in ("abc", "def")] == ["abc", "def"]
    assert calls == [(seen, None)]
    assert [given for _, given, _, _ in decoder.asked] == [engine.encode(seen)] * 2
    assert model.encoded == 0


@pytest.fixture(scope="module")
def parts() -> tuple[Any, Any]:
    return tiny.chat_parts()


def test_a_prompt_is_embedded_with_its_face(parts: tuple[Any, Any]) -> None:
    """Guards against the wrong image embeddings when a part of them is cached."""
    model, processor = parts
    engine = Engine(model, processor)
    seen = engine.encode(tiny.face())
    prompt = engine.tokenize(chat_messages(question="Why?"))
    with torch.inference_mode():
        whole = model.embed(torch.tensor([prompt]), seen.embeds)[0]
    image = model.config.image_token_id
    first = prompt.index(image)
    for start in (0, first, first + 1, first + 7, first + prompt.count(image), len(prompt) - 1):
        rest = embed_prompt(model, seen, prompt, start)
        assert rest.shape == (len(prompt) - start, model.config.text_config.hidden_size)
        assert torch.equal(rest, whole[start:])


def test_the_end_token_is_not_part_of_an_answer() -> None:
    engine = Engine(TinyModel(), ByteProcessor())
    tokens = [
        token
        for value in (0.1, 1.0, 2.0, 3.0)
        for token in engine.generate(
            1,
            engine.encode(face(value)),
            engine.tokenize(chat_messages(question="q")),
            max_new_tokens=60,
        )
    ]
    assert tokens and END not in tokens
