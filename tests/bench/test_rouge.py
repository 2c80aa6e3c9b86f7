"""ROUGE-L against the package that the published scorer uses."""

import json
from pathlib import Path

import pytest

from emola.bench import rouge_l

SCORING = Path(__file__).parents[1] / "fixtures/scoring"


@pytest.mark.parametrize("task", ["emotion", "au"])
def test_matches_the_published_scorer(task):
    samples = json.loads((SCORING / f"{task}.json").read_text("utf-8"))["samples"]
    for sample in samples:
        value = rouge_l(sample["reference"], sample["prediction"])
        assert value == pytest.approx(sample["expected_rouge_l"], abs=1e-9, rel=0)


def test_matches_the_package_on_edge_cases():
    """Empty texts, repeated words, and full stops and line ends in every position."""
    pairs = json.loads((SCORING / "rouge_l.json").read_text("utf-8"))["pairs"]
    assert any(pair["rouge_l"] is None for pair in pairs)
    for pair in pairs:
        value = rouge_l(pair["reference"], pair["prediction"])
        if pair["rouge_l"] is None:
            assert value is None
        else:
            assert value == pytest.approx(pair["rouge_l"], abs=1e-9, rel=0)


def test_matches_values_computed_by_hand():
    # "the" and "lips" are shared in order; three different words each: P = R = 2/3.
    assert rouge_l("the lips part", "the red lips") == pytest.approx(2 / 3, abs=1e-7)
    assert rouge_l("the lips part", "lips the") == pytest.approx(
        2 * (1 / 2 * 1 / 3) / (1 / 2 + 1 / 3), abs=1e-7
    )
    assert rouge_l("a", "b") == 0
    assert rouge_l("a", "") is rouge_l("...", "a") is None


def test_scores_thousands_of_words_without_recursion():
    """The package recurses once per word and exceeds the recursion limit here."""
    words = " ".join(str(i) for i in range(2000))
    assert rouge_l(words, "0") == pytest.approx(2 / 2001, abs=1e-6)
