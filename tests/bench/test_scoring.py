"""Scores against the published totals and hand-computed values."""

import json
from pathlib import Path

import pytest

from emola.bench import PUBLISHED, STRICT, Outcome, read_answers, score
from emola.errors import DataError
from emola.faba import FABA_BENCH_AUS

SCORING = Path(__file__).parents[1] / "fixtures/scoring"


def close_to(value):
    return pytest.approx(value, abs=1e-9, rel=0)


def test_published_totals_of_emotions():
    expected = json.loads((SCORING / "emotion.json").read_text("utf-8"))["expected"]
    answers = read_answers(SCORING / "emotion.json", "emotion").outcomes
    figures = score(answers, "emotion", reader=PUBLISHED).figures()
    assert figures["n"] == 60
    assert figures["accuracy"] == close_to(expected["accuracy"])
    assert figures["rouge_l"] == close_to(expected["rouge_l"])
    assert figures["rege"] == close_to(expected["accuracy"] + expected["rouge_l"])


def test_published_totals_of_action_units():
    expected = json.loads((SCORING / "au.json").read_text("utf-8"))["expected"]
    scored = score(read_answers(SCORING / "au.json", "au").outcomes, "au", FABA_BENCH_AUS, PUBLISHED)
    figures = scored.figures()
    assert figures["f1"] == close_to(expected["f1"])
    assert figures["accuracy"] == close_to(expected["accuracy"])
    assert figures["rouge_l"] == close_to(expected["rouge_l"])
    assert figures["rege"] == close_to(expected["f1"] + expected["rouge_l"])
    assert set(figures["per_au"]) == set(expected["per_au"])
    for code, (unit_accuracy, f1) in expected["per_au"].items():
        assert scored.unit_scores[int(code)].accuracy == close_to(unit_accuracy)
        assert figures["per_au"][code]["f1"] == close_to(f1)


def outcomes(*pairs: tuple[str, str]) -> list[Outcome]:
    return [Outcome(str(number), text, label) for number, (label, text) in enumerate(pairs)]


def test_units_with_an_f1_depend_on_the_reader():
    """The published scorer skips units that never vary, but scores units with false positives only."""
    answers = outcomes(("1", "AU1, AU5."), ("1", "AU1."))
    published = score(answers, "au", [1, 2, 5], PUBLISHED).unit_scores
    assert {code: unit.f1 for code, unit in published.items()} == {1: None, 2: None, 5: 0.0}
    strict = score(answers, "au", [1, 2, 5], STRICT).unit_scores
    assert {code: unit.f1 for code, unit in strict.items()} == {1: 1.0, 2: None, 5: None}


def test_scores_units_that_occur_in_labels_by_default():
    scored = score(outcomes(("4, 1", "AU4."), ("", "AU25.")), "au")
    assert scored.codes == (1, 4)
    assert scored.figures()["f1"] == 0.5
    assert scored.reading(1) == ()
    assert score(outcomes(("4", "AU4.")), "au", [4, 9]).figures()["per_au"] == {
        "4": {"f1": 1.0, "support": 1},
        "9": {"f1": None, "support": 0},
    }


def test_rouge_of_an_empty_answer_depends_on_the_reader():
    """The strict reader counts it as 0; the published mean excludes it."""
    answers = [
        Outcome("a", "", "anger", reference="The brows are low."),
        Outcome("b", "Anger. The brows are low.", "anger", reference="Anger. The brows are low."),
    ]
    assert score(answers, "emotion", reader=STRICT).rouge_l == pytest.approx(0.5)
    assert score(answers, "emotion", reader=PUBLISHED).rouge_l == pytest.approx(1)


def test_has_no_rege_without_references():
    figures = score(outcomes(("anger", "Anger.")), "emotion").figures()
    assert (figures["accuracy"], figures["rouge_l"], figures["rege"]) == (1.0, None, None)


def test_figures_have_fixed_keys():
    keys = "n accuracy class_mean f1 per_au rouge_l rege no_face samples_per_second".split()
    for task, label in (("emotion", "anger"), ("au", "4")):
        assert list(score(outcomes((label, "Anger, AU4.")), task).figures()) == keys


def test_rejects_an_empty_list():
    with pytest.raises(DataError, match="'au'"):
        score([], "au")
