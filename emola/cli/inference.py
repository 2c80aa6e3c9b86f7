"""How a model answers about many pictures: what ``bench`` and ``annotate`` share."""

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
    from emola.bench import Answer, Answered, Run, Team
    from emola.data import Record, SkippedImages

__all__ = ["add_answering_arguments", "answer_records", "labelled", "part_of"]


def add_answering_arguments(parser: argparse.ArgumentParser) -> None:
    """The task, the model, and how it is asked."""
    add_task_argument(parser)
    add_model_arguments(parser)
    parser.add_argument(
        "--question", metavar="TEXT", help="ask this (default: what the model was published with)"
    )
    parser.add_argument(
        "--batch-size", type=positive_int, default=8, metavar="N", help="pictures at once (default: 8)"
    )
    parser.add_argument(
        "--max-new-tokens", type=positive_int, default=512, metavar="N", help="longest answer (default: 512)"
    )


def part_of(data: Iterable[Record], args: argparse.Namespace, task: str) -> list[Record]:
    """Those of :func:`labelled` to measure on: a number at random, or all.

    args: as there, with ``limit`` and ``seed``. Raises DataError when none is left.
    """
    from emola.data import sample

    return sample(labelled(data, args, task), args.limit, args.seed)


def labelled(data: Iterable[Record], args: argparse.Namespace, task: str) -> list[Record]:
    """The records labelled for ``task``, of people held out or of all.

    args: ``data`` and ``is_held_out``. Raises DataError when there is none.
    """
    from emola.data.hold_out import is_held_out
    from emola.errors import DataError

    records = [record for record in data if record.label(task) is not None]
    if args.held_out:
        records = [record for record in records if is_held_out(record.subject or "", args.held_out)]
    if not records:
        raise DataError(f"{args.data} has no such picture with a label for the task {task!r}.")
    return records


def answer_records(
    args: argparse.Namespace,
    name: str,
    records: Sequence[Record],
    log: Path | None,
    team: Team,
    *,
    data: Iterable[Record] = (),
    whole: bool = True,
    tolerance: SkippedImages | None = None,
) -> tuple[Run, Answered]:
    """Load the model and let it answer about ``records``, with a bar; goes on where ``log`` ends.

    data: all the records that these are taken from, whose prior features are part of the run's identity.
    whole: whether a picture without a face is asked about as a whole; else nothing is asked about it.
    tolerance: see ``emola.bench.answer_all``.
    """
    from emola.bench import answer_all
    from emola.cli.models import load_model
    from emola.cli.processes import device_for
    from emola.cli.progress import Bars

    model = load_model(args, device_for(team, args.device))
    asker = _Asker(model, args.task, args.question, args.max_new_tokens, whole=whole)
    run = _run(args, name, model, asker, data)
    with Bars("Asking", unit="face") as bars:
        answered = answer_all(
            run,
            records,
            asker,
            log,
            batch_size=args.batch_size,
            progress=(lambda done, total: bars(name, done, total)) if team.number == 0 else None,
            team=team,
            tolerance=tolerance,
        )
    if team.number == 0:
        _tell(answered, len(records), whole)
    return run, answered


def _run(args: argparse.Namespace, name: str, model: EmoLA, asker: _Asker, data: Iterable[Record]) -> Run:
    """Who is asked, and how."""
    from emola.bench import Run
    from emola.cli.progress import Bars
    from emola.data.landmarks import features_digest

    with Bars("Reading") as bars:
        parts = dict(model.identity(bars))
    brought = [record for record in data if asker.reads(record)]
    if brought:
        parts["prior features"] = features_digest(brought)
    return Run(
        data=name,
        task=args.task,
        question=asker.question,
        model=model.name,
        adapter=asker.adapter,
        quantize=args.quantize,
        dtype=model.info["dtype"],
        max_new_tokens=args.max_new_tokens,
        parts=parts,
        seed=getattr(args, "seed", 0),
        versions=_versions(),
    )


def _tell(answered: Answered, count: int, whole: bool) -> None:
    """Say what was not as it should be."""
    if answered.skipped:
        print(f"emola: {len(answered.skipped)} of {count} pictures were passed over", file=sys.stderr)
    unseen = sum(not outcome.found for outcome in answered.outcomes)
    if unseen:
        then = "the model was asked about the whole picture" if whole else "nothing was asked about them"
        print(f"emola: no face was found in {unseen} of {count} pictures: {then}", file=sys.stderr)


class _Seen(NamedTuple):
    """What is asked about: a face, how many there are, and whether it was found; no face, no question."""

    face: Face | None
    found: bool = True
    faces: int | None = None

    @property
    def about(self) -> dict[str, Any] | None:
        """Box and visibility of the described face, for the row of its answer."""
        if self.face is None or not self.faces:
            return None
        seen = self.face.visibility
        return {
            "box": [round(float(edge), 1) for edge in self.face.box],
            "visibility": None if seen is None else seen.as_dict(),
        }


class _Asker:
    """Asks a model one question about the largest face of each picture.

    whole: a picture without a face is asked about as a whole; else nothing is asked about it.
    """

    def __init__(
        self, model: EmoLA, task: str, question: str | None, max_new_tokens: int, *, whole: bool
    ) -> None:
        from emola.faba import PUBLISHED_QUESTION, QUESTION

        self._model = model
        self._max_new_tokens = max_new_tokens
        self._whole = whole
        published = model.processor.prompt == "vicuna_v1"
        self.question = question or (PUBLISHED_QUESTION if published else QUESTION)[task]
        self.adapter = task if task in model.adapters else next(iter(model.adapters), None)

    def reads(self, record: Record) -> bool:
        """Whether the record brings a prior that this model reads."""
        from emola.data.landmarks import DIM

        return record.landmarks is not None and self._model.prior.dim == DIM

    def see(self, record: Record, picture: Image.Image) -> _Seen:
        """The face, with the prior that the data bring, if it is one that this model reads."""
        from dataclasses import replace

        from emola import Face
        from emola.data.landmarks import load_landmarks

        if record.landmarks and self.reads(record):
            # As the published evaluation has it: the picture as it is, neither cut nor made square.
            face = replace(Face.whole(picture), crop=picture, prior=load_landmarks(record.landmarks))
            return _Seen(face)
        faces = self._model.look(picture)
        if faces:
            return _Seen(faces[0], faces=len(faces))
        return _Seen(Face.whole(picture) if self._whole else None, found=False, faces=0)

    def answer(self, seen: Sequence[_Seen]) -> list[Answer]:
        """The answers to the question, in order."""
        from emola.bench import Answer
        from emola.chat.batch import answer_batch

        asked = [one.face for one in seen if one.face is not None]
        said = iter(
            answer_batch(
                self._model.model,
                self._model.processor,
                asked,
                [self.question] * len(asked),
                max_new_tokens=self._max_new_tokens,
                adapter=self.adapter,
            )
            if asked
            else ()
        )
        answers = []
        for one in seen:
            if one.face is None:
                answers.append(Answer("", found=False, faces=0, unanswered="No face was found."))
            else:
                text, cut = next(said)
                answers.append(Answer(text, one.found, cut, one.faces, one.about))
        return answers


def _versions() -> Mapping[str, Any]:
    import torch
    import transformers

    from emola import __version__

    return {"emola": __version__, "torch": torch.__version__, "transformers": transformers.__version__}
