"""Drawing kinds of questions and asking them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from emola.train.nano.corpus.conversation import Conversation, Reply, Turn
from emola.train.nano.corpus.face_slots import face_slots
from emola.train.nano.corpus.grammar import as_sentences
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.mixture import OTHER, split_language
from emola.train.nano.corpus.phrases import ENGLISH
from emola.train.nano.corpus.typing_habits import typed


def draw(rng: random.Random, weights: Mapping[str, float]) -> str:
    """Draw a name by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def ask(conversation: Conversation, name: str) -> Turn | None:
    """Ask a question of a kind and answer it; None if it does not fit the face or the turns so far.

    name: "de/" before the kind asks in German, "other/" in any language but English.
    """
    language, name = split_language(name)
    others = conversation.book.other_languages
    languages = others if language == OTHER else (language,) if language else ENGLISH
    if all(need(conversation) for need in KINDS[name].needs):
        return _ask(conversation, name, languages)
    return None


def _ask(conversation: Conversation, name: str, languages: Sequence[str]) -> Turn | None:
    kind, rng, book = KINDS[name], conversation.rng, conversation.book
    subject = kind.pick(conversation, languages)
    if subject is None:
        return None
    wordings = conversation.mixture.wordings_of(name)
    question = book.draw(rng, kind.heading or name, languages, subject.topic, subject.slots, wordings)
    answer = word(conversation, kind.answered or kind.heading or name, kind.reply(conversation, subject))
    if languages != ENGLISH:
        remark = as_sentences(book.draw(rng, "remark on the language", ENGLISH))
        answer = remark + ("\n" if "\n" in answer else " ") + answer
    elif kind.typed:
        question = typed(rng, question)
    code = subject.code if len(subject.codes) == 1 else None
    return Turn(kind.kind or name, question, answer, code)


def word(conversation: Conversation, name: str, reply: Reply) -> str:
    """Draw the words of a reply from the phrases ``answer to <name>``."""
    rng = conversation.rng
    slots = {**face_slots(rng, conversation.facts), **reply.slots}
    text = conversation.book.draw(rng, f"answer to {name}", ENGLISH, reply.state, slots)
    return as_sentences(text.replace("\\n", "\n"))


def add(conversation: Conversation, name: str) -> None:
    """Ask a question, and keep the turn unless its question or its answer occurred before.

    A question that asks for the last answer again may have the same answer.
    """
    turn = ask(conversation, name)
    answers = [before.answer for before in conversation.turns]
    if turn is None or (turn.answer in answers and turn.kind != "repeat"):
        return
    questions = " ".join(before.question for before in conversation.turns)
    if turn.question[:-1] not in questions:
        conversation.turns.append(turn)
