"""Trust measurements: whether a model's answers agree with each other, the evidence and the labels.

A model is interviewed about each face, and every answer is read by rules. As in all of ``emola.bench``, no
model is loaded here: the answers come from a :class:`TrustAnswerer`.
"""

from emola.bench.trust.figures import emotion_figures, trust_figures
from emola.bench.trust.interview import Interview, TrustAnswers
from emola.bench.trust.questions import Question, questions_digest
from emola.bench.trust.report import summary_rows, write_trust_report
from emola.bench.trust.rounds import Rounds, TrustAnswerer
from emola.bench.trust.shares import Figures
from emola.bench.trust.subjects import Subject

__all__ = [
    "Figures",
    "Interview",
    "Question",
    "Rounds",
    "Subject",
    "TrustAnswerer",
    "TrustAnswers",
    "emotion_figures",
    "questions_digest",
    "summary_rows",
    "trust_figures",
    "write_trust_report",
]
