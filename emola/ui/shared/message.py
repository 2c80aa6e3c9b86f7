"""A text of the pages in English that remembers its key, so that the browser can translate it.

The English texts are in ``assets/i18n/en.json``, by key, and the other languages beside it. A text may hold
placeholders such as ``{name}``. A text that depends on a number has two keys, ``key_one`` and ``key_other``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from emola.files import asset

LANGUAGES = ("en", "de", "es", "zh")
"""The languages of the pages. English is the source, and the fallback of a browser in another language."""


class Message(str):
    """A text in English with the key and the values of its translations.

    It behaves as a ``str`` everywhere: in errors, comparisons, concatenation and JSON.
    """

    key: str
    """Key of the text in the catalogues, without the suffix of its number."""
    values: Mapping[str, str | int | float]
    """Values of its placeholders. "count" chooses between the forms for one and for several."""

    def __new__(cls, text: str, key: str, values: Mapping[str, str | int | float] | None = None) -> Message:
        """Return a message from its finished English text; see :func:`message` for one from the catalogue."""
        self = super().__new__(cls, text)
        self.key, self.values = key, dict(values or {})
        return self

    def __getnewargs__(self) -> tuple[Any, ...]:  # for copy and pickle
        return (str(self), self.key, self.values)


def message(key: str, **values: str | int | float) -> Message:
    """Return the message of a key. Raises KeyError when the catalogue or ``values`` lacks something."""
    texts = catalogue("en")
    form = f"{key}_{'one' if values.get('count') == 1 else 'other'}"
    text = texts[form] if form in texts else texts[key]
    return Message(text.format_map(values), key, values)


def message_of(error: BaseException) -> str:
    """Return the text of an error: its message, if it carries one, which ``str(error)`` would lose."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Message) else str(error)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return the texts of a language by key. Raises KeyError for a language that the pages do not have."""
    if language not in LANGUAGES:
        raise KeyError(language)
    texts: dict[str, str] = json.loads(asset(f"i18n/{language}.json").read_text(encoding="utf-8"))
    return texts
