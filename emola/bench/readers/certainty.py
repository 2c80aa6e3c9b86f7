"""Reader of words of certainty and strength; ``WORDS`` lists them."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["WORDS", "Words", "find_words", "group"]


class Words(NamedTuple):
    """The strong and the weak words of one kind."""

    strong: tuple[str, ...]
    weak: tuple[str, ...]


WORDS = {
    "certainty": Words(
        strong=(
            "clearly", "plainly", "unmistakably", "obviously", "evidently", "definitely", "certainly",
            "undoubtedly", "surely", "no doubt", "without doubt", "i am sure", "quite sure", "very sure",
        ),
        weak=(
            "perhaps", "maybe", "probably", "possibly", "presumably", "could be", "could also be", "might be",
            "may be", "not sure", "not certain", "a close call", "hard to say", "only an impression",
            "does not settle it", "do not settle it",
        ),
    ),
    "strength": Words(
        strong=("strongly", "very strongly", "strong", "intense", "widely", "very widely", "marked"),
        weak=(
            "slightly", "slight", "barely", "faint", "faintly", "weak", "weakly", "a trace", "a hint",
            "mixed", "no more than", "little moves", "subtle",
        ),
    ),
}  # fmt: skip
"""Words of certainty (how well the face fits the label, in EmoLA-Nano's corpus) and of strength (how far the
muscles have moved). A negated word does not count."""

_DENIED = re.compile(
    r"\b(?:no|not|without|never|hardly)(?: a| any| so| very| really)? (?:\w+ )?"
    r"(?:clear|clearly|strong|strongly|marked|intense|plainly|obviously)\b|\bno clear emotion\b",
    re.I,
)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b", re.I)


_PATTERNS = {kind: (_pattern(words.strong), _pattern(words.weak)) for kind, words in WORDS.items()}


def find_words(answer: str, kind: str) -> tuple[list[str], list[str]]:
    """Return the strong and the weak words of a kind in an answer, in lower case, each once."""
    text = re.sub(r"\bnot (?:very |so |quite )?(?:sure|certain)\b", "not sure", answer, flags=re.I)
    text = _DENIED.sub(" ", text)
    strong, weak = _PATTERNS[kind]
    rest = weak.sub(" ", text)
    return _unique(strong, rest), _unique(weak, text)


def _unique(pattern: re.Pattern[str], text: str) -> list[str]:
    return list(dict.fromkeys(match.group().lower() for match in pattern.finditer(text)))


def group(answer: str) -> str:
    """Return "strong", "weak", "both" or "neither", by words of certainty or, without any, of strength."""
    for kind in WORDS:
        strong, weak = find_words(answer, kind)
        if strong or weak:
            return "both" if strong and weak else "strong" if strong else "weak"
    return "neither"
