"""Drawing kinds of questions and asking them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from emola.train.nano.corpus.conversation import Conversation, Picker, Turn
from emola.train.nano.corpus.grammar import sentences
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.mixture import OTHER, split_language
from emola.train.nano.corpus.phrases import ENGLISH
from emola.train.nano.corpus.typing_habits import typed


def fits(conversation: Conversation, name: str) -> bool:
    """Return whether a kind of question fits the facts and the turns so far."""
    return all(need(conversation) for need in KINDS[split_language(name)[1]].needs)


def draw(rng: random.Random, weights: Mapping[str, float]) -> str:
    """Draw a name by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def ask(conversation: Conversation, name: str, pick: Picker | None = None) -> Turn | None:
    """Ask a question and answer it; None if it does not fit.

    name: a kind, or a group of the mixture, of which a kind that fits is drawn. "de/" before it asks in
    German, "other/" in any language but English. pick: picks the subject instead of the kind.
    """
    language, name = split_language(name)
    if name in conversation.mixture.groups:
        group = conversation.mixture.groups[name]
        weights = {name: weight for name, weight in group.items() if fits(conversation, name)}
        if not weights:
            return None
        own_language, name = split_language(draw(conversation.rng, weights))
        language = own_language or language
    elif not fits(conversation, name):
        return None
    others = conversation.book.other_languages
    languages = others if language == OTHER else (language,) if language else ENGLISH
    return _ask(conversation, name, languages, pick)


def _ask(conversation: Conversation, name: str, languages: Sequence[str], pick: Picker | None) -> Turn | None:
    kind, rng, book = KINDS[name], conversation.rng, conversation.book
    subject = (pick or kind.pick)(conversation, languages)
    if subject is None:
        return None
    wordings = conversation.mixture.wordings_of(name)
    question = book.draw(rng, kind.heading or name, languages, subject.topic, subject.slots, wordings)
    answer = kind.answer(conversation, subject)
    if languages != ENGLISH:
        remark = sentences(book.draw(rng, "remark on the language", ENGLISH))
        answer = remark + ("\n" if "\n" in answer else " ") + answer
    elif kind.typed:
        question = typed(rng, question)
    code = subject.code if len(subject.codes) == 1 else None
    return Turn(kind.kind or name, question, answer, code)


def add(conversation: Conversation, name: str, pick: Picker | None = None) -> None:
    """Ask a question, and keep it unless it repeats an answer or a question."""
    turn = ask(conversation, name, pick)
    if turn is None or any(turn.answer == before.answer for before in conversation.turns):
        return
    if turn.question[:-1] not in " ".join(before.question for before in conversation.turns):
        conversation.turns.append(turn)
