"""Benchmarks: answers about labelled faces, read as text and scored.

No model is loaded here: the answers come from an :class:`Answerer`. ``emola.bench.trust`` measures whether
the answers can be trusted.
"""

from emola.bench.answer_files import Answers, read_answers
from emola.bench.answer_log import answered_ids
from emola.bench.readers import PUBLISHED, READERS, STRICT, Reader
from emola.bench.rouge import rouge_l
from emola.bench.runner import SINGLE_PROCESS, Answer, Answerer, ProcessGroup, RunResult, answer_all
from emola.bench.runs import Outcome, Run
from emola.bench.scoring import Scored, score

__all__ = [
    "PUBLISHED",
    "READERS",
    "SINGLE_PROCESS",
    "STRICT",
    "Answer",
    "Answerer",
    "Answers",
    "Outcome",
    "ProcessGroup",
    "Reader",
    "Run",
    "RunResult",
    "Scored",
    "answer_all",
    "answered_ids",
    "read_answers",
    "rouge_l",
    "score",
]
