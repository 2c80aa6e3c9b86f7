"""Benchmarks: answers about labelled faces, read as text and scored.

No model is loaded here: the answers come from an :class:`Answerer`. ``emola.bench.trust`` measures whether
the answers can be trusted.
"""

from emola.bench.answer_files import Answers, read_answers
from emola.bench.answer_log import answered_ids
from emola.bench.readers import PUBLISHED, READERS, STRICT, Reader
from emola.bench.rouge import rouge_l
from emola.bench.runner import ALONE, Answer, Answered, Answerer, Team, answer_all
from emola.bench.runs import Outcome, Run
from emola.bench.scoring import Scored, score

__all__ = [
    "ALONE",
    "PUBLISHED",
    "READERS",
    "STRICT",
    "Answer",
    "Answered",
    "Answerer",
    "Answers",
    "Outcome",
    "Reader",
    "Run",
    "Scored",
    "Team",
    "answer_all",
    "answered_ids",
    "read_answers",
    "rouge_l",
    "score",
]
