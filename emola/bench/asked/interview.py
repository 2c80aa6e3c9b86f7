"""The interview: asks every kind of question about faces and keeps the answers with what judges them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from emola.bench.asked.facts import Case, Facts, Slots, Stated, facts_of, stated_in
from emola.bench.asked.kinds import FAMILIES, FAMILY_OF, Kind, kinds
from emola.bench.asked.slots import draw_slots, fill, suits
from emola.bench.runner import Answer
from emola.bench.runs import Outcome, Run
from emola.bench.trust.questions import History, Question
from emola.bench.trust.rounds import Progress, Rounds, TrustAnswerer
from emola.bench.trust.subjects import Subject
from emola.faba import QUESTION

__all__ = ["AskedAnswer", "AskedAnswers", "AskedInterview", "spread"]


@dataclass(frozen=True)
class AskedAnswer:
    """An answer with its case, the id of the face, and the question of the turn before, if any."""

    case: Case
    face: str
    answer: Answer
    asked_before: str | None = None


@dataclass(frozen=True)
class AskedAnswers:
    """The answers of an interview: about the emotion of each of ``subjects``, and those to be judged."""

    subjects: Sequence[Subject]
    emotions: Sequence[Answer]
    answers: Sequence[AskedAnswer]


@dataclass(frozen=True)
class _Planned:
    """A question to ask. number: of the question within its kind."""

    kind: Kind
    number: int
    face: int
    slots: Slots
    text: str
    before: str | None


class AskedInterview:
    """Asks a model all kinds of questions about faces.

    seed: draws what the questions are about. log, batch_size, known: see ``emola.bench.trust.Rounds``.
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
        known: Mapping[str, Outcome] | None = None,
    ) -> None:
        self._run, self._seed = run, seed
        self._rounds = Rounds(run, answerer, log, batch_size=batch_size, progress=progress, known=known)

    def ask(self, subjects: Sequence[Subject]) -> AskedAnswers:
        """Ask all questions about ``subjects``.

        Each kind is asked as often as there are faces, and at least once in each phrasing. Raises DataError
        if the log is of another run or of other questions, or if another run is writing it.
        """
        with self._rounds.resumed():
            firsts = [
                Question(f"first/{subject.id}", subject, "emotion", QUESTION["emotion"])
                for subject in subjects
            ]
            emotions = self._round("emotions", firsts)
            facts = [facts_of(subject) for subject in subjects]
            stated = [stated_in(answer.text) for answer in emotions]
            planned = [
                question
                for kind in kinds().values()
                for question in self._plan(kind, subjects, facts, stated)
            ]
            answers = self._answers(planned, subjects, facts, stated)
        return AskedAnswers(subjects, emotions, answers)

    def _plan(
        self, kind: Kind, subjects: Sequence[Subject], facts: Sequence[Facts], stated: Sequence[Stated]
    ) -> list[_Planned]:
        suited = [index for index in range(len(subjects)) if suits(kind.name, facts[index])]
        count = max(len(kind.phrasings), len(subjects))
        planned = []
        for number, face in enumerate(
            spread(suited or range(len(subjects)), count, len(kind.phrasings), kind.name)
        ):
            rng = random.Random(f"{self._seed} {kind.name} {number} {subjects[face].id}")
            slots = draw_slots(kind.name, number, facts[face], stated[face], rng)
            text = fill(kind.phrasings[number % len(kind.phrasings)], slots)
            before = None
            if kind.before:
                earlier = kinds()[kind.before].phrasings
                before = fill(earlier[number % len(earlier)], slots)
            planned.append(_Planned(kind, number, face, slots, text, before))
        return planned

    def _answers(
        self,
        planned: Sequence[_Planned],
        subjects: Sequence[Subject],
        facts: Sequence[Facts],
        stated: Sequence[Stated],
    ) -> list[AskedAnswer]:
        histories = self._histories(planned, subjects)
        answers: dict[int, Answer] = {}
        for family in FAMILIES:
            chosen = [index for index, item in enumerate(planned) if FAMILY_OF[item.kind.name] == family]
            questions = [
                _question(planned[index], subjects, planned[index].text, "", histories[index])
                for index in chosen
            ]
            answers |= zip(chosen, self._round(family, questions), strict=True)
        result = []
        for index, item in enumerate(planned):
            before = histories[index][-1][1] if histories[index] else ""
            case = Case(
                item.kind.name, item.text, facts[item.face], _stated(item, stated[item.face], before),
                item.slots, before,
            )  # fmt: skip
            result.append(AskedAnswer(case, subjects[item.face].id, answers[index], item.before))
        return result

    def _histories(self, planned: Sequence[_Planned], subjects: Sequence[Subject]) -> list[History]:
        """Ask the turns before; return the history of each question."""
        histories: list[History] = [()] * len(planned)
        for task in ("emotion", "au"):
            chosen = [
                index
                for index, item in enumerate(planned)
                if item.before is not None and _task(item.kind.name) == task
            ]
            questions = [
                _question(planned[index], subjects, planned[index].before or "", "before") for index in chosen
            ]
            given = self._round(f"turns before, {task}", questions)
            for index, question, answer in zip(chosen, questions, given, strict=True):
                histories[index] = ((question.text, answer.text),)
        return histories

    def _round(self, title: str, questions: Sequence[Question]) -> list[Answer]:
        return self._rounds.ask(title, questions, self._run.max_new_tokens)


def _question(
    item: _Planned, subjects: Sequence[Subject], text: str, suffix: str, history: History = ()
) -> Question:
    subject = subjects[item.face]
    name = "/".join(filter(None, (item.kind.name, str(item.number + 1), suffix, subject.id)))
    return Question(name, subject, _task(item.kind.name), text, history)


def _task(kind: str) -> str:
    return "au" if FAMILY_OF[kind] in ("units", "back references") else "emotion"


def _stated(item: _Planned, stated: Stated, before: str) -> Stated:
    """Return what a correction of the emotion corrects: the answer just before it."""
    again = stated_in(before)
    return again if item.kind.name == "correct_emotion" and again.emotion else stated


def spread(suited: Sequence[int], count: int, phrasings: int, kind: str) -> list[int]:
    """Return the face of each of ``count`` questions; question n has phrasing ``n % phrasings``.

    The faces take turns, each kind beginning at another one; a phrasing is asked of different faces as far as
    there are any.
    """
    order = random.Random(kind).sample(list(suited), len(suited))
    uses: Counter[int] = Counter()
    pairs: Counter[tuple[int, int]] = Counter()
    faces = []
    for number in range(count):
        phrasing = number % phrasings
        face = min(order, key=lambda face: (pairs[phrasing, face], uses[face]))
        uses[face] += 1
        pairs[phrasing, face] += 1
        faces.append(face)
    return faces
