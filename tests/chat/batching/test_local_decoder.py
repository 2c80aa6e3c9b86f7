"""Continuous batching: every answer has the tokens that it has alone, whatever the others do."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from manual_thread import ManualThread
from scripted_model import ASSISTANT, END, IMAGE, IMAGE_TOKENS, USER, ByteProcessor, TinyModel, face

from emola.chat import EncodedFace, Engine, Sampling
from emola.chat.batching import LocalDecoder, forward_pass, key_values, local_decoder, shared_rows
from emola.chat.batching.fused_llama import can_fuse
from emola.chat.batching.generation import Generation
from emola.chat.sampler import next_token
from emola.errors import ChatError

STOP = frozenset({END})
GREEDY = Sampling()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make blocks and rows small, so that short answers outgrow them."""
    monkeypatch.setattr(key_values, "BLOCK", 8)
    monkeypatch.setattr(shared_rows, "MAX_SHARED", 40)


def encoded(
    model: TinyModel, value: float, adapter: str | None = None, *, endless: bool = True
) -> EncodedFace:
    """Return a face; endless: answers about it end at their length limit only."""
    seen = Engine(model, ByteProcessor()).encode(face(value))
    forbidden = seen.forbidden | STOP if endless else seen.forbidden
    return EncodedFace(seen.embeds, seen.mean_patch, adapter, forbidden)


def prompt_of(text: str) -> list[int]:
    return [USER, *[IMAGE] * IMAGE_TOKENS, *text.encode(), END, ASSISTANT]


def alone(
    model: TinyModel, seen: EncodedFace, prompt: list[int], room: int, sampling: Sampling = GREEDY
) -> list[int]:
    """Return the tokens of an answer, each computed from the whole text, without any cache."""
    answer: list[int] = []
    generator = sampling.generator()
    with torch.inference_mode():
        while len(answer) < room:
            embeds = model.embed(torch.tensor([prompt + answer]), seen.embeds)
            logits_V = model(inputs_embeds=embeds).logits[0, -1]
            token = next_token(logits_V, sampling, generator, answer, seen.forbidden)
            if token in STOP:
                break
            answer.append(token)
    return answer


class Batch:
    """A decoder whose steps the test runs, and the answers that it was asked for."""

    def __init__(self, model: Any, **options: Any) -> None:
        self.model = model
        self.thread = ManualThread()
        self.decoder = LocalDecoder(model, STOP, self.thread, **options)
        self.owners = itertools.count(1)

    def ask(
        self,
        seen: EncodedFace,
        text: str = "q",
        room: int = 12,
        *,
        owner: int | None = None,
        sampling: Sampling = GREEDY,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Generation:
        number = next(self.owners) if owner is None else owner
        generation = Generation(number, seen, prompt_of(text), room, sampling, stopped)
        self.decoder.submit(generation)
        return generation

    def finish(self, *generations: Generation) -> list[list[int]]:
        self.thread.finish()
        return [list(generation.tokens()) for generation in generations]


class PlainLlama(TinyModel):
    """A model that is fused: its language model is where that of ``EmolaForConditionalGeneration`` is."""

    may_read_packed = False

    @property
    def model(self) -> SimpleNamespace:
        return SimpleNamespace(language_model=self.llama.model)

    @property
    def lm_head(self) -> torch.nn.Module:
        return self.llama.lm_head


@pytest.fixture(scope="module", params=[TinyModel, PlainLlama])
def model(request: pytest.FixtureRequest) -> TinyModel:
    made: TinyModel = request.param()
    assert can_fuse(made) is isinstance(made, PlainLlama)
    return made


@pytest.mark.parametrize("seed", range(6))
def test_random_schedules_give_the_tokens_of_each_answer_alone(model: TinyModel, seed: int) -> None:
    """Guards against any influence of joins, leaves, chunks, rows, adapters or evictions on an answer."""
    rng = random.Random(seed)
    token_bytes = 2 * 2 * 2 * 16 * 4  # two layers, keys and values, two heads of 16 numbers
    batch = Batch(
        model,
        chunk=rng.choice([3, 8, 100]),
        batch_size=rng.choice([2, 5, 9]),
        cache_bytes=rng.choice([0, 300 * token_bytes, 10**9]),
    )
    faces = [
        encoded(model, rng.uniform(0.1, 3.0), rng.choice(["au", "emotion"]), endless=rng.random() < 0.5)
        for _ in range(4)
    ]
    asked: list[tuple[Generation, list[int], int | None]] = []
    for _ in range(14):
        text, owner = rng.choice(["a", "bb " * 5, "long " * 8]), rng.randrange(5)
        sampling = rng.choice([GREEDY, GREEDY, Sampling(temperature=1.0, top_p=0.9, no_repeat=3, seed=seed)])
        room, seen = rng.randint(1, 25), rng.choice(faces)
        last = rng.choice([None, None, rng.randrange(12)])  # stop after this step
        generation = batch.ask(seen, text, room, owner=owner, sampling=sampling)
        asked.append((generation, alone(model, seen, prompt_of(text), room, sampling), last))
        for _ in range(rng.randrange(6)):
            batch.thread.step()
            for index, (each, expected, steps) in enumerate(asked):
                if steps == 0:
                    each.cancelled = True
                asked[index] = (each, expected, None if steps is None else steps - 1)
    batch.thread.finish()
    for generation, expected, _ in asked:
        cancelled = generation.cancelled
        tokens = list(generation.tokens())
        assert tokens == (expected[: len(tokens)] if cancelled else expected)
    assert sum(len(expected) for _, expected, _ in asked) > 50


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_answers_join_and_leave_in_any_order(model: TinyModel, order: tuple[int, ...]) -> None:
    seen = [encoded(model, value) for value in (0.1, 1.0, 3.0)]
    rooms = {0: 4, 1: 9, 2: 20}
    batch, asked = Batch(model), {}
    for index in order:
        asked[index] = batch.ask(seen[index], room=rooms[index])
        batch.thread.step()
        batch.thread.step()
    answers = batch.finish(*asked.values())
    expected = [alone(model, seen[index], prompt_of("q"), rooms[index]) for index in order]
    assert answers == expected and len(set(map(tuple, answers))) == 3


@pytest.mark.parametrize("chunk", range(1, 8))
def test_chunk_boundaries_do_not_matter(model: TinyModel, chunk: int) -> None:
    """Guards against a chunk that ends within the image tokens, and against wrong masks of later chunks."""
    first, second = encoded(model, 0.2), encoded(model, 2.0)
    batch = Batch(model, chunk=chunk)
    answers = batch.finish(batch.ask(first, "Which AUs?"), batch.ask(second, "Which emotion?"))
    assert answers == [
        alone(model, first, prompt_of("Which AUs?"), 12),
        alone(model, second, prompt_of("Which emotion?"), 12),
    ]


def test_a_prompt_stopped_within_the_image_is_continued(model: TinyModel) -> None:
    """Guards against image embeddings that start at the first image token again."""
    seen, batch = encoded(model, 0.7), Batch(model, chunk=1)
    busy = batch.ask(encoded(model, 0.1), room=30)
    for _ in range(12):
        batch.thread.step()
    assert not busy.in_prompt
    stopped = batch.ask(seen, "q", owner=9)
    for _ in range(2):
        batch.thread.step()
    stopped.cancelled = True
    batch.thread.step()
    cache = batch.decoder.caches.take(9)
    assert cache.ids == prompt_of("q")[:2]
    batch.decoder.caches.put(9, cache)
    assert batch.finish(batch.ask(seen, "q", owner=9)) == [alone(model, seen, prompt_of("q"), 12)]


def test_a_long_prompt_does_not_hold_up_an_answer(model: TinyModel) -> None:
    batch = Batch(model, chunk=4)
    answer = batch.ask(encoded(model, 0.3), room=30)
    while not answer.answer:
        batch.thread.step()
    long = batch.ask(encoded(model, 2.0), "x" * 40)
    counts = []
    while not long.answer:
        batch.thread.step()
        counts.append(len(answer.answer))
    assert len(counts) >= len(long.prompt) // 4
    assert [after - before for before, after in itertools.pairwise(counts)] == [1] * (len(counts) - 1)


def test_a_short_prompt_is_not_held_up_by_a_long_one(model: TinyModel) -> None:
    batch = Batch(model, chunk=8)
    batch.ask(encoded(model, 0.3), room=40)
    batch.thread.step()
    long, short = batch.ask(encoded(model, 2.0), "x" * 80), batch.ask(encoded(model, 1.0), "x")
    while not short.answer:
        batch.thread.step()
    assert long.in_prompt and len(long.feed) > 40


def test_adapters_take_turns(model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against one adapter that is used until all its answers are complete."""
    order: list[str] = []
    monkeypatch.setattr(local_decoder.adapters, "activate", lambda _, name: order.append(name))
    batch = Batch(model)
    for adapter, value in (("au", 0.1), ("emotion", 1.0), ("au", 2.0)):
        batch.ask(encoded(model, value, adapter), room=5)
    batch.thread.step()  # with the first answer alone, whose cache shows the size of a token
    order.clear()
    for _ in range(6):
        batch.thread.step()
    assert order == ["au", "emotion"] * 3


def test_a_single_answer_shares_no_rows(model: TinyModel) -> None:
    """Guards against copies and masks in a conversation that is alone."""
    batch = Batch(model)
    answer = batch.ask(encoded(model, 0.3))
    while batch.thread.step():
        assert answer.cache.kv.rows == 1


def test_stops_one_answer_only(model: TinyModel) -> None:
    seen = [encoded(model, value) for value in (0.1, 1.0, 3.0)]
    stop: list[bool] = []
    batch = Batch(model)
    first, second = batch.ask(seen[0]), batch.ask(seen[1], stopped=lambda: bool(stop))
    third = batch.ask(seen[2])
    for _ in range(5):
        batch.thread.step()
    stop.append(True)
    answers = batch.finish(first, second, third)
    assert answers[1] == [] and len(second.answer) < 5
    assert [answers[0], answers[2]] == [alone(model, seen[index], prompt_of("q"), 12) for index in (0, 2)]


def test_an_error_of_one_answer_leaves_the_others(model: TinyModel) -> None:
    """Guards against a scheduler that ends, or that fails everybody."""
    good = encoded(model, 0.1)
    broken = EncodedFace(good.embeds[:, :1].repeat(1, 2, 1), good.mean_patch)  # two image tokens of three

    def failing() -> bool:
        raise ZeroDivisionError

    batch = Batch(model)
    answer = batch.ask(good)
    wrong, failed = batch.ask(broken), batch.ask(good, stopped=failing)
    batch.thread.finish()
    with pytest.raises((RuntimeError, IndexError, ValueError)):
        list(wrong.tokens())
    with pytest.raises(ZeroDivisionError):
        list(failed.tokens())
    assert list(answer.tokens()) == alone(model, good, prompt_of("q"), 12)
    assert batch.finish(batch.ask(good)) == [alone(model, good, prompt_of("q"), 12)]


class FailingModel(TinyModel):
    """Raises the given errors in its next forward passes."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors = list(errors)

    def forward(self, **inputs: Any) -> Any:
        if self.errors and "segments" in inputs:
            raise self.errors.pop(0)
        return super().forward(**inputs)


def test_an_error_of_a_pass_fails_its_answers_only() -> None:
    failing = FailingModel()
    batch = Batch(failing)
    au, emotion = (batch.ask(encoded(failing, 0.5, adapter)) for adapter in ("au", "emotion"))
    batch.thread.step()
    failing.errors.append(MemoryError("full"))
    batch.thread.step()
    batch.thread.finish()
    with pytest.raises(MemoryError):
        list(au.tokens())
    assert list(emotion.tokens()) == alone(failing, emotion.face, prompt_of("q"), 12)


def test_full_gpu_memory_evicts_the_idle_caches_and_repeats_the_pass() -> None:
    failing = FailingModel()
    batch, seen = Batch(failing), encoded(failing, 0.5)
    batch.finish(batch.ask(seen))
    assert len(batch.decoder.caches) == 1
    answer = batch.ask(seen)
    failing.errors.append(torch.OutOfMemoryError("full"))
    batch.thread.step()
    assert len(batch.decoder.caches) == 0
    assert batch.finish(answer) == [alone(failing, seen, prompt_of("q"), 12)]


def test_full_gpu_memory_is_reported_in_words() -> None:
    failing = FailingModel(*[torch.OutOfMemoryError("full")] * 2)
    batch, seen = Batch(failing), encoded(failing, 0.5)
    answer = batch.ask(seen)
    batch.thread.finish()
    with pytest.raises(ChatError, match="memory of the GPU is full"):
        list(answer.tokens())
    assert batch.finish(batch.ask(seen)) == [alone(failing, seen, prompt_of("q"), 12)]


def test_idle_caches_are_limited_in_bytes(model: TinyModel) -> None:
    """Guards against memory that grows with the number of conversations."""
    batch = Batch(model)
    seen = encoded(model, 0.5)
    batch.finish(batch.ask(seen, owner=1))
    size = batch.decoder.memory(1)
    batch.decoder.cache_bytes = 3 * size
    for owner in range(2, 7):
        batch.finish(batch.ask(seen, owner=owner))
    assert [batch.decoder.memory(owner) for owner in range(1, 7)] == [0, 0, 0, size, size, size]


def test_an_answer_waits_until_its_cache_fits(model: TinyModel) -> None:
    batch, seen = Batch(model), encoded(model, 0.5)
    first = batch.ask(seen, room=20)
    batch.thread.step()
    batch.decoder.cache_bytes = batch.decoder._reserved([first])
    second = batch.ask(seen, room=20)
    while first in batch.decoder._running:
        assert second not in batch.decoder._running
        batch.thread.step()
    assert batch.finish(first, second) == [alone(model, seen, prompt_of("q"), 20)] * 2


def test_no_more_answers_than_the_batch_size(model: TinyModel) -> None:
    batch = Batch(model, batch_size=2)
    asked = [batch.ask(encoded(model, value), room=4) for value in (0.1, 1.0, 2.0, 3.0)]
    started: list[int] = []
    while batch.thread.step():
        running = [each for each in asked if each in batch.decoder._running]
        assert len(running) <= 2
        started += [index for index, each in enumerate(asked) if each.answer and index not in started]
    assert started == [0, 1, 2, 3]


def test_a_released_conversation_is_not_kept_after_its_answer(model: TinyModel) -> None:
    """Guards against keys and values that outlive their photo."""
    batch = Batch(model)
    answer = batch.ask(encoded(model, 0.5), owner=1)
    batch.thread.step()
    assert batch.decoder.memory(1) > 0
    batch.decoder.release(1)
    assert batch.decoder.memory(1) == 0
    batch.finish(answer)
    assert len(batch.decoder.caches) == 0 and batch.decoder.memory(1) == 0


def test_closing_ends_all_answers(model: TinyModel) -> None:
    """Guards against threads that wait forever for a decoder that was closed."""
    batch, seen = Batch(model, batch_size=2), encoded(model, 0.5)
    asked = [batch.ask(seen, room=20) for _ in range(3)]
    for _ in range(4):
        batch.thread.step()
    asked.append(batch.ask(seen))
    batch.decoder.close()
    for generation in asked:
        with pytest.raises(ChatError, match="being closed"):
            list(generation.tokens())
    batch.thread.finish()
    assert len(batch.decoder.caches) == 0 and batch.decoder.memory(1) == 0
    with pytest.raises(ChatError, match="being closed"):
        batch.ask(seen)
    batch.decoder.close()
    assert not batch.thread.step()


def test_a_failure_while_answers_end_leaves_nobody_waiting(
    model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a GPU that fails for good, whose caches cannot even be moved or erased."""
    batch, seen = Batch(model), encoded(model, 0.5)
    asked = [batch.ask(seen, room=20) for _ in range(3)]
    for _ in range(4):
        batch.thread.step()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the GPU has failed")

    with monkeypatch.context() as patch:
        patch.setattr(forward_pass.ForwardPass, "run", broken)
        patch.setattr(key_values.KeyValues, "erase", broken)
        batch.thread.step()
    for generation in asked:
        with pytest.raises(RuntimeError, match="has failed"):
            list(generation.tokens())
    assert batch.decoder.memory(1) == 0
    assert batch.finish(batch.ask(seen)) == [alone(model, seen, prompt_of("q"), 12)]


def test_a_thread_that_ends_leaves_nobody_waiting(model: TinyModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against an exit of the interpreter that hangs because of an answer."""

    def ended(*_: object) -> None:
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")

    batch, seen = Batch(model), encoded(model, 0.5)
    asked = [batch.ask(seen) for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(batch.thread, "post", ended)
        batch.thread.step()
        for generation in asked:
            with pytest.raises(RuntimeError, match="shutdown"):
                list(generation.tokens())
        for _ in range(2):  # the second one must not wait for a step that was never posted
            with pytest.raises(RuntimeError, match="shutdown"):
                batch.ask(seen)
    assert batch.finish(batch.ask(seen)) == [alone(model, seen, prompt_of("q"), 12)]


def test_an_unread_generator_computes_nothing(model: TinyModel) -> None:
    batch = Batch(model)
    batch.decoder.generate(1, encoded(model, 0.5), prompt_of("q"), 3, GREEDY, lambda: False)
    assert not batch.thread.step()


def test_the_last_token_of_an_answer_is_not_computed_on(model: TinyModel) -> None:
    batch = Batch(model)
    answer = batch.ask(encoded(model, 0.5), room=3)
    steps = 0
    while batch.thread.step():
        steps += 1
    assert steps == len(answer.answer) == 3
