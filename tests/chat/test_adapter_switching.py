"""Adapter switching between and within conversations, with a tiny EmoLA model."""

import shutil
import threading

import pytest
import tiny_models as tiny

from emola.chat import ChatSession, Engine
from emola.errors import ChatError
from emola.faba.messages import chat_messages
from emola.model import load_checkpoint

FACE = tiny.face()
LENGTH = 12
ADAPTERS = {"Which AUs?": "au", "Which emotion?": "emotion", "Why?": "emotion", "And AU4?": "au"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.save_checkpoint(tmp_path_factory.mktemp("two"), tiny.clip_config(), ("au", "emotion"))


@pytest.fixture(scope="module")
def engine(folder):
    return Engine(*load_checkpoint(folder, device="cpu"))


@pytest.fixture(scope="module")
def single_engines(folder, tmp_path_factory):
    """Return an engine per adapter, each loaded without the other adapter and without prefix caching."""
    engines = {}
    for name, other in (("au", "emotion"), ("emotion", "au")):
        copy = tmp_path_factory.mktemp(name) / "checkpoint"
        shutil.copytree(folder, copy)
        shutil.rmtree(copy / "adapters" / other)
        engines[name] = Engine(*load_checkpoint(copy, device="cpu"), cache_bytes=0)
    return engines


def prompt_of(engine, history, question):
    """Return the token ids of a question after these turns."""
    return engine.tokenize(chat_messages([(turn.question, turn.answer) for turn in history], question))


def expected(engine, history, question):
    """Return the answer of an engine to a question after these turns."""
    prompt = prompt_of(engine, history, question)
    tokens = list(engine.generate(1, engine.encode(FACE), prompt, max_new_tokens=LENGTH))
    return engine.decode(tokens).rstrip("\ufffd")


def test_each_turn_equals_the_answer_of_its_adapter_alone(engine, single_engines):
    """Projectors and LoRA switch together, and the cache of the other adapter is not reused."""
    chat = ChatSession(engine, FACE, max_new_tokens=LENGTH)
    for question, adapter in ADAPTERS.items():
        history = chat.turns
        "".join(chat.ask(question))
        assert chat.turns[-1].adapter == adapter
        assert chat.turns[-1].answer == expected(single_engines[adapter], history, question)
        other = single_engines["emotion" if adapter == "au" else "au"]
        assert chat.turns[-1].answer != expected(other, history, question)


def test_only_a_change_of_adapter_recomputes_the_prompt(engine, monkeypatch):
    fed = []
    embed = engine.model.embed
    monkeypatch.setattr(
        engine.model, "embed", lambda ids, image: fed.append(ids.numel()) or embed(ids, image)
    )
    chat = ChatSession(engine, FACE, max_new_tokens=4)
    counts = []
    for question in ("Which AUs?", "Is AU4 there?", "Which emotion?", "Why?"):
        fed.clear()
        "".join(chat.ask(question))
        counts.append((fed[0], len(prompt_of(engine, chat.turns[:-1], question))))
    for index, (fed_tokens, prompt_tokens) in enumerate(counts):
        if index in (0, 2):
            assert fed_tokens == prompt_tokens, "a new adapter recomputes the prompt"
        else:
            assert fed_tokens < prompt_tokens / 2, "the same adapter reuses the prefix"
    assert len(counts) == 4


def test_conversations_use_different_adapters_at_once(engine, single_engines):
    """Guards against a change of adapter between two tokens of an answer."""
    results, start = {}, threading.Barrier(4)

    def talk(number, adapter, question):
        chat = ChatSession(engine, FACE, max_new_tokens=LENGTH, adapter=adapter)
        start.wait()
        results[number] = adapter, question, "".join(chat.ask(question))

    conversations = [
        (0, "au", "Why?"),
        (1, "emotion", "Why?"),
        (2, "au", "Go on."),
        (3, "emotion", "Which AUs?"),
    ]
    threads = [threading.Thread(target=talk, args=arguments) for arguments in conversations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    for adapter, question, answer in results.values():
        assert answer == expected(single_engines[adapter], (), question)
    assert results[0][2] != results[1][2]


def test_the_adapter_of_a_conversation_overrides_the_default(engine, monkeypatch):
    chat, other = (ChatSession(engine, FACE, max_new_tokens=2) for _ in range(2))
    monkeypatch.setattr(engine, "default_adapter", "emotion")
    "".join(chat.ask("Which AUs?"))
    chat.configure(adapter="au")
    "".join(chat.ask("Which emotion?"))
    chat.configure()
    "".join(chat.ask("Which AUs?"))
    "".join(other.ask("Which AUs?"))
    assert [turn.adapter for turn in chat.turns] == ["emotion", "au", "emotion"]
    assert other.turns[0].adapter == "emotion"
    with pytest.raises(ChatError, match="no adapter 'age'"):
        chat.configure(adapter="age")
    with pytest.raises(ChatError, match="no adapter 'age'"):
        ChatSession(engine, FACE, adapter="age")


def test_retry_and_edit_select_the_adapter_by_their_question(engine):
    chat = ChatSession(engine, FACE, max_new_tokens=LENGTH)
    "".join(chat.ask("Which AUs?"))
    "".join(chat.retry())
    assert [turn.adapter for turn in chat.turns] == ["au"]
    "".join(chat.edit("Which emotion?"))
    assert [turn.adapter for turn in chat.turns] == ["emotion"]


def test_a_merged_adapter_keeps_its_name(single_engines):
    engine = single_engines["emotion"]
    assert engine.adapters == ("emotion",)
    chat = ChatSession(engine, FACE, max_new_tokens=2, adapter="emotion")
    "".join(chat.ask("Which AUs?"))
    assert chat.turns[0].adapter == "emotion"
