"""How surely an answer speaks, by the words it uses; every word that counts stands in ``WORDS``."""

from __future__ import annotations

import re
from typing import NamedTuple


class Words(NamedTuple):
    """Words of one kind that tell surely or unsurely."""

    strong: tuple[str, ...]
    weak: tuple[str, ...]


WORDS = {
    "sureness": Words(
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
"""Words of sureness (in the corpus: how well what the face does fits its label) and of strength (how far its
muscles have moved). A word that is denied counts for nothing."""

_DENIED = re.compile(
    r"\b(?:no|not|without|never|hardly)(?: a| any| so| very| really)? (?:\w+ )?"
    r"(?:clear|clearly|strong|strongly|marked|intense|plainly|obviously)\b|\bno clear emotion\b",
    re.I,
)


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b", re.I)


_PATTERNS = {kind: (_pattern(words.strong), _pattern(words.weak)) for kind, words in WORDS.items()}


def found(answer: str, kind: str) -> tuple[list[str], list[str]]:
    """The strong and the weak words of a kind in an answer, in small letters, each once."""
    text = _DENIED.sub(
        " ", re.sub(r"\bnot (?:very |so |quite )?(?:sure|certain)\b", "not sure", answer, flags=re.I)
    )
    strong, weak = _PATTERNS[kind]
    weak_ones = dict.fromkeys(match.group().lower() for match in weak.finditer(text))
    rest = weak.sub(" ", text)
    return list(dict.fromkeys(match.group().lower() for match in strong.finditer(rest))), list(weak_ones)


def group(answer: str) -> str:
    """ "strong", "weak", "both" or "neither": by words of sureness if there are any, else of strength."""
    for kind in WORDS:
        strong, weak = found(answer, kind)
        if strong or weak:
            return "both" if strong and weak else "strong" if strong else "weak"
    return "neither"
