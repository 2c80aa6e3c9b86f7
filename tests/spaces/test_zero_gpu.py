"""Answers in forked workers: what is sent, what comes back, and what a visitor is told."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import zero_gpu
from forked_gpu import ForkedGpu, GpuError
from refusals import refusal_of
from scripted_model import ByteProcessor, ScriptedModel, TinyModel, face, read

from emola.chat import ChatSession, Engine, Sampling
from emola.errors import ChatError, CheckpointError
from emola.faba.messages import chat_messages

pytestmark = [
    # From Python 3.12 on, a fork beside threads is deprecated; ZeroGPU forks all the same.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

PROCESSOR = ByteProcessor()
PROMPT = PROCESSOR.tokenize(chat_messages([], "q"), add_generation_prompt=True)


@pytest.fixture
def gpu():
    stand_in = ForkedGpu()
    yield stand_in
    stand_in.close()


def decorated(gpu: ForkedGpu, model: Any, duration: Any = zero_gpu.seconds) -> zero_gpu.Answer:
    @gpu.GPU(duration=duration)
    def answer(call):
        yield from zero_gpu.generate(model, PROCESSOR, call)

    return answer


def engine_of(gpu: ForkedGpu, model: Any, **options: Any) -> zero_gpu.ZeroGpuEngine:
    return zero_gpu.ZeroGpuEngine(model, PROCESSOR, decorated(gpu, model, **options))


def wanted_files(engine: zero_gpu.ZeroGpuEngine) -> list[Path]:
    return list(Path(engine.decoder._folder.name).iterdir())


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(temperature=1.0, seed=7)], ids=["greedy", "seed"])
def test_a_worker_answers_as_the_engine_does(gpu, sampling):
    """Guards against a face, settings or forbidden tokens that are lost on the way."""
    model, shown = TinyModel(), face(0.3, clear=False)
    alone = Engine(TinyModel(), PROCESSOR)
    options: dict[str, Any] = {"max_new_tokens": 24, "sampling": sampling}
    expected = list(alone.generate(alone.new_owner(), alone.encode(shown), PROMPT, **options))
    engine = engine_of(gpu, model)
    tokens = list(engine.generate(engine.new_owner(), engine.encode(shown), PROMPT, **options))
    assert tokens == expected
    assert gpu.yielded == [len(expected)]
    assert wanted_files(engine) == []


def test_nothing_is_computed_or_kept_here(gpu):
    """Guards against a forward pass in the process without a GPU, and against state that is lost."""
    model = TinyModel()
    engine = engine_of(gpu, model)
    owner, encoded = engine.new_owner(), engine.encode(face())
    first = list(engine.generate(owner, encoded, PROMPT, max_new_tokens=8))
    second = list(engine.generate(owner, encoded, PROMPT, max_new_tokens=8))
    assert first == second
    assert gpu.pid != os.getpid()
    assert model.fed == [] and model.encoded == 0
    assert sum(engine.memory(owner, [face()]).values()) == 0


def test_a_call_is_small_and_survives_pickling():
    """Guards against embeddings, models or locks in the arguments."""
    calls = []

    def answer(call):
        calls.append(call)
        yield from ()

    engine = zero_gpu.ZeroGpuEngine(TinyModel(), PROCESSOR, answer)
    sampling = Sampling(temperature=0.5, seed=3)
    shown = face(0.25, clear=False)
    list(engine.generate(1, engine.encode(shown), PROMPT, max_new_tokens=9, sampling=sampling))
    data = pickle.dumps(calls[0])
    sent = pickle.loads(data)
    assert len(data) < 3000
    assert (sent.prompt, sent.room, sent.sampling, sent.adapter) == (PROMPT, 9, sampling, None)
    assert sent.face.crop == 0.25 and sent.face.visibility.clear is False


def test_a_conversation_continues_over_calls(gpu):
    model = ScriptedModel("yes", "no")
    session = ChatSession(engine_of(gpu, model), face())
    assert read(session.ask("one?")) == "yes"
    assert read(session.ask("two?")) == "no"
    assert [turn.answer for turn in session.turns] == ["yes", "no"]


def slow_model(pause: float, length: int) -> ScriptedModel:
    model = ScriptedModel("x" * length)
    model.on_step = lambda: time.sleep(pause)
    return model


def test_a_stopped_answer_ends_its_worker(gpu):
    """Guards against a worker that uses the visitor's GPU time for an answer that nobody reads."""
    session = ChatSession(engine_of(gpu, slow_model(0.02, 250)), face(), max_new_tokens=250)
    pieces = session.ask("q")
    assert next(pieces) == "x"
    session.stop()
    read(pieces)
    assert session.turns[0].stopped
    assert gpu.yielded[0] < 50


def test_a_closed_stream_ends_its_worker(gpu):
    engine = engine_of(gpu, slow_model(0.02, 250))
    tokens = engine.generate(1, engine.encode(face()), PROMPT, max_new_tokens=250)
    next(tokens)
    tokens.close()
    assert gpu.yielded[0] < 50
    assert wanted_files(engine) == []


def test_an_answer_that_was_stopped_before_takes_no_gpu(gpu):
    engine = engine_of(gpu, ScriptedModel("yes"))
    assert (
        list(engine.generate(1, engine.encode(face()), PROMPT, max_new_tokens=9, stopped=lambda: True)) == []
    )
    assert gpu.durations == []


def test_a_call_that_takes_too_long_is_explained(gpu):
    engine = engine_of(gpu, slow_model(0.05, 250), duration=0.4)
    with pytest.raises(ChatError, match="taken away before the end"):
        list(engine.generate(1, engine.encode(face()), PROMPT, max_new_tokens=250))
    assert wanted_files(engine) == []


REFUSALS = [
    (
        "ZeroGPU quota exceeded",
        "You have exceeded your free ZeroGPU quota (28s requested vs. 12s left). Try again in 3:12:07. ",
        "28 seconds, and 12 are left.*3:12:07",
    ),
    (
        "ZeroGPU quota exceeded",
        "You have exceeded your ZeroGPU runs limit. ",
        "as many answers as your account",
    ),
    ("ZeroGPU quota exceeded", "Space app has reached its GPU limit. Try re-running", "not signed in"),
    ("ZeroGPU quota exceeded", "No GPU was available after 60s. Try re-running", "busy"),
    ("ZeroGPU queue timeout", "No GPU was available after 60s. Retry later", "busy"),
    ("ZeroGPU pending credits exceeded", "You have too many ZeroGPU credits allocated", "busy"),
    ("ZeroGPU client error", "Expired ZeroGPU proxy token", "busy"),
    (
        "ZeroGPU illegal duration",
        "The requested GPU duration (180s) is larger",
        "more GPU time than a visitor",
    ),
    ("ZeroGPU worker error", "OutOfMemoryError", "ran out of memory"),
    ("ZeroGPU worker error", "GPU task aborted", "taken away"),
]


def test_refusals_are_one_sentence_each():
    """Guards against the words of the hub, or "unexpected error", for what a visitor can wait for."""
    for title, message, words in REFUSALS:
        refusal = refusal_of(GpuError(title, message))
        assert refusal is not None, message
        with pytest.raises(ChatError, match=words):
            raise refusal
        assert "\n" not in str(refusal) and str(refusal).endswith(".")
    assert str(refusal_of(RuntimeError("ZeroGPU API /schedule error: 502 (Bad Gateway)"))).startswith(
        "All GPUs"
    )


def test_other_errors_stay_what_they_are(gpu):
    assert refusal_of(RuntimeError("Unexpected end of stream")) is None
    engine = engine_of(gpu, ScriptedModel([ord("a"), ValueError("a defect")]))
    with pytest.raises(GpuError) as caught:
        list(engine.generate(1, engine.encode(face()), PROMPT, max_new_tokens=9))
    assert caught.value.message == "ValueError"


def test_a_refusal_loses_nothing(gpu):
    """Guards against a conversation that a spent quota damages, or a question that cannot be asked again."""
    session = ChatSession(engine_of(gpu, ScriptedModel("yes", "no")), face())
    read(session.ask("one?"))
    gpu.refusals.append(GpuError(*REFUSALS[0][:2]))
    with pytest.raises(ChatError, match="GPU time"):
        read(session.ask("two?"))
    assert [turn.question for turn in session.turns] == ["one?"]
    assert read(session.ask("two?")) == "no"


def test_the_reserved_time_grows_with_the_room():
    call = {room: SimpleNamespace(room=room) for room in (1, 320, 1000)}
    short, usual, long = (zero_gpu.seconds(each) for each in call.values())
    assert short < usual < long
    assert usual <= 30 and long <= 120


def test_refuses_a_model_that_reads_faces():
    model = TinyModel()
    model.config.reading, model.config.title = "measured", "EmoLA-Nano"
    with pytest.raises(CheckpointError, match="EMOLA_MODEL"):
        zero_gpu.ZeroGpuEngine(model, PROCESSOR, lambda call: iter(()))
