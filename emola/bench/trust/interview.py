"""The interview: asks the trust questions in rounds and logs every answer, so that a run can be resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from emola.bench.readers import STRICT
from emola.bench.readers.yes_no import says
from emola.bench.runner import Answer
from emola.bench.runs import Run
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
from emola.bench.trust.rounds import Progress, Rounds, TrustAnswerer
from emola.bench.trust.subjects import Subject
from emola.faba import NANO_AUS

__all__ = ["FOLLOW_UP_TOKENS", "Interview", "TrustAnswers"]

FOLLOW_UP_TOKENS = 96
"""The longest answer to any but the first two questions about a face, in tokens."""


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
        self._run, self._seed = run, seed
        self._rounds = Rounds(run, answerer, log, batch_size=batch_size, progress=progress)

    def ask(self, subjects: Sequence[Subject], list_subjects: Sequence[Subject] = ()) -> TrustAnswers:
        """Ask all questions about ``subjects``, and about ``list_subjects`` for the list of units alone.

        Raises DataError if the log is of another run or of other questions, or if another run is writing it.
        """
        with self._rounds.resumed():
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
        return self._rounds.ask(title, questions, max_new_tokens)
