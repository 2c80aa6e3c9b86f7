"""The engine: what is fed, what is kept, and that nobody can tell from the answers."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest
import torch
from scripted_model import ASSISTANT, END, IMAGE, ByteProcessor, ScriptedModel, TinyModel, face

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


def test_turn_two_feeds_only_what_is_new() -> None:
    """Guards against the whole prompt computed again at each question."""
    model = ScriptedModel("yes", "no")
    engine = engine_of(model)
    owner, seen = engine.new_owner(), engine.encode(face())
    assert PROCESSOR.decode(list(engine.generate(owner, seen, prompt("q"), max_new_tokens=9))) == "yes"
    model.fed.clear()
    list(engine.generate(owner, seen, prompt("q", "yes", "and?"), max_new_tokens=9))
    assert model.fed[0] == [
        END,
        *PROCESSOR.tokenize([{"role": "user", "content": [{"type": "text", "text": "and?"}]}], True),
    ]
    assert model.encoded == 1


def test_the_last_token_of_an_answer_is_not_fed_for_nothing() -> None:
    """Guards against one forward pass too many at the length limit."""
    model = ScriptedModel("abcdef")
    engine = engine_of(model)
    got = list(engine.generate(engine.new_owner(), engine.encode(face()), prompt("q"), max_new_tokens=3))
    assert bytes(got) == b"abc"
    assert model.fed[1:] == [[ord("a")], [ord("b")]]


def test_the_same_prompt_again_feeds_its_last_token() -> None:
    """Guards against retry feeding an empty tensor, as the whole prompt is cached."""
    model = ScriptedModel("one", "two")
    engine = engine_of(model)
    owner, seen = engine.new_owner(), engine.encode(face())
    list(engine.generate(owner, seen, prompt("q"), max_new_tokens=9))
    model.fed.clear()
    assert bytes(engine.generate(owner, seen, prompt("q"), max_new_tokens=9)) == b"two"
    assert model.fed[0] == [ASSISTANT]


def test_another_face_is_not_read_from_the_cache_of_the_first() -> None:
    """Guards against equal token ids taken for an equal prompt though the image differs."""
    model = TinyModel()
    engine = engine_of(model)
    owner = engine.new_owner()
    ids = prompt("what?")
    answers = [
        list(engine.generate(owner, engine.encode(face(value)), ids, max_new_tokens=20))
        for value in (0.1, 3.0)
    ]
    fresh = engine_of(TinyModel())
    alone = list(fresh.generate(1, fresh.encode(face(3.0)), ids, max_new_tokens=20))
    assert answers[0] != answers[1]
    assert answers[1] == alone


@pytest.mark.parametrize("seed", range(3))
def test_answers_with_and_without_the_cache_are_the_same(seed: int) -> None:
    """Guards against wrong positions or stale keys after cropping, over a whole conversation."""
    engines = [engine_of(TinyModel(seed)), engine_of(TinyModel(seed), idle_caches=0)]
    heard: list[list[list[int]]] = []
    for engine in engines:
        seen, answers = engine.encode(face()), []
        for ids in (
            prompt("one"),
            prompt("one", "an answer", "two"),
            prompt("one"),
            prompt("other"),
            prompt("one", "x", "y"),
        ):
            answers.append(list(engine.generate(1, seen, ids, max_new_tokens=12)))
        heard.append(answers)
    assert heard[0] == heard[1]
    assert sum(map(len, heard[0])) > 20
    assert sum(map(len, engines[0].model.fed)) < sum(map(len, engines[1].model.fed))


def test_logits_through_the_cache_equal_those_of_one_pass() -> None:
    """Guards against an error too small to change the likeliest token."""
    model = TinyModel()
    engine = engine_of(model)
    seen, ids = engine.encode(face()), prompt("one", "an answer", "two")
    list(engine.generate(1, seen, prompt("one"), max_new_tokens=8))
    cache = engine.pool.take(1)
    cache.truncate(engine._reusable(cache, seen, ids))
    assert len(cache.ids) >= len(prompt("one"))
    cached = engine._forward(cache, ids[len(cache.ids) :], seen)
    whole = model(inputs_embeds=model.embed(torch.tensor([ids]), seen.embeds)).logits[0, -1]
    torch.testing.assert_close(cached, whole, rtol=1e-4, atol=1e-4)


def test_two_conversations_at_once_take_turns_and_do_not_mix() -> None:
    """Guards against caches shared between conversations; one that waits until the other is done."""
    alone = [
        list(engine.generate(1, engine.encode(face(value)), prompt("tell"), max_new_tokens=40))
        for value in (0.1, 3.0)
        for engine in [engine_of(TinyModel())]
    ]
    engine = engine_of(TinyModel())
    order: list[int] = []
    together: list[list[int]] = [[], []]
    start = threading.Barrier(2)

    def talk(index: int, value: float) -> None:
        seen = engine.encode(face(value))
        start.wait()
        for token in engine.generate(index, seen, prompt("tell"), max_new_tokens=40):
            order.append(index)
            together[index].append(token)

    threads = [threading.Thread(target=talk, args=pair) for pair in ((0, 0.1), (1, 3.0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone
    longest = max(len(list(run)) for _, run in itertools.groupby(order[: 2 * min(map(len, alone))]))
    assert longest <= 10


def test_stop_takes_effect_before_the_next_token() -> None:
    """Guards against stop seen only after another token, or only at the end."""
    model = ScriptedModel("abcdef")
    engine = engine_of(model)
    stop = threading.Event()
    tokens = engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9, stopped=stop.is_set)
    assert [next(tokens), next(tokens)] == [ord("a"), ord("b")]
    stop.set()
    fed = len(model.fed)
    assert list(tokens) == []
    assert len(model.fed) == fed


def test_stop_during_a_forward_pass_drops_its_token() -> None:
    """Guards against a token shown after the stop because it was being computed."""
    model = ScriptedModel("abcdef")
    engine = engine_of(model)
    stop = threading.Event()
    model.on_step = stop.set
    assert (
        list(engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9, stopped=stop.is_set))
        == []
    )
    assert engine.pool.take(1).ids == prompt("q")


def test_a_failed_pass_does_not_poison_the_cache() -> None:
    """Guards against some layers of the cache one step ahead of the others after an exception."""
    model = ScriptedModel([ord("a"), MemoryError("full")], "fine")
    engine = engine_of(model)
    seen = engine.encode(face())
    with pytest.raises(MemoryError):
        list(engine.generate(1, seen, prompt("q"), max_new_tokens=9))
    assert bytes(engine.generate(1, seen, prompt("q"), max_new_tokens=9)) == b"fine"
    assert model.fed[-5] == prompt("q")


def test_leaving_an_answer_hands_the_cache_back() -> None:
    """Guards against a cache lost to the pool when the reader goes away in mid-answer."""
    engine = engine_of(ScriptedModel("abcdef"))
    tokens = engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9)
    next(tokens)
    assert len(engine.pool) == 0
    tokens.close()
    assert engine.pool.take(1).ids == prompt("q")


def test_idle_caches_are_bounded() -> None:
    """Guards against memory growing with every visitor."""
    engine = engine_of(ScriptedModel(*["a"] * 5), idle_caches=2)
    for owner in range(5):
        list(engine.generate(owner, engine.encode(face()), prompt("q"), max_new_tokens=2))
    assert len(engine.pool) == 2


def test_a_full_context_ends_the_answer() -> None:
    """Guards against positions beyond what the model was built for."""
    ids = prompt("q")
    engine = engine_of(ScriptedModel("abcdef"), max_context=len(ids) + 2)
    assert bytes(engine.generate(1, engine.encode(face()), ids, max_new_tokens=9)) == b"ab"


def test_a_prompt_without_room_is_refused_at_once() -> None:
    """Guards against an empty answer, or an error only when the stream is read."""
    engine = engine_of(ScriptedModel(), max_context=4)
    with pytest.raises(ChatError, match=r"takes \d+ tokens, and this model has room for 3"):
        engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=9)


def test_the_image_token_is_never_said() -> None:
    """Guards against an answer breaking off with an error because the model "said" the image token."""
    model = TinyModel()
    model.llama.lm_head.weight.data[IMAGE] = 50.0 * model.llama.lm_head.weight.data[ord("a")].sign()
    engine = engine_of(model)
    tokens = list(engine.generate(1, engine.encode(face()), prompt("q"), max_new_tokens=20))
    assert IMAGE not in tokens
    assert tokens


def test_sampling_is_passed_on() -> None:
    """Guards against the temperature forgotten on the way, so that every answer is greedy."""
    model = TinyModel()
    model.llama.lm_head.weight.data.mul_(0.01)  # nearly flat
    engine = engine_of(model)
    seen = engine.encode(face())

    def say(seed: int) -> list[int]:
        sampling = Sampling(temperature=1.0, seed=seed)
        return list(engine.generate(1, seen, prompt("q"), max_new_tokens=10, sampling=sampling))

    assert say(1) == say(1) != say(2)
