"""Metrics of lists short enough to check by hand."""

import pytest

from emola.bench.metrics import (
    UnitScore,
    accuracy,
    class_recalls,
    confusion,
    macro_f1,
    mean_accuracy,
    mean_f1,
    unit_scores,
)

LABELS = ["anger", "anger", "anger", "fear", "neutral"]
NAMED = ["anger", "anger", "fear", "fear", None]


def test_emotion_metrics():
    assert accuracy(LABELS, NAMED) == 3 / 5
    assert class_recalls(LABELS, NAMED) == {"anger": 2 / 3, "fear": 1.0, "neutral": 0.0}
    # anger: 2 hits, 1 miss. fear: 1 hit, 1 false alarm. neutral: never named.
    assert macro_f1(LABELS, NAMED) == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    assert confusion(LABELS, NAMED) == {
        ("anger", "anger"): 2,
        ("anger", "fear"): 1,
        ("fear", "fear"): 1,
        ("neutral", None): 1,
    }


def test_averages_over_emotions_that_occur_in_labels():
    """A wrong prediction already lowers the recall; as a class of its own it would count twice."""
    assert macro_f1(["anger", "anger"], ["anger", "disgust"]) == pytest.approx(2 / 3)
    assert class_recalls(["anger", "anger"], ["anger", "disgust"]) == {"anger": 0.5}


def test_action_unit_metrics():
    labels = [{1, 2}, {1}, set(), {12}]
    named = [[1], [1, 12], [1], []]
    scores = unit_scores(labels, named, [1, 2, 12, 25])
    assert scores[1] == UnitScore(pytest.approx(4 / 5), 2, 3 / 4)  # two hits, one false alarm
    assert scores[2] == UnitScore(0.0, 1, 3 / 4)
    assert scores[12] == UnitScore(0.0, 1, 2 / 4)
    assert scores[25] == UnitScore(None, 0, None)
    assert mean_f1(scores) == pytest.approx((4 / 5 + 0 + 0) / 3)
    assert mean_accuracy(scores) == pytest.approx((3 / 4 + 3 / 4 + 2 / 4) / 3)
    assert mean_f1({25: scores[25]}) is None
    assert mean_accuracy({25: scores[25]}) is None


def test_excludes_uncoded_units():
    labels, named = [{1}, set(), set()], [[1], [1], []]
    assert unit_scores(labels, named, [1], [(), (1,), ()])[1] == UnitScore(1.0, 1, 1.0)
    assert unit_scores(labels, named, [1], [(), (2,), ()])[1].f1 == pytest.approx(2 / 3)


def test_rejects_lists_of_different_lengths():
    for figure in (accuracy, class_recalls, macro_f1):
        with pytest.raises(ValueError, match=r"shorter|longer"):
            figure(["anger", "fear"], ["anger"])
