"""Templates: ``[this|that]`` is a choice, choices nest, and ``{slot}`` is filled after the choices."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import TypeVar

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_START = re.compile(r"(^|[.!?]\s+|\n(?:- |\d+\. )?)([a-z])")
_USUAL_SHARE = 0.92

Option = TypeVar("Option")


def choose(rng: random.Random, template: str) -> str:
    """Make every choice of ``template``; slots stay."""
    while "[" in template:
        template = _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), template)
    return template


def expand(rng: random.Random, template: str, **slots: str) -> str:
    """Make every choice of ``template``, then fill its slots."""
    return choose(rng, template).format(**slots)


def fitting(rng: random.Random, variant: int, options: Sequence[Option]) -> Option:
    """Return option ``variant`` (modulo their number) in 92 % of the draws, else any option.

    Where ``variant`` follows from the face, answers differ from face to face even under greedy decoding.
    """
    return options[variant % len(options)] if rng.random() < _USUAL_SHARE else rng.choice(options)


def sentences(text: str) -> str:
    """Capitalise the start of each sentence; remove doubled spaces and full stops."""
    text = re.sub(r" {2,}", " ", text).replace(" .", ".").replace("..", ".").strip()
    return _START.sub(lambda match: match.group(1) + match.group(2).upper(), text)


def listed(items: Sequence[str], word: str = "and") -> str:
    """Join items: "a", "a and b", "a, b and c"."""
    return f"{', '.join(items[:-1])} {word} {items[-1]}" if len(items) > 1 else "".join(items)


def with_article(words: str) -> str:
    """Put the indefinite article before ``words``: "a happy face", "an angry face"."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
