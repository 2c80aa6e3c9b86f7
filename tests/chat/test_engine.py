"""The engine: tokens fed, caches kept, and answers independent of caching."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from scripted_model import ASSISTANT, END, IMAGE, ByteProcessor, ScriptedModel, TinyModel, face, settle

from emola.chat import Engine, Sampling
from emola.errors import ChatError
from emola.faba.messages import chat_messages

PROCESSOR = ByteProcessor()


def prompt(*texts: str) -> list[int]:
    """Return the prompt of alternating questions and answers; the last text is a question."""
    turns = zip(texts[:-1:2], texts[1::2], strict=True)
    return PROCESSOR.tokenize(chat_messages(turns, texts[-1]), add_generation_prompt=True)


def engine_of(model: Any, **options: Any) -> Engine:
    return Engine(model, PROCESSOR, **options)


def test_the_second_turn_feeds_only_new_tokens() -> None:
    """Guards against recomputing the whole prompt for each question."""
    model = ScriptedModel("yes", "no")
    engine = engine_of(model)
    owner, encoded = engine.new_owner(), engine.encode(face())
    assert PROCESSOR.decode(list(engine.generate(owner, encoded, prompt("q"), max_new_tokens=9))) == "yes"
    model.fed.clear()
    list(engine.generate(owner, encoded, prompt("q", "yes", "and?"), max_new_tokens=9))
    assert model.fed[0] == [
        END,
        *PROCESSOR.tokenize([{"role": "user", "content": [{"type": "text", "text": "and?"}]}], True),
    ]
    assert model.encoded == 1


def test_the_last_token_of_an_answer_is_not_fed() -> None:
    """Guards against an unnecessary forward pass at the length limit."""
    model = ScriptedModel("abcdef")
    engine = engine_of(model)
    tokens = list(engine.generate(engine.new_owner(), engine.encode(face()), prompt("q"), max_new_tokens=3))
    assert bytes(tokens) == b"abc"
    assert model.fed[1:] == [[ord("a")], [ord("b")]]


def test_a_repeated_prompt_feeds_its_last_token() -> None:
    """Guards against feeding an empty tensor when the whole prompt is cached."""
    model = ScriptedModel("one", "two")
    engine = engine_of(model)
    owner, encoded = engine.new_owner(), engine.encode(face())
    list(engine.generate(owner, encoded, prompt("q"), max_new_tokens=9))
    model.fed.clear()
    assert bytes(engine.generate(owner, encoded, prompt("q"), max_new_tokens=9)) == b"two"
    assert model.fed[0] == [ASSISTANT]


def test_another_face_does_not_reuse_the_cache() -> None:
    """Guards against reusing a cache with equal token ids but another image."""
    model = TinyModel()
    engine = engine_of(model)
    owner = engine.new_owner()
    ids = prompt("what?")
    answers = [
        list(engine.generate(owner, engine.encode(face(value)), ids, max_new_tokens=20))
        for value in (0.1, 3.0)
    ]
    single = engine_of(TinyModel())
    expected = list(single.generate(1, single.encode(face(3.0)), ids, max_new_tokens=20))
    assert answers[0] != answers[1]
    assert answers[1] == expected


@pytest.mark.parametrize("seed", range(3))
def test_answers_are_the_same_with_and_without_the_cache(seed: int) -> None:
    """Guards against wrong positions or stale keys after truncation."""
    engines = [engine_of(TinyModel(seed)), engine_of(TinyModel(seed), cache_bytes=0)]
    runs: list[list[list[int]]] = []
    for engine in engines:
        encoded, answers = engine.encode(face()), []
        for ids in (
            prompt("one"),
            prompt("one", "an answer", "two"),
            prompt("one"),
            prompt("other"),
            prompt("one", "x", "y"),
        ):
            answers.append(list(engine.generate(1, encoded, ids, max_new_tokens=12)))
        runs.append(answers)
    assert runs[0] == runs[1]
    assert sum(map(len, runs[0])) > 20
    assert sum(map(len, engines[0].model.fed)) < sum(map(len, engines[1].model.fed))


def test_logits_through_the_cache_equal_those_of_one_pass() -> None:
    """Guards against an error too small to change the most likely token."""
    model = TinyModel()
    engine = engine_of(model)
    encoded, ids = engine.encode(face()), prompt("one", "an answer", "two")
    list(engine.generate(1, encoded, prompt("one"), max_new_tokens=8))
    model.fed.clear()
    logits: list[torch.Tensor] = []
    model.llama.register_forward_hook(lambda module, inputs, outputs: logits.append(outputs.logits[0, -1]))
    list(engine.generate(1, encoded, ids, max_new_tokens=1))
    (cached,) = logits
    assert len(model.fed[0]) <= len(ids) - len(prompt("one"))
    full = model(inputs_embeds=model.embed(torch.tensor([ids]), encoded.embeds)).logits[0, -1]
    torch.testing.assert_close(cached, full, rtol=1e-4, atol=1e-4)


def test_concurrent_conversations_share_passes_and_do_not_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against shared caches, and against conversations that wait for each other."""
    values = (0.1, 1.0, 2.0, 3.0)
    expected = [
        list(engine.generate(1, engine.encode(face(value)), prompt("tell"), max_new_tokens=40))
        for value in values
        for engine in [engine_of(TinyModel())]
    ]
    engine = engine_of(TinyModel())
    forward = engine.model.forward

    def slow_forward(**inputs: Any) -> Any:
        time.sleep(0.005)  # longer than the threads take to start
        return forward(**inputs)

    monkeypatch.setattr(engine.model, "forward", slow_forward)
    encoded = [engine.encode(face(value)) for value in values]
    with ThreadPoolExecutor(len(values)) as threads:
        answers = threads.map(
            lambda index: list(engine.generate(index, encoded[index], prompt("tell"), max_new_tokens=40)),
            range(len(values)),
        )
        assert [*answers] == expected
    assert len(engine.model.fed) < sum(map(len, expected))


def test_stop_takes_effect_before_the_next_token() -> None:
    """Guards against a stop that takes effect only after tokens that were computed ahead."""
    engine = engine_of(ScriptedModel("abcdef"))
    stop = threading.Event()
    tokens = engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9, stopped=stop.is_set)
    assert [next(tokens), next(tokens)] == [ord("a"), ord("b")]
    stop.set()
    assert list(tokens) == []


def test_stop_ends_the_forward_passes() -> None:
    """Guards against an answer that is computed to its end although nobody reads it."""
    model = ScriptedModel("a" * 200)
    engine = engine_of(model)
    stop, go_on = threading.Event(), threading.Event()
    model.on_step = lambda: len(model.fed) < 3 or go_on.wait(10)
    tokens = engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=200, stopped=stop.is_set)
    next(tokens)
    stop.set()
    go_on.set()
    assert list(tokens) == []
    settle(engine)
    assert len(model.fed) <= 3


def test_stop_during_a_forward_pass_drops_its_token() -> None:
    """Guards against emitting the token whose computation the stop interrupted."""
    model = ScriptedModel("abcdef")
    engine = engine_of(model)
    stop = threading.Event()
    model.on_step = stop.set
    assert (
        list(engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9, stopped=stop.is_set))
        == []
    )
    assert engine.decoder.caches.take(1).ids == prompt("q")


def test_a_failed_pass_keeps_the_tokens_before_it() -> None:
    """Guards against a cache whose layers have different lengths after an exception."""
    model = ScriptedModel([ord("a"), MemoryError("full")], "fine")
    engine = engine_of(model)
    encoded = engine.encode(face())
    with pytest.raises(MemoryError):
        list(engine.generate(1, encoded, prompt("q"), max_new_tokens=9))
    assert engine.decoder.memory(1) > 0
    assert bytes(engine.generate(1, encoded, prompt("q"), max_new_tokens=9)) == b"fine"
    assert model.fed[-5] == [ASSISTANT]


def test_closing_the_generator_returns_the_cache() -> None:
    """Guards against losing the cache when the generator is closed early."""
    model = ScriptedModel("abcdef")
    engine = engine_of(model)
    tokens = engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9)
    go_on = threading.Event()
    model.on_step = lambda: len(model.fed) < 2 or go_on.wait(10)
    next(tokens)
    assert len(engine.decoder.caches) == 0
    tokens.close()
    go_on.set()
    settle(engine)
    kept = engine.decoder.caches.take(1).ids  # with the first token, if it was already fed
    assert kept in (prompt("q"), [*prompt("q"), ord("a")])


def test_a_full_context_ends_the_answer() -> None:
    """Guards against positions beyond the context length."""
    ids = prompt("q")
    engine = engine_of(ScriptedModel("abcdef"), max_context=len(ids) + 2)
    assert bytes(engine.generate(1, engine.encode(face()), ids, max_new_tokens=9)) == b"ab"


def test_rejects_a_prompt_without_room_at_once() -> None:
    """Guards against an empty answer, and against an error only when the generator is read."""
    engine = engine_of(ScriptedModel(), max_context=4)
    with pytest.raises(ChatError, match=r"takes \d+ tokens, and this model has room for 3"):
        engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9)


def test_the_image_token_is_never_generated() -> None:
    """Guards against an exception because the model generated the image token."""
    model = TinyModel()
    model.llama.lm_head.weight.data[IMAGE] = 50.0 * model.llama.lm_head.weight.data[ord("a")].sign()
    engine = engine_of(model)
    tokens = list(engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=20))
    assert IMAGE not in tokens
    assert tokens


def test_sampling_settings_reach_the_sampler() -> None:
    """Guards against ignoring the temperature."""
    model = TinyModel()
    model.llama.lm_head.weight.data.mul_(0.01)  # nearly flat
    engine = engine_of(model)
    encoded = engine.encode(face())

    def sample(seed: int) -> list[int]:
        sampling = Sampling(temperature=1.0, seed=seed)
        return list(engine.generate(1, encoded, prompt("q"), max_new_tokens=10, sampling=sampling))

    assert sample(1) == sample(1) != sample(2)
