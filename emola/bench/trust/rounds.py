"""Rounds of questions about faces, answered in batches and logged, so that a run can be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Protocol

from emola.bench.answer_log import AnswerLog
from emola.bench.runner import Answer
from emola.bench.runs import Outcome, Run
from emola.bench.trust.questions import History, Question
from emola.errors import DataError

__all__ = ["Progress", "Rounds", "TrustAnswerer"]

Progress = Callable[[str, int, int], None]
"""Called with the name of a round, the number of its questions that are answered, and that of all."""


class TrustAnswerer(Protocol):
    """The model; every answer is its most likely one."""

    def answer_each(self, questions: Sequence[Question], max_new_tokens: int) -> Sequence[Answer]:
        """Answer questions of one task about different faces, as one batch."""

    def answer_follow_ups(self, questions: Sequence[Question], max_new_tokens: int) -> Sequence[Answer]:
        """Answer questions that share the face and the history."""


class Rounds:
    """Asks rounds of questions and keeps the answers.

    log: where the answers go; a run resumes from there. batch_size: answers generated at once. known: answers
    by id that are given already.
    """

    def __init__(
        self,
        run: Run,
        answerer: TrustAnswerer,
        log: Path | None = None,
        *,
        batch_size: int = 8,
        progress: Progress | None = None,
        known: Mapping[str, Outcome] | None = None,
    ) -> None:
        self._answerer, self._batch_size = answerer, batch_size
        self._log_path = log
        self._log = AnswerLog(log, run) if log else None
        self._progress = progress
        self._known: Mapping[str, Outcome] = known or {}

    @contextmanager
    def resumed(self) -> Iterator[None]:
        """Lock the log and read its answers; ask inside the block.

        Raises DataError if the log is of another run, or if another run is writing it.
        """
        if self._log is None:
            yield
            return
        with self._log.locked():
            self._log.merge_parts()
            self._known = self._log.read()
            yield

    def ask(self, title: str, questions: Sequence[Question], max_new_tokens: int) -> list[Answer]:
        """Return the answers in the order of the questions, generating those that the log lacks.

        Raises DataError if an answer of the log is to another question.
        """
        answers = {question.id: self._logged(question) for question in questions}
        pending = [question for question in questions if answers[question.id] is None]
        self._report(title, len(questions) - len(pending), len(questions))
        for batch, shared in _batches(pending, self._batch_size):
            generate = self._answerer.answer_follow_ups if shared else self._answerer.answer_each
            given = generate(batch, max_new_tokens)
            if self._log:
                self._log.append(map(_outcome, batch, given))
            answers |= {question.id: answer for question, answer in zip(batch, given, strict=True)}
            done = sum(answer is not None for answer in answers.values())
            self._report(title, done, len(questions))
        return [answer for question in questions if (answer := answers[question.id]) is not None]

    def _logged(self, question: Question) -> Answer | None:
        outcome = self._known.get(question.id)
        if outcome is None:
            return None
        if (outcome.asked, outcome.after) != (question.text, _texts(question.history)):
            raise DataError(
                f"{self._log_path}: {question.id} was asked {outcome.asked!r} and would be asked "
                f"{question.text!r} now: use another file."
            )
        return Answer(outcome.prediction, cut=outcome.cut)

    def _report(self, title: str, done: int, total: int) -> None:
        if self._progress:
            self._progress(title, done, total)


def _outcome(question: Question, answer: Answer) -> Outcome:
    subject = question.subject
    return Outcome(
        question.id,
        answer.text,
        subject.label,
        found=subject.found,
        cut=answer.cut,
        asked=question.text,
        after=_texts(question.history),
    )


def _texts(history: History) -> tuple[str, ...]:
    return tuple(question for question, _ in history)


def _batches(questions: Sequence[Question], size: int) -> Iterator[tuple[list[Question], bool]]:
    """Yield batches, and whether their questions share a history."""
    single: list[Question] = []
    for _, group in groupby(questions, key=lambda question: (id(question.subject), question.history)):
        batch = list(group)
        if len(batch) > 1 and batch[0].history:
            yield batch, True
        else:
            single += batch
    for start in range(0, len(single), size):
        yield single[start : start + size], False
