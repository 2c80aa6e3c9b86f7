"""Options of a conversation: settings, seeds, duration, and answers that can be reproduced."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from scripted_model import ByteProcessor, ScriptedModel, TinyModel, face, read

from benchmarks.endless import EndlessProcessor
from emola.chat import ChatSession, Engine, TurnSettings
from emola.errors import ChatError


def random_chat(**options: Any) -> ChatSession:
    """Return a conversation with a model whose tokens are almost equally likely.

    Only the length limit ends an answer: one that is empty by chance would not replace the turn.
    """
    model = TinyModel()
    model.llama.lm_head.weight.data.mul_(0.01)
    return ChatSession(
        Engine(model, EndlessProcessor(ByteProcessor())), face(), **{"max_new_tokens": 12, **options}
    )


def replayed(settings: TurnSettings) -> str:
    """Return the answer of a new conversation with these settings."""
    chat = random_chat()
    chat.configure(
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_new_tokens=settings.max_new_tokens,
        seed=settings.seed,
        adapter=settings.adapter,
        prior=settings.prior,
    )
    return read(chat.ask("q"))


def test_a_greedy_answer_has_no_seed() -> None:
    chat = random_chat(seed=3)
    read(chat.ask("q"))
    assert chat.turns[0].settings == TurnSettings(max_new_tokens=12)
    assert chat.turns[0].settings.seed is None


def test_a_sampled_answer_can_be_reproduced_from_its_settings() -> None:
    """Guards against a random seed that is drawn and not recorded."""
    chat = random_chat()
    chat.configure(temperature=0.9, top_p=0.8, max_new_tokens=9)
    read(chat.ask("q"))
    (turn,) = chat.turns
    assert turn.settings.temperature == 0.9 and turn.settings.top_p == 0.8
    assert turn.settings.max_new_tokens == 9 and turn.settings.seed is not None
    assert replayed(turn.settings) == turn.answer


def test_each_retry_takes_another_seed_and_can_be_reproduced() -> None:
    chat = random_chat()
    answers, seeds = [read(chat.ask("q"))], []
    for _ in range(3):
        answers.append(read(chat.retry()))
        settings = chat.turns[0].settings
        assert settings.temperature > 0 and replayed(settings) == answers[-1]
        seeds.append(settings.seed)
    assert len(set(answers)) == 4
    assert None not in seeds and len(set(seeds)) == 3


def test_retries_count_up_from_a_chosen_seed() -> None:
    """Guards against retries that cannot be repeated although the user chose a seed."""
    chat = random_chat(temperature=1.0, seed=7)
    read(chat.ask("q"))
    seeds = [chat.turns[0].settings.seed]
    for _ in range(3):
        read(chat.retry())
        seeds.append(chat.turns[0].settings.seed)
    chat.configure(seed=40)
    read(chat.retry())
    seeds.append(chat.turns[0].settings.seed)
    read(chat.edit("r"))
    seeds.append(chat.turns[0].settings.seed)
    assert seeds == [7, 8, 9, 10, 40, 40]


def test_a_retry_never_repeats_the_seed_of_the_last_answer() -> None:
    """Guards against repeating an imported answer, whose seed is the chosen one."""
    chat = random_chat(temperature=1.0, seed=2**63 - 1)
    read(chat.ask("q"))
    imported = random_chat(temperature=1.0, seed=2**63 - 1)
    imported.restore(chat.turns)
    read(imported.retry())
    assert imported.turns[0].settings.seed == 0


def test_options_return_to_those_of_the_constructor() -> None:
    """Guards against a closed drawer whose settings stay."""
    chat = random_chat(temperature=0.5, seed=1, max_new_tokens=5)
    chat.configure(temperature=0.0, top_p=0.5, max_new_tokens=3, seed=9, prior=False)
    read(chat.ask("q"))
    chat.configure()
    read(chat.ask("r"))
    assert [turn.settings for turn in chat.turns] == [
        TurnSettings(top_p=0.5, max_new_tokens=3, prior=False),
        TurnSettings(temperature=0.5, seed=1, max_new_tokens=5),
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"top_p": 0.0},
        {"max_new_tokens": 0},
        {"max_new_tokens": 2.5},
        {"seed": -1},
        {"adapter": "age"},
    ],
)
def test_an_invalid_option_changes_nothing(options: dict[str, Any]) -> None:
    chat = random_chat()
    with pytest.raises(ChatError):
        chat.configure(**{"temperature": 0.7, **options})
    read(chat.ask("q"))
    assert chat.turns[0].settings == TurnSettings(max_new_tokens=12)


def test_options_do_not_change_an_answer_in_progress() -> None:
    chat = random_chat(max_new_tokens=6)
    pieces = chat.ask("q")
    chat.configure(max_new_tokens=2, temperature=1.0)
    read(pieces)
    assert chat.turns[0].settings == TurnSettings(max_new_tokens=6)


def test_a_turn_knows_its_duration_and_its_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against counting the reading of the face, and the token that ends the answer."""
    clock = [0.0]
    stop_called = threading.Event()

    def step() -> None:
        if clock[0] == 7 + 4 + 2:  # after "Happy.", "yes" and "ab"
            stop_called.wait(60)  # the model's thread would compute ahead of the reader
        clock[0] += 1

    model = ScriptedModel("Happy.", "yes", "abcdef")
    model.on_step = step
    monkeypatch.setattr("emola.chat.answer.time", SimpleNamespace(perf_counter=lambda: clock[0]))
    chat = ChatSession(Engine(model, ByteProcessor(), given=lambda *_: ""), face())
    read(chat.ask("q"))
    for count, _ in enumerate(chat.ask("r"), start=1):
        if count == 2:
            chat.stop()
            stop_called.set()
    whole, stopped = chat.turns
    assert (whole.seconds, whole.tokens) == (4.0, 3)
    assert stopped.tokens == 2 and 2 <= stopped.seconds <= 4  # further tokens may be computed meanwhile
