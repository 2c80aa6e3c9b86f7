"""The processor without stop tokens."""

from __future__ import annotations

import pytest
import tiny_models as tiny

from benchmarks.endless import EndlessProcessor
from emola.chat import Engine
from emola.faba.messages import chat_messages


def test_answers_have_the_wanted_length() -> None:
    """Guards against speeds over fewer tokens than are reported."""
    model, processor = tiny.chat_parts()
    assert processor.stop_token_ids
    processor = EndlessProcessor(processor)
    engine = Engine(model, processor)
    prompt = engine.tokenize(chat_messages((), "Why?"))
    for length in (1, 40):
        owner = engine.new_owner()
        assert (
            len([*engine.generate(owner, engine.encode(tiny.face()), prompt, max_new_tokens=length)])
            == length
        )


def test_everything_else_is_that_of_the_processor() -> None:
    _, processor = tiny.chat_parts()
    endless = EndlessProcessor(processor)
    assert endless.image_token_id == processor.image_token_id
    assert getattr(endless, "absent", None) is None
    with pytest.raises(AttributeError):
        endless.absent  # noqa: B018
