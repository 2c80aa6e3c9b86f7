"""The interview: asks the trust questions in rounds and logs every answer, so that a run can be resumed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Protocol

from emola.bench.answer_log import AnswerLog
from emola.bench.readers import STRICT
from emola.bench.readers.yes_no import says
from emola.bench.runner import Answer
from emola.bench.runs import Outcome, Run
from emola.bench.trust.questions import (
    FIRST,
    LISTS,
    History,
    Phrasing,
    Question,
    confirmation_questions,
    definition_follow_ups,
    first_question,
    list_follow_ups,
    phrasings,
    single_unit_questions,
    spread,
    why_questions,
    yes_no_id,
)
from emola.bench.trust.subjects import Subject
from emola.errors import DataError
from emola.faba import NANO_AUS

__all__ = ["FOLLOW_UP_TOKENS", "Interview", "Progress", "TrustAnswerer", "TrustAnswers"]

FOLLOW_UP_TOKENS = 96
"""The longest answer to any but the first two questions about a face, in tokens."""

Progress = Callable[[str, int, int], None]
"""Called with the name of a round, the number of its questions that are answered, and that of all."""


class TrustAnswerer(Protocol):
    """The model; every answer is its most likely one."""

    def answer_each(self, questions: Sequence[Question], max_new_tokens: int) -> Sequence[Answer]:
        """Answer questions of one task about different faces, as one batch."""

    def answer_follow_ups(self, questions: Sequence[Question], max_new_tokens: int) -> Sequence[Answer]:
        """Answer questions that share the face and the history."""


@dataclass
class TrustAnswers:
    """Every answer of an interview.

    emotions, units: the first answers about each of ``subjects``. list_subjects, lists: further faces that
    only the list of units was asked of. yes_no: for each subject, the follow-ups to its list by unit.
    single_units: by turn, questions about one unit with its code. why: by the turn that "Why?" follows.
    confirmations: by turn, questions about an emotion with that emotion. phrasings: of each list, by turn.
    definitions: by what is asked for and the unit.
    """

    subjects: Sequence[Subject]
    emotions: list[Answer] = field(default_factory=list)
    units: list[Answer] = field(default_factory=list)
    list_subjects: Sequence[Subject] = ()
    lists: list[Answer] = field(default_factory=list)
    yes_no: list[dict[int, Answer]] = field(default_factory=list)
    single_units: dict[str, list[tuple[Question, int, Answer]]] = field(default_factory=dict)
    why: dict[str, list[tuple[Question, Answer]]] = field(default_factory=dict)
    confirmations: dict[str, list[tuple[Question, str, Answer]]] = field(default_factory=dict)
    phrasings: dict[str, dict[str, list[tuple[Phrasing, Answer]]]] = field(default_factory=dict)
    definitions: dict[tuple[str, int], tuple[Question, Answer]] = field(default_factory=dict)


class Interview:
    """Asks a model everything that is measured about its trustworthiness.

    seed: chooses the wordings and the units asked about. log: where the answers go; a run resumes from there.
    batch_size: answers generated at once. max_new_tokens: of the first two questions about each face.
    """

    def __init__(
        self,
        run: Run,
        answerer: TrustAnswerer,
        log: Path | None = None,
        *,
        seed: int = 0,
        batch_size: int = 8,
        progress: Progress | None = None,
    ) -> None:
        self._run, self._answerer, self._seed, self._batch_size = run, answerer, seed, batch_size
        self._log_path = log
        self._log = AnswerLog(log, run) if log else None
        self._progress = progress
        self._known: dict[str, Outcome] = {}

    def ask(self, subjects: Sequence[Subject], list_subjects: Sequence[Subject] = ()) -> TrustAnswers:
        """Ask all questions about ``subjects``, and about ``list_subjects`` for the list of units alone.

        Raises DataError if the log is of another run or of other questions, or if another run is writing it.
        """
        with self._log.locked() if self._log else nullcontext():
            if self._log:
                self._log.merge_parts()
                self._known = self._log.read()
            answers = TrustAnswers(subjects, list_subjects=list_subjects)
            histories = self._first_questions(answers)
            self._about_units(answers, histories)
            self._about_emotions(answers, histories["emotion"])
            self._phrasings(answers, histories["emotion"])
            definitions = definition_follow_ups(subjects)
            given = self._round("definitions", list(definitions.values()))
            for (key, question), answer in zip(definitions.items(), given, strict=True):
                answers.definitions[key] = (question, answer)
        return answers

    def _first_questions(self, answers: TrustAnswers) -> dict[str, list[History]]:
        """Ask for the emotion and the list of units; return question and answer about each face, by task."""
        histories: dict[str, list[History]] = {}
        for task, given in (("emotion", answers.emotions), ("au", answers.units)):
            questions = [first_question(task, subject, self._seed) for subject in answers.subjects]
            given += self._round(f"first questions, {task}", questions, self._run.max_new_tokens)
            histories[task] = [
                ((question.text, answer.text),) for question, answer in zip(questions, given, strict=True)
            ]
        if answers.list_subjects:
            questions = [first_question("au", subject, self._seed) for subject in answers.list_subjects]
            answers.lists = self._round("lists of more faces", questions, self._run.max_new_tokens)
        self._yes_no(answers)
        return histories

    def _yes_no(self, answers: TrustAnswers) -> None:
        questions = [
            question
            for subject, listed in zip(answers.subjects, answers.units, strict=True)
            for question in list_follow_ups(first_question("au", subject, self._seed), listed.text)
        ]
        given = self._round("yes or no after the list", questions)
        by_id = {question.id: answer for question, answer in zip(questions, given, strict=True)}
        answers.yes_no = [
            {code: by_id[yes_no_id(subject, code)] for code in NANO_AUS} for subject in answers.subjects
        ]

    def _about_units(self, answers: TrustAnswers, histories: Mapping[str, Sequence[History]]) -> None:
        """Ask about single units before any list, and "Why?" after a list and after an affirmed unit."""
        for turn, questions in single_unit_questions(
            answers.subjects, histories["emotion"], self._seed
        ).items():
            given = self._round(f"single units, {turn}", [question for question, _ in questions])
            answers.single_units[turn] = [
                (*asked, answer) for asked, answer in zip(questions, given, strict=True)
            ]
        listed = [
            (subject, history)
            for subject, history, answer in zip(answers.subjects, histories["au"], answers.units, strict=True)
            if STRICT.units(answer.text)
        ]
        affirmed: dict[str, tuple[Subject, History]] = {}
        for question, code, answer in answers.single_units[FIRST]:
            if says(answer.text, code):
                affirmed.setdefault(question.subject.id, (question.subject, ((question.text, answer.text),)))
        for turn, asked_after in (("list", listed), ("unit", list(affirmed.values()))):
            self._why(answers, turn, "au", asked_after)

    def _about_emotions(self, answers: TrustAnswers, emotions: Sequence[History]) -> None:
        self._why(answers, "emotion", "emotion", list(zip(answers.subjects, emotions, strict=True)))
        for turn, questions in confirmation_questions(answers.subjects, emotions, self._seed).items():
            given = self._round(f"yes or no to an emotion, {turn}", [question for question, _ in questions])
            answers.confirmations[turn] = [
                (*asked, answer) for asked, answer in zip(questions, given, strict=True)
            ]

    def _why(
        self, answers: TrustAnswers, turn: str, task: str, asked_after: Sequence[tuple[Subject, History]]
    ) -> None:
        subjects, histories = [subject for subject, _ in asked_after], [history for _, history in asked_after]
        questions = why_questions(turn, task, subjects, histories)
        given = self._round(f"why, after the {turn}", questions)
        answers.why[turn] = list(zip(questions, given, strict=True))

    def _phrasings(self, answers: TrustAnswers, emotions: Sequence[History]) -> None:
        for kind in LISTS:
            listed = phrasings(kind)
            turns = spread(kind, listed, answers.subjects, emotions)
            answers.phrasings[kind] = {
                turn: list(
                    zip(listed, self._round(f"{kind.replace('_', ' ')}, {turn}", questions), strict=True)
                )
                for turn, questions in turns.items()
            }

    def _round(
        self, title: str, questions: Sequence[Question], max_new_tokens: int = FOLLOW_UP_TOKENS
    ) -> list[Answer]:
        """Return the answers in the order of the questions, generating those that the log lacks."""
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
