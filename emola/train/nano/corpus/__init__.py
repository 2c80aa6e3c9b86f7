"""Nano's instruction corpus: conversations about a face, written from the facts of the face.

Questions are drawn from files of phrases (:mod:`~emola.train.nano.corpus.phrases`), in many languages. Each
kind of question is a row of a table (:mod:`~emola.train.nano.corpus.kinds`), and a recipe's mixture
(:mod:`~emola.train.nano.corpus.mixture`) says how often it is asked. Answers are written by a grammar, and
the facts entail every sentence about the face.
"""

from emola.train.nano.corpus.builders import BUILDERS, Writer
from emola.train.nano.corpus.conversation import Conversation, Turn
from emola.train.nano.corpus.facts import FaceFacts, UnitFact
from emola.train.nano.corpus.mixture import Mixture

__all__ = ["BUILDERS", "Conversation", "FaceFacts", "Mixture", "Turn", "UnitFact", "Writer"]
