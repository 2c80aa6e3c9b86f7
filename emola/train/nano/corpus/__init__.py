"""Nano's instruction corpus: conversations about a face, written from the facts of the face.

Questions and answers are drawn from files of phrases (:mod:`~emola.train.nano.corpus.phrases`). Each kind
of question is a row of a table (:mod:`~emola.train.nano.corpus.kinds`), with the function that derives its
answer from the facts. The mixture of a recipe (:mod:`~emola.train.nano.corpus.mixture`) sets how often each
kind is asked. Exchanges written by hand are added to the conversations about faces for which they are true.
"""

from emola.train.nano.corpus.builders import Writer
from emola.train.nano.corpus.conversation import Conversation, Turn
from emola.train.nano.corpus.mixture import Mixture

__all__ = ["Conversation", "Mixture", "Turn", "Writer"]
