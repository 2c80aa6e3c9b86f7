"""ROUGE-L as FABA-Bench counts it: sentence by sentence, over sets of words.

The published figures are the ``f`` of the PyPI package ``rouge`` 1.0.1. That package has had no release
since 2021 and recurses once for each word, so that a long sentence is an error in it; ``rouge-score``
cuts words otherwise and counts repeated ones, and gives other figures. This is the same definition,
without recursion. What makes it differ from the textbook: words keep their case and punctuation,
sentences end at every full stop, and a word counts once however often it stands in a text.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["rouge_l"]

_EPSILON = 1e-8  # in the published F value, against a division by zero


def rouge_l(reference: str, prediction: str) -> float | None:
    """The F value of the words that ``prediction`` shares in order with ``reference``, from 0 to 1.

    None when either has no words at all: the published scorer leaves such a sample out of its mean.
    """
    said, wanted = _sentences(prediction), _sentences(reference)
    if not said or not wanted:
        return None
    shared: set[str] = set()
    for sentence in wanted:
        for other in said:
            shared.update(_longest_common(sentence, other))
    precision = len(shared) / len({word for sentence in said for word in sentence})
    recall = len(shared) / len({word for sentence in wanted for word in sentence})
    return 2.0 * precision * recall / (precision + recall + _EPSILON)


def _sentences(text: str) -> list[list[str]]:
    """The words of each piece between full stops; a piece of white space alone is one empty word."""
    return [" ".join(piece.split()).split(" ") for piece in text.split(".") if piece]


def _longest_common(one: Sequence[str], other: Sequence[str]) -> list[str]:
    """A longest sequence of words that both hold in order; of several, the one the published code takes."""
    lengths = [[0] * (len(other) + 1)]
    for word in one:
        above, row = lengths[-1], [0]
        for j, candidate in enumerate(other):
            row.append(above[j] + 1 if word == candidate else max(above[j + 1], row[j]))
        lengths.append(row)
    common = []
    i, j = len(one), len(other)
    while i and j:
        if one[i - 1] == other[j - 1]:
            i, j = i - 1, j - 1
            common.append(one[i])
        elif lengths[i - 1][j] > lengths[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return common
