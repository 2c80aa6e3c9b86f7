"""Grammar of the phrases: choices in templates, sentences, lists and articles."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_START = re.compile(r"(^|[.!?]\s+|\n(?:- |\d+\. )?)([a-z])")


def choose(rng: random.Random, template: str) -> str:
    """Make every choice ``[this|that]`` of a template, the innermost first; slots stay."""
    while "[" in template:
        template = _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), template)
    return template


def as_sentences(text: str) -> str:
    """Capitalise the start of each sentence; remove doubled spaces and full stops."""
    text = re.sub(r" {2,}", " ", text).replace(" .", ".").replace("..", ".").strip()
    return _START.sub(lambda match: match.group(1) + match.group(2).upper(), text)


def listed(items: Sequence[str], word: str = "and") -> str:
    """Join items: "a", "a and b", "a, b and c"."""
    return f"{', '.join(items[:-1])} {word} {items[-1]}" if len(items) > 1 else "".join(items)


def with_article(words: str) -> str:
    """Put the indefinite article before ``words``: "a happy face", "an angry face"."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
