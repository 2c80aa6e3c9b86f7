"""Measuring: answers to one question per labelled face, read as text and scored.

No model is loaded here: whoever measures passes in a function that answers.
"""

from emola.bench.metrics import UnitScore, accuracy, class_recalls, macro_f1, mean_f1, unit_scores
from emola.bench.report import make_report
from emola.bench.runner import Answer, Outcome, Run, answer_all

__all__ = [
    "Answer",
    "Outcome",
    "Run",
    "UnitScore",
    "accuracy",
    "answer_all",
    "class_recalls",
    "macro_f1",
    "make_report",
    "mean_f1",
    "unit_scores",
]
