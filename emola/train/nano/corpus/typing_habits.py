"""Typing habits: small letters, missing question marks, remarks, abbreviations, typing errors."""

from __future__ import annotations

import random
import re

from emola.train.nano.corpus.grammar import choose

_OPENERS = (
    "[be honest|honestly|just curious|quick question|one more thing|tell me|question|out of interest"
    "|if you had to say|in your view|for a friend|just between us|ok so|hey|so|um|hi there|now then|hmm]"
    "[, |: |, ]"
)
_CLOSERS = "[ pls| please| thx| lol|, thanks|?| tho|, if you can|, just asking]"
_CHAT = {"you": "u", "are": "r", "please": "pls", "and": "&", "what": "wat", "your": "ur", "though": "tho"}


def typed(rng: random.Random, question: str) -> str:
    """Return ``question`` as it might be typed: sometimes without capitals or question mark, or misspelt."""
    question = re.sub(r" +(?=[ ?!.])", "", question)
    if question.endswith("?") and rng.random() < 0.12:
        question = _wrapped(rng, question)
    chance = rng.random()
    if chance < 0.12 and not question.startswith("AU"):
        question = question[0].lower() + question[1:]
    elif chance < 0.2:
        question = question.lower()
    if rng.random() < 0.15:
        question = question.rstrip("?.! ")
    if rng.random() < 0.06:
        question = _misspelt(rng, question)
    return question[0].upper() + question[1:] if chance >= 0.2 and rng.random() < 0.85 else question


def _wrapped(rng: random.Random, question: str) -> str:
    """Put a remark before or after a question, or abbreviate words as in a chat."""
    chance = rng.random()
    if chance < 0.5:
        first = question if re.match(r"AU|I\b|[A-Z]{2}", question) else question[0].lower() + question[1:]
        return choose(rng, _OPENERS) + first
    if chance < 0.75:
        return question.rstrip("?") + choose(rng, _CLOSERS)
    return re.sub(r"[a-z]+", lambda word: _CHAT.get(word.group(), word.group()), question)


def _misspelt(rng: random.Random, question: str) -> str:
    """Swap, drop or double a letter in one longer word; codes stay as they are."""
    words = list(re.finditer(r"[A-Za-z]{5,}", question))
    if not words:
        return question
    start, end = rng.choice(words).span()
    index = rng.randrange(start + 1, end - 2)
    letter, following = question[index], question[index + 1]
    error = rng.choice((following + letter, following, letter * 2 + following))
    return question[:index] + error + question[index + 2 :]
