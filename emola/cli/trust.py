"""``emola bench --trust``: the interview of a model and its figures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

import emola
from emola import EmoLA, Face
from emola.bench import Answer, Run, read_answers
from emola.bench.trust import (
    Figures,
    Interview,
    Question,
    Subject,
    emotion_figures,
    questions_digest,
    summary_rows,
    trust_figures,
    write_trust_report,
)
from emola.chat.batch import Completion, answer_batch
from emola.chat.branches import answer_branches
from emola.cli.inference import adapter_for, make_run
from emola.cli.labelled_data import labelled_records, open_data, part_facts
from emola.cli.models import load_model
from emola.cli.processes import join_process_group
from emola.cli.progress import Bars
from emola.cli.results import answers_path, run_facts, write_figures
from emola.data import Record, SkippedImages, sample
from emola.errors import DataError
from emola.face import PRIOR_DIM, AUEstimate, FaceLandmarker

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["run_trust"]

_Detect = Callable[["Image.Image"], Sequence[Face]]
_Measure = Callable[[Face], Mapping[int, AUEstimate]]


def run_trust(args: argparse.Namespace) -> int:
    """Interview the model, or measure logged answers, and print or write the figures."""
    log = answers_path(args)
    with join_process_group() as group:
        if group.size > 1:
            raise DataError("--trust runs in one process: start it without accelerate launch.")
    with open_data(args, "emotion") as data:
        labelled = labelled_records(data, args, "emotion")
        records = sample(labelled, args.limit, args.seed)
        if args.from_answers:
            _measure_logged(args, data.name, records)
            return 0
        asked_ids = {record.id for record in records}
        others = [record for record in labelled if record.id not in asked_ids]
        list_records = sample(others, args.lists, args.seed) if args.lists else []
        model = load_model(args)
        measure, parts = _evidence(model)
        skipped = SkippedImages(len(records) + len(list_records))
        subjects = _look(data.name, records, skipped, model.look, measure)
        list_subjects = _look(f"{data.name}, lists", list_records, skipped, model.look, measure)
    run = make_run(
        args,
        model,
        parts,
        data=data.name,
        task="trust",
        question=f"questions {questions_digest()}, seed {args.seed}",
        adapter=", ".join(model.adapters) or None,
    )
    with Bars("Asking", unit="answer") as bars:
        answerer = _Answerer(model, args.batch_size)
        interview = Interview(run, answerer, log, seed=args.seed, batch_size=args.batch_size, progress=bars)
        answers = interview.ask(subjects, list_subjects)
    _publish(args, trust_figures(answers), subjects, skipped, run.identity, run)
    return 0


def _measure_logged(args: argparse.Namespace, name: str, records: Sequence[Record]) -> None:
    """Measure the emotion answers in ``args.from_answers``. Raises DataError unless each picture has one."""
    answers = read_answers(args.from_answers, "emotion")
    by_id = {outcome.id: Answer(outcome.prediction, cut=outcome.cut) for outcome in answers.outcomes}
    missing = [record.id for record in records if record.id not in by_id]
    if missing:
        raise DataError(
            f"{args.from_answers} has no answer about {len(missing)} of {len(records)} pictures, such as "
            f"{missing[0]}: give --data, --held-out, --limit and --seed as they were given to bench."
        )
    skipped = SkippedImages(len(records))
    subjects = _look(name, records, skipped, FaceLandmarker().detect, None)
    figures = emotion_figures(subjects, [by_id[subject.id] for subject in subjects])
    _publish(args, figures, subjects, skipped, answers.identity, None)


def _publish(
    args: argparse.Namespace,
    figures: Figures,
    subjects: Sequence[Subject],
    skipped: SkippedImages,
    identity: str | None,
    run: Run | None,
) -> None:
    """Write the figures and the report to the given files, or print a summary."""
    counts = {
        "n": len(subjects),
        "no_face": sum(not subject.found for subject in subjects),
        "skipped": len(skipped),
    }
    source = {"identity": identity, "run": run.as_dict() if run else None}
    printed = write_figures(args, {**counts, **figures, **source})
    if args.report:
        facts = {**run_facts(identity, run), **part_facts(args), "faces": len(subjects)}
        write_trust_report(args.report, {**facts, "without landmarks": counts["no_face"]}, figures)
    if printed:
        return
    for name, value in counts.items():
        print(f"{name:<20} {value}")
    rows = summary_rows(figures)
    width = max(len(title) for title, *_ in rows)
    for title, share, interval, n in rows:
        bounds = f"({interval}) " if interval else ""
        print(f"{title:<{width}}  {share:>7} {bounds}of {n}")


def _evidence(model: EmoLA) -> tuple[_Measure | None, dict[str, str]]:
    """Return the function that measures action units, and the parts of the run's identity.

    The function is that of the model or, if it has no evidence, of EmoLA-Nano; None for a model with another
    prior expert.
    """
    with Bars("Reading") as bars:
        parts = dict(model.identity(bars))
        if "evidence" in parts:
            return model.evidence, parts
        if model.prior.dim != PRIOR_DIM:
            return None, parts
        nano = emola.load("nano")
        parts["evidence"] = nano.identity(bars)["evidence"]
    return nano.evidence, parts


def _look(
    title: str, records: Sequence[Record], skipped: SkippedImages, detect: _Detect, measure: _Measure | None
) -> list[Subject]:
    """Return the largest face of every readable picture."""
    subjects = []
    with Bars("Detecting", unit="face") as bars:
        for number, (record, picture) in enumerate(skipped.each(records), 1):
            subjects.append(_subject(record, picture, next(iter(detect(picture)), None), measure))
            bars(title, number, len(records))
    return subjects


def _subject(record: Record, picture: Image.Image, face: Face | None, measure: _Measure | None) -> Subject:
    found = face is not None
    face = face or Face.whole(picture)
    x0, y0, x1, y1 = (float(edge) for edge in face.box)
    return Subject(
        id=record.id,
        face=face,
        label=record.emotion,
        found=face.prior is not None,
        evidence=measure(face) if measure and face.prior is not None else None,
        brightness=_brightness(picture, (x0, y0, x1, y1)),
        yaw=abs(face.pose.yaw) if face.pose else None,
        side=max(x1 - x0, y1 - y0) if found else None,
    )


def _brightness(picture: Image.Image, box: tuple[float, float, float, float]) -> float:
    """Return the mean luminance, 0 to 255, of the part of a box inside the picture."""
    x0, y0 = max(0, round(box[0])), max(0, round(box[1]))
    x1, y1 = max(x0 + 1, min(picture.width, round(box[2]))), max(y0 + 1, min(picture.height, round(box[3])))
    return float(np.asarray(picture.convert("L").crop((x0, y0, x1, y1))).mean())


class _Answerer:
    """A model as an ``emola.bench.trust.TrustAnswerer``. size: answers generated at once."""

    def __init__(self, model: EmoLA, size: int) -> None:
        self._model, self._size = model, size

    def answer_each(self, questions: Sequence[Question], max_new_tokens: int) -> list[Answer]:
        """See ``TrustAnswerer``."""
        return _answers(
            answer_batch(
                self._model.engine,
                [question.subject.face for question in questions],
                [question.text for question in questions],
                max_new_tokens=max_new_tokens,
                adapter=adapter_for(self._model, questions[0].task),
                history=[question.history for question in questions],
            )
        )

    def answer_follow_ups(self, questions: Sequence[Question], max_new_tokens: int) -> list[Answer]:
        """See ``TrustAnswerer``."""
        return _answers(
            answer_branches(
                self._model.engine,
                questions[0].subject.face,
                questions[0].history,
                [question.text for question in questions],
                max_new_tokens=max_new_tokens,
                size=self._size,
                adapter=adapter_for(self._model, questions[0].task),
            )
        )


def _answers(completions: Sequence[Completion]) -> list[Answer]:
    return [Answer(completion.text, cut=completion.cut) for completion in completions]
