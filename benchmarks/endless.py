"""Answers of a wanted length: a processor whose model never ends an answer by itself."""

from __future__ import annotations

from typing import Any

__all__ = ["EndlessProcessor"]


class EndlessProcessor:
    """A processor without stop tokens; everything else is that of the given one.

    Random weights would stop at any token, and speeds are compared over the same number of tokens.
    """

    stop_token_ids: frozenset[int] = frozenset()

    def __init__(self, processor: Any) -> None:
        self._processor = processor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._processor, name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Return the model inputs, as the processor does."""
        return self._processor(*arguments, **options)
