"""Asking the model, batch by batch, and keeping what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from benchmarks.trust.branches import answer_branches
from benchmarks.trust.faces import Looked
from benchmarks.trust.log import Book
from benchmarks.trust.questions import (
    FILES,
    Ask,
    Phrasing,
    by_heart,
    confirming,
    first_question,
    follow_up_id,
    follow_ups,
    phrasings,
    spread,
    unlisted,
    why,
)
from emola import EmoLA
from emola.chat.batch import Completion, answer_batch
from emola.cli.progress import Bars
from emola.faba import NANO_AUS

FIRST_TOKENS = 512
"""Longest answer to a first question, as `emola bench` has it."""
LATER_TOKENS = 96


class Speaker(Protocol):
    """Who is asked."""

    def batch(self, asks: Sequence[Ask], limit: int) -> list[Completion]:
        """Answers about different faces, of ``limit`` tokens at most."""

    def branches(self, asks: Sequence[Ask], limit: int) -> list[Completion]:
        """Answers to questions that all follow the same conversation about one face."""


class Model:
    """A model as the speaker, with the likeliest token always."""

    def __init__(self, model: EmoLA, size: int) -> None:
        self._model, self._size = model, size

    def batch(self, asks: Sequence[Ask], limit: int) -> list[Completion]:
        """See ``Speaker.batch``; all of one task."""
        return answer_batch(
            self._model.model,
            self._model.processor,
            [ask.looked.face for ask in asks],
            [ask.question for ask in asks],
            max_new_tokens=limit,
            adapter=self._adapter(asks[0].task),
            before=[ask.before for ask in asks],
        )

    def branches(self, asks: Sequence[Ask], limit: int) -> list[Completion]:
        """See ``Speaker.branches``."""
        return answer_branches(
            self._model.model,
            self._model.processor,
            asks[0].looked.face,
            asks[0].before,
            [ask.question for ask in asks],
            max_new_tokens=limit,
            size=self._size,
            adapter=self._adapter(asks[0].task),
        )

    def _adapter(self, task: str) -> str | None:
        return task if task in self._model.adapters else next(iter(self._model.adapters), None)


class Heard:
    """All answers of a run, by face and by phrasing."""

    def __init__(self, faces: Sequence[Looked]) -> None:
        self.faces = faces
        self.first: dict[str, list[Completion]] = {}
        """By task, "emotion" or "au", in the order of the faces."""
        self.more: Sequence[Looked] = ()
        """Faces of which only the action units were asked."""
        self.more_lists: list[Completion] = []
        """In the order of those faces."""
        self.yes_no: list[dict[int, Completion]] = []
        """For each face by unit."""
        self.unlisted: dict[str, list[tuple[Ask, int, Completion]]] = {}
        """By turn, single units asked about before any list."""
        self.why: list[Completion] = []
        """To a bare "Why?" after the emotion, in the order of the faces."""
        self.confirming: dict[str, list[tuple[Ask, str, Completion]]] = {}
        """By turn, whether the face shows an emotion."""
        self.lists: dict[str, list[tuple[Phrasing, Completion, Completion]]] = {}
        """By list, "declined" or "on_topic": a phrasing, the answer to it as first and as second question."""
        self.by_heart: dict[tuple[str, int], tuple[Ask, Completion]] = {}
        """What was asked of a unit of the catalogue and answered, by the kind of question and the code."""
        self.questions: dict[str, list[str]] = {}
        """What was asked first, by task."""


def ask_everything(
    faces: Sequence[Looked],
    speaker: Speaker,
    book: Book,
    more: Sequence[Looked] = (),
    *,
    size: int,
    seed: int,
) -> Heard:
    """Ask all that is measured about the faces, and of ``more`` the units; goes on where ``book`` ends."""
    heard = Heard(faces)
    firsts: dict[str, list[Ask]] = {}
    for task in ("emotion", "au"):
        firsts[task] = [first_question(task, one, seed) for one in faces]
        heard.first[task] = _ask(firsts[task], speaker, book, size, f"first questions, {task}", FIRST_TOKENS)
        heard.questions[task] = [ask.question for ask in firsts[task]]
    if more:
        lists = [first_question("au", one, seed) for one in more]
        heard.more = more
        heard.more_lists = _ask(lists, speaker, book, size, "lists of more faces", FIRST_TOKENS)
    later = [
        one
        for ask, said in zip(firsts["au"], heard.first["au"], strict=True)
        for one in follow_ups(ask, said)
    ]
    answers = _ask(later, speaker, book, size, "yes or no", LATER_TOKENS)
    by_id = {ask.id: said for ask, said in zip(later, answers, strict=True)}
    heard.yes_no = [{code: by_id[follow_up_id(one, code)] for code in NANO_AUS} for one in faces]
    before = [
        ((ask.question, said.text),)
        for ask, said in zip(firsts["emotion"], heard.first["emotion"], strict=True)
    ]
    for turn, some in unlisted(faces, before, seed).items():
        answers = _ask([ask for ask, _ in some], speaker, book, size, f"single units, {turn}", LATER_TOKENS)
        heard.unlisted[turn] = [(*one, said) for one, said in zip(some, answers, strict=True)]
    heard.why = _ask(why(faces, before), speaker, book, size, "why, after the emotion", LATER_TOKENS)
    for turn, some in confirming(faces, before, seed).items():
        answers = _ask([ask for ask, _ in some], speaker, book, size, f"this emotion, {turn}", LATER_TOKENS)
        heard.confirming[turn] = [(*one, said) for one, said in zip(some, answers, strict=True)]
    for kind, file in FILES.items():
        some = phrasings(file)
        turns = spread(kind, some, faces, before)
        one, two = (_ask(turn, speaker, book, size, kind.replace("_", " "), LATER_TOKENS) for turn in turns)
        heard.lists[kind] = list(zip(some, one, two, strict=True))
    catalogue = by_heart(faces)
    answers = _ask(list(catalogue.values()), speaker, book, size, "action units by heart", LATER_TOKENS)
    asked = zip(catalogue.items(), answers, strict=True)
    heard.by_heart = {key: (ask, said) for (key, ask), said in asked}
    return heard


def _ask(
    asks: Sequence[Ask], speaker: Speaker, book: Book, size: int, title: str, limit: int
) -> list[Completion]:
    """The answers in the order of the questions; those that ``book`` lacks are asked for."""
    known = {ask.id: book.said(ask) for ask in asks}
    waiting = [ask for ask in asks if known[ask.id] is None]
    done = len(asks) - len(waiting)
    with Bars("Asking", unit="answer") as bars:
        bars(title, done, len(asks))
        for some, together in _portions(waiting, size):
            answers = speaker.branches(some, limit) if together else speaker.batch(some, limit)
            book.add(some, answers)
            known.update((ask.id, said) for ask, said in zip(some, answers, strict=True))
            done += len(some)
            bars(title, done, len(asks))
    return [said for ask in asks if (said := known[ask.id]) is not None]


def _portions(asks: Sequence[Ask], size: int) -> Iterator[tuple[list[Ask], bool]]:
    """What is asked together, and whether it all follows one conversation."""
    loose: list[Ask] = []
    for _, group in groupby(asks, key=lambda ask: (id(ask.looked), ask.before)):
        some = list(group)
        if len(some) > 1 and some[0].before:
            yield some, True
        else:
            loose += some
    for start in range(0, len(loose), size):
        yield loose[start : start + size], False
