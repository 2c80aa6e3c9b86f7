"""Messages of expected errors, for tests of many cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def message_of(error: type[Exception], call: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """Return the message of the error that a call raises; empty if it raises none."""
    try:
        call(*arguments, **options)
    except error as raised:
        return str(raised)
    return ""
