"""Interviews of a model about faces, shared by ``bench --trust`` and ``bench --asked``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

import emola
from emola import EmoLA, Face
from emola.bench import Answer
from emola.bench.trust import Question, Subject
from emola.chat.batch import Completion, answer_batch
from emola.chat.branches import answer_branches
from emola.cli.inference import adapter_for
from emola.cli.progress import Bars
from emola.data import Record, SkippedImages
from emola.face import PRIOR_DIM, AUEstimate

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["ModelAnswerer", "evidence_of", "print_summary", "subject_of", "subjects_of"]

_Detect = Callable[["Image.Image"], Sequence[Face]]
_Measure = Callable[[Face], Mapping[int, AUEstimate]]


def evidence_of(model: EmoLA) -> tuple[_Measure | None, dict[str, str]]:
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


def subjects_of(
    title: str, records: Sequence[Record], skipped: SkippedImages, detect: _Detect, measure: _Measure | None
) -> list[Subject]:
    """Return the largest face of every readable picture."""
    subjects = []
    with Bars("Detecting", unit="face") as bars:
        for number, (record, picture) in enumerate(skipped.each(records), 1):
            subjects.append(subject_of(record, picture, next(iter(detect(picture)), None), measure))
            bars(title, number, len(records))
    return subjects


def subject_of(record: Record, picture: Image.Image, face: Face | None, measure: _Measure | None) -> Subject:
    """Return what is known of a face, or of the whole picture if ``face`` is None."""
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


class ModelAnswerer:
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


def print_summary(counts: Mapping[str, int], rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Print the counts, and rows of title, share, interval ("" if there is none) and number of answers."""
    for name, value in counts.items():
        print(f"{name:<20} {value}")
    width = max(len(title) for title, *_ in rows)
    for title, share, interval, n in rows:
        bounds = f"({interval}) " if interval else ""
        print(f"{title:<{width}}  {share:>7} {bounds}of {n}")
