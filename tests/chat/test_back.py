"""Clearing, bringing back and restoring the turns of a conversation."""

from __future__ import annotations

import pytest
from scripted_model import IMAGE_TOKENS, chat_of, prompt_of, read

from emola.chat import ChatSession, Turn, TurnSettings
from emola.errors import ChatError


def three_turns(*more: str) -> tuple[ChatSession, list[Turn]]:
    chat, _ = chat_of("one", "two", "three", *more)
    for question in "qrs":
        read(chat.ask(question))
    return chat, list(chat.turns)


def test_clear_removes_all_turns_and_frees_the_cache() -> None:
    chat, _ = three_turns("four")
    chat.clear()
    assert chat.turns == () and len(chat._engine.decoder.caches) == 0
    assert read(chat.ask("t")) == "four"
    assert not chat.can_go_back


def test_back_brings_cleared_turns_back() -> None:
    chat, turns = three_turns("four")
    chat.clear()
    chat.clear()
    assert chat.can_go_back
    chat.back()
    assert list(chat.turns) == turns
    assert read(chat.ask("t")) == "four"
    assert prompt_of(chat._engine.model).count("u") == 4


@pytest.mark.parametrize("change", ["undo", "retry", "edit"])
def test_back_reverts_the_last_change(change: str) -> None:
    """Guards against losing the better of two answers."""
    chat, turns = three_turns("four")
    if change == "undo":
        chat.undo()
    else:
        read(chat.retry() if change == "retry" else chat.edit("t"))
    changed = chat.turns
    chat.back()
    assert list(chat.turns) == turns
    chat.back()
    assert chat.turns == changed


def test_a_new_question_forgets_removed_turns() -> None:
    chat, _ = three_turns("four")
    chat.undo()
    read(chat.ask("t"))
    assert not chat.can_go_back
    with pytest.raises(ChatError, match="nothing to bring back"):
        chat.back()


def test_a_stopped_retry_without_text_removes_nothing() -> None:
    chat, turns = three_turns("four")
    chat._engine.model.on_step = chat.stop
    read(chat.retry())
    assert list(chat.turns) == turns and not chat.can_go_back


def test_clear_discards_the_answer_in_progress() -> None:
    chat, _ = chat_of("abcdef", "new")
    pieces = chat.ask("q")
    next(pieces)
    chat.clear()
    assert read(pieces) == "" and chat.turns == ()
    assert len(chat._engine.decoder.caches) == 0
    assert read(chat.ask("r")) == "new"


def test_back_and_restore_wait_for_the_answer() -> None:
    chat, turns = three_turns("four")
    chat.undo()
    pieces = chat.ask("t")
    next(pieces)
    for attempt in (chat.back, lambda: chat.restore(turns)):
        with pytest.raises(ChatError, match="still being written"):
            attempt()


def test_removed_turns_are_counted_and_end_with_the_conversation() -> None:
    """Guards against cleared text that is held but not listed."""
    chat, _ = three_turns()
    held = chat.holdings()["conversations"]
    assert held == len("qone" + "rtwo" + "sthree")
    chat.clear()
    assert chat.holdings()["conversations"] == held
    chat.close()
    assert chat.holdings()["conversations"] == 0
    with pytest.raises(ChatError, match="closed"):
        chat.back()


def test_a_restored_conversation_continues() -> None:
    """Guards against restored turns that are shown and not in the prompt."""
    _, turns = three_turns()
    chat, model = chat_of("next")
    chat.restore(turns)
    assert list(chat.turns) == turns
    assert read(chat.ask("t")) == "next"
    assert prompt_of(model) == f"u{'I' * IMAGE_TOKENS}q.aone.ur.atwo.us.athree.ut.a"
    assert len(chat.turns) == 4


def test_an_adapter_of_another_model_is_ignored() -> None:
    """Guards against activating an adapter that an imported turn names."""
    chat, _ = chat_of("next")
    chat._engine.adapters = ("au", "emotion")
    assert chat._engine.adapter_for("Why?", None, "gone") == "au"
    chat.restore([Turn("q", "a", settings=TurnSettings(adapter="emotion"))])
    assert chat._engine.adapter_for("Why?", None, chat.turns[0].adapter) == "emotion"


def test_rejects_a_turn_that_omits_more_turns_than_there_are() -> None:
    """Guards against a prompt that cannot be planned."""
    chat, _ = chat_of("next")
    with pytest.raises(ChatError, match=r"Turn 2 cannot omit 2 earlier turns; there are 1 before it"):
        chat.restore([Turn("q", "a"), Turn("r", "b", dropped=2)])
    assert chat.turns == ()


def test_a_long_restored_conversation_is_tokenised_a_few_times() -> None:
    """Guards against minutes of work for one question about an imported conversation."""
    chat, model = chat_of("ok", "ok", max_context=200, max_new_tokens=20)
    chat.restore([Turn("q" * 20, "a" * 20)] * 150)
    tokenize, calls = chat._engine.tokenize, []
    chat._engine.tokenize = lambda messages: calls.append(1) or tokenize(messages)
    read(chat.ask("r"))
    assert len(calls) <= 10
    dropped = chat.turns[-1].dropped
    kept, each = 150 - dropped, len("u" + "q" * 20 + "." + "a" + "a" * 20 + ".")
    assert kept > 0 and len(prompt_of(model)) <= 180 < len(prompt_of(model)) + each
    calls.clear()
    read(chat.ask("s"))
    assert len(calls) <= 6
