"""Inference over many pictures, shared by ``bench`` and ``annotate``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from emola.cli.options import add_model_arguments, add_task_argument, positive_int

if TYPE_CHECKING:
    from PIL import Image

    from emola import EmoLA, Face
    from emola.bench import Answer, ProcessGroup, Run, RunResult
    from emola.data import Record, SkippedImages

__all__ = [
    "adapter_for",
    "add_answering_arguments",
    "answer_records",
    "make_run",
]


def add_answering_arguments(parser: argparse.ArgumentParser, *, task_required: bool = True) -> None:
    """Add the task, the model and the options of inference."""
    add_task_argument(parser, required=task_required)
    add_model_arguments(parser)
    parser.add_argument(
        "--question", metavar="TEXT", help="the question (default: the one the model was trained with)"
    )
    parser.add_argument(
        "--batch-size", type=positive_int, default=8, metavar="N", help="pictures per batch (default: 8)"
    )
    parser.add_argument(
        "--max-new-tokens",
        type=positive_int,
        default=512,
        metavar="N",
        help="length limit of an answer, in tokens (default: 512)",
    )


def answer_records(
    args: argparse.Namespace,
    name: str,
    records: Sequence[Record],
    log: Path | None,
    group: ProcessGroup,
    *,
    data: Iterable[Record] = (),
    whole: bool = True,
    skipped: SkippedImages | None = None,
) -> tuple[Run, RunResult]:
    """Load the model and answer the question about ``records``, with a progress bar; resumes from ``log``.

    data: the records of the whole data set; their prior features are part of the run's identity.
    whole: whether to ask about the whole picture if no face is found; if not, no question is asked. skipped:
    see ``emola.bench.answer_all``. Raises DataError if the model does not read ``args.features``.
    """
    from emola.bench import answer_all
    from emola.cli.models import load_model
    from emola.cli.processes import device_for
    from emola.cli.progress import Bars

    model = load_model(args, device_for(group, args.device))
    answerer = _answerer(args, model, whole)
    run = _run(args, name, model, answerer, data)
    with Bars("Asking", unit="face") as bars:
        answered = answer_all(
            run,
            records,
            answerer,
            log,
            batch_size=args.batch_size,
            progress=(lambda done, total: bars(name, done, total)) if group.rank == 0 else None,
            group=group,
            skipped=skipped,
        )
    if group.rank == 0:
        _warn(answered, len(records), whole)
    return run, answered


def _answerer(args: argparse.Namespace, model: EmoLA, whole: bool) -> _ModelAnswerer:
    """Return the model as an answerer. Raises DataError if it does not read ``args.features``."""
    from emola.errors import DataError

    answerer = _ModelAnswerer(model, args.task, args.question, args.max_new_tokens, whole=whole)
    if getattr(args, "features", None) and not answerer.reads_features:
        raise DataError(f"{model.name} does not read landmark features: leave --features out.")
    return answerer


def _run(
    args: argparse.Namespace, name: str, model: EmoLA, answerer: _ModelAnswerer, data: Iterable[Record]
) -> Run:
    from emola.cli.progress import Bars
    from emola.data.landmarks import features_digest

    with Bars("Reading") as bars:
        parts = dict(model.identity(bars))
    with_features = [record for record in data if answerer.reads(record)]
    if with_features:
        parts["prior features"] = features_digest(with_features)
    return make_run(
        args,
        model,
        parts,
        data=name,
        task=args.task,
        question=answerer.question,
        adapter=answerer.adapter,
    )


def make_run(args: argparse.Namespace, model: EmoLA, parts: Mapping[str, str], **settings: Any) -> Run:
    """Return the run of a model with the given arguments. settings: further fields of ``emola.bench.Run``."""
    import torch
    import transformers

    from emola import __version__
    from emola.bench import Run

    return Run(
        model=model.name,
        quantize=args.quantize,
        dtype=model.info["dtype"],
        max_new_tokens=args.max_new_tokens,
        parts=parts,
        seed=getattr(args, "seed", 0),
        versions={"emola": __version__, "torch": torch.__version__, "transformers": transformers.__version__},
        **settings,
    )


def adapter_for(model: EmoLA, task: str) -> str | None:
    """Return the model's adapter for a task, else its first one, else None."""
    return task if task in model.adapters else next(iter(model.adapters), None)


def _warn(answered: RunResult, count: int, whole: bool) -> None:
    """Print how many pictures were skipped and in how many no face was found."""
    if answered.skipped:
        print(f"emola: {len(answered.skipped)} of {count} pictures were skipped", file=sys.stderr)
    without_face = sum(not outcome.found for outcome in answered.outcomes)
    if without_face:
        then = "the model was asked about the whole picture" if whole else "nothing was asked about them"
        print(f"emola: no face was found in {without_face} of {count} pictures: {then}", file=sys.stderr)


class _Detected(NamedTuple):
    """The largest face of a picture (None: ask nothing), whether it was found, and the number of faces."""

    face: Face | None
    found: bool = True
    faces: int | None = None

    @property
    def facts(self) -> dict[str, Any] | None:
        """Box and visibility of the face, for the answer log."""
        if self.face is None or not self.faces:
            return None
        visibility = self.face.visibility
        return {
            "box": [round(float(edge), 1) for edge in self.face.box],
            "visibility": None if visibility is None else visibility.as_dict(),
        }


class _ModelAnswerer:
    """Asks a model one question about the largest face of each picture; an ``emola.bench.Answerer``.

    whole: whether to ask about the whole picture if no face is found; if not, no question is asked.
    """

    def __init__(
        self, model: EmoLA, task: str, question: str | None, max_new_tokens: int, *, whole: bool
    ) -> None:
        from emola.data.landmarks import DIM
        from emola.faba import PUBLISHED_QUESTION, QUESTION

        self._model = model
        self._max_new_tokens = max_new_tokens
        self._whole = whole
        published = model.processor.prompt == "vicuna_v1"
        self.question = question or (PUBLISHED_QUESTION if published else QUESTION)[task]
        self.adapter = adapter_for(model, task)
        self.reads_features = bool(model.prior.dim == DIM)

    def reads(self, record: Record) -> bool:
        """Return whether the record has landmark features that the model reads."""
        return record.landmarks is not None and self.reads_features

    def see(self, record: Record, picture: Image.Image) -> _Detected:
        """Return the largest face, with the record's landmark features as prior if the model reads them."""
        from dataclasses import replace

        from emola import Face
        from emola.data.landmarks import load_landmarks

        if record.landmarks and self.reads(record):
            # The published evaluation takes the whole picture, neither cropped nor padded to a square.
            face = replace(Face.whole(picture), crop=picture, prior=load_landmarks(record.landmarks))
            return _Detected(face)
        faces = self._model.look(picture)
        if faces:
            return _Detected(faces[0], faces=len(faces))
        return _Detected(Face.whole(picture) if self._whole else None, found=False, faces=0)

    def answer(self, seen: Sequence[_Detected]) -> list[Answer]:
        """Return the answers, in order."""
        from emola.bench import Answer
        from emola.chat.batch import answer_batch

        asked = [detected.face for detected in seen if detected.face is not None]
        completions = iter(
            answer_batch(
                self._model.engine,
                asked,
                [self.question] * len(asked),
                max_new_tokens=self._max_new_tokens,
                adapter=self.adapter,
            )
            if asked
            else ()
        )
        answers = []
        for detected in seen:
            if detected.face is None:
                answers.append(Answer("", found=False, faces=0, unanswered="No face was found."))
            else:
                text, cut = next(completions)
                answers.append(Answer(text, detected.found, cut, detected.faces, detected.facts))
        return answers
