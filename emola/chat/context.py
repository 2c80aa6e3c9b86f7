"""The context length of a language model: the limit of prompt and answer together, in tokens."""

from __future__ import annotations

from typing import Any

from emola.errors import ChatError

__all__ = ["answer_room", "context_length"]


def context_length(model: Any) -> int:
    """Return the context length of a model in tokens, from its configuration."""
    return int(model.config.get_text_config().max_position_embeddings)


def answer_room(prompt_tokens: int, context: int, max_new_tokens: int, *, at_least: int = 1) -> int:
    """Return the number of tokens that an answer may take, at most ``max_new_tokens``.

    at_least: the shortest room that the caller accepts, in tokens.

    Raises ChatError when the prompt leaves less room than that.
    """
    room = context - prompt_tokens
    if room < at_least:
        raise ChatError(
            f"The question is too long: its prompt takes {prompt_tokens:,} tokens, and this model has room "
            f"for {context - at_least:,}; ask a shorter one."
        )
    return min(max_new_tokens, room)
