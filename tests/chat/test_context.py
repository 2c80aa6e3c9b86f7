"""Room for an answer within the context length."""

import pytest

from emola.chat.context import answer_room
from emola.errors import ChatError


def test_the_context_length_limits_an_answer():
    assert answer_room(prompt_tokens=90, context=100, max_new_tokens=20) == 10
    assert answer_room(prompt_tokens=90, context=100, max_new_tokens=5) == 5


@pytest.mark.parametrize(("at_least", "prompt"), [(1, 100), (20, 81)])
def test_a_prompt_without_room_is_rejected_with_both_counts(at_least, prompt):
    message = (
        f"its prompt takes {prompt} tokens, and this model has room for {100 - at_least}; ask a shorter one"
    )
    with pytest.raises(ChatError, match=message):
        answer_room(prompt, 100, 50, at_least=at_least)
    assert answer_room(prompt - 1, 100, 50, at_least=at_least) == at_least
