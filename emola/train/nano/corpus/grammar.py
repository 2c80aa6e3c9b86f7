"""A grammar in strings: ``[this|that]`` is a choice, ``{slot}`` is filled in afterwards."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_START = re.compile(r"(^|[.!?]\s+|\n(?:- |\d+\. )?)([a-z])")


def expand(rng: random.Random, template: str, **slots: str) -> str:
    """Make every choice of ``template`` (choices nest), then fill its slots."""
    while "[" in template:
        template = _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), template)
    return template.format(**slots)


Kind = TypeVar("Kind")


def joined(
    first: Mapping[Kind, tuple[str, ...]], *more: Mapping[Kind, tuple[str, ...]]
) -> dict[Kind, tuple[str, ...]]:
    """The templates of each kind in ``first``, and behind them those that ``more`` have of it."""
    return {
        kind: tuple(template for templates in (first, *more) for template in templates.get(kind, ()))
        for kind in first
    }


Option = TypeVar("Option")


def fitting(rng: random.Random, place: int, options: Sequence[Option]) -> Option:
    """Mostly the option at ``place`` (counted round), else any.

    Where ``place`` goes with something seen in the face, answers differ from face to face even where the
    likeliest word is always taken.
    """
    return options[place % len(options)] if rng.random() < 0.92 else rng.choice(options)


def sentences(text: str) -> str:
    """``text`` with a capital at the start of each sentence and without doubled spaces or full stops."""
    text = re.sub(r" {2,}", " ", text).replace(" .", ".").replace("..", ".").strip()
    return _START.sub(lambda match: match.group(1) + match.group(2).upper(), text)


def listed(items: Sequence[str], word: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return f"{', '.join(items[:-1])} {word} {items[-1]}" if len(items) > 1 else "".join(items)


def with_article(words: str) -> str:
    """ "a happy face", "an angry face"."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
