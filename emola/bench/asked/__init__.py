"""Whether a model answers what was asked: many kinds of questions, read by a rule for each kind.

The phrasings and rules were written without sight of EmoLA-Nano's corpus. As in all of ``emola.bench``, no
model is loaded here: the answers come from an ``emola.bench.trust.TrustAnswerer``.
"""

from emola.bench.asked.faces import choose_faces, draw_candidates
from emola.bench.asked.figures import asked_figures
from emola.bench.asked.interview import AskedAnswers, AskedInterview
from emola.bench.asked.kinds import questions_digest
from emola.bench.asked.report import summary_rows, write_asked_report

__all__ = [
    "AskedAnswers",
    "AskedInterview",
    "asked_figures",
    "choose_faces",
    "draw_candidates",
    "questions_digest",
    "summary_rows",
    "write_asked_report",
]
