"""ROUGE-L as FABA-Bench computes it: by sentence, over sets of words.

The published figures are the ``f`` of the PyPI package ``rouge`` 1.0.1, which has had no release since 2021
and exceeds the recursion limit on long sentences; ``rouge-score`` tokenises differently and counts repeated
words. This is the definition of ``rouge`` without recursion. It differs from the textbook: words keep case
and punctuation, sentences end at every full stop, and a repeated word counts once.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["rouge_l"]

_EPSILON = 1e-8  # added to the denominator of the published F value


def rouge_l(reference: str, prediction: str) -> float | None:
    """Return the F value of the longest common subsequences of words, from 0 to 1.

    None if either text has no words; the published scorer leaves such a sample out of its mean.
    """
    predicted, expected = _sentences(prediction), _sentences(reference)
    if not predicted or not expected:
        return None
    shared: set[str] = set()
    for sentence in expected:
        for candidate in predicted:
            shared.update(_longest_common(sentence, candidate))
    precision = len(shared) / len({word for sentence in predicted for word in sentence})
    recall = len(shared) / len({word for sentence in expected for word in sentence})
    return 2.0 * precision * recall / (precision + recall + _EPSILON)


def _sentences(text: str) -> list[list[str]]:
    """Split a text at full stops into lists of words; white space alone is one empty word."""
    return [" ".join(piece.split()).split(" ") for piece in text.split(".") if piece]


def _longest_common(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Return a longest common subsequence; ties are broken as in the published code."""
    lengths = [[0] * (len(second) + 1)]
    for word in first:
        above, row = lengths[-1], [0]
        for j, candidate in enumerate(second):
            row.append(above[j] + 1 if word == candidate else max(above[j + 1], row[j]))
        lengths.append(row)
    common = []
    i, j = len(first), len(second)
    while i and j:
        if first[i - 1] == second[j - 1]:
            i, j = i - 1, j - 1
            common.append(first[i])
        elif lengths[i - 1][j] > lengths[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return common
