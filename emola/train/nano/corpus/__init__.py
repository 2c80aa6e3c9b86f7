"""Nano's instruction corpus: conversations about a face, written from the facts of the face.

Questions and answers are drawn from files of phrases (:mod:`~emola.train.nano.corpus.phrases`). Each kind
of question is a row of a table (:mod:`~emola.train.nano.corpus.kinds`), which derives what is to be
answered from the facts, and a recipe's mixture (:mod:`~emola.train.nano.corpus.mixture`) says how often it
is asked. Exchanges written by hand are added to the conversations about faces for which they are true.
"""

from emola.train.nano.corpus.builders import Writer
from emola.train.nano.corpus.conversation import Conversation, Turn
from emola.train.nano.corpus.mixture import Mixture

__all__ = ["Conversation", "Mixture", "Turn", "Writer"]
