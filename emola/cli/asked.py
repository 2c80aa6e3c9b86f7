"""``emola bench --asked``: whether a model answers what was asked, by kind of question."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from emola import EmoLA
from emola.bench import Answer, Outcome, Run
from emola.bench.asked import (
    AskedAnswers,
    AskedInterview,
    asked_figures,
    choose_faces,
    draw_candidates,
    questions_digest,
    summary_rows,
    write_asked_report,
)
from emola.bench.runs import from_line
from emola.bench.trust import Question, Subject
from emola.cli.inference import make_run
from emola.cli.interviews import ModelAnswerer, evidence_of, print_summary, subjects_of
from emola.cli.labelled_data import labelled_records, open_data, part_facts
from emola.cli.models import load_model
from emola.cli.processes import join_process_group
from emola.cli.progress import Bars
from emola.cli.results import answers_path, run_facts, write_figures
from emola.data import SkippedImages
from emola.errors import DataError

__all__ = ["run_asked"]

_FACES = 10


def run_asked(args: argparse.Namespace) -> int:
    """Ask every kind of question, or judge logged answers, and print or write the figures."""
    args.limit = args.limit or _FACES
    log = None if args.from_answers else answers_path(args)
    with join_process_group() as group:
        if group.size > 1:
            raise DataError("--asked runs in one process: start it without accelerate launch.")
    with open_data(args, "emotion") as data:
        records = labelled_records(data, args, "emotion")
        candidates = draw_candidates(records, [record.emotion for record in records], args.limit, args.seed)
        model = load_model(args)
        measure, parts = evidence_of(model)
        if measure is None:
            raise DataError(
                f"--asked compares answers with action units, which {model.name} cannot be read for."
            )
        skipped = SkippedImages(len(candidates))
        looked = subjects_of(data.name, candidates, skipped, model.look, measure)
    subjects = choose_faces(looked, args.limit)
    if args.from_answers:
        run, known = _logged(args.from_answers)
        answers = AskedInterview(run, _NoAnswerer(args.from_answers), seed=args.seed, known=known).ask(
            subjects
        )
    else:
        run = make_run(
            args,
            model,
            parts,
            data=data.name,
            task="asked",
            question=f"questions {questions_digest()}, seed {args.seed}",
            adapter=", ".join(model.adapters) or None,
        )
        answers = _ask(args, run, model, log, subjects)
    _publish(args, answers, len(skipped), run)
    return 0


def _ask(
    args: argparse.Namespace, run: Run, model: EmoLA, log: Path | None, subjects: Sequence[Subject]
) -> AskedAnswers:
    with Bars("Asking", unit="answer") as bars:
        return AskedInterview(
            run,
            ModelAnswerer(model, args.batch_size),
            log,
            seed=args.seed,
            batch_size=args.batch_size,
            progress=bars,
        ).ask(subjects)


def _publish(args: argparse.Namespace, answers: AskedAnswers, skipped: int, run: Run) -> None:
    """Write the figures and the report to the given files, or print a summary."""
    figures = asked_figures(answers)
    without = sum(not subject.found for subject in answers.subjects)
    counts = {"n": len(answers.subjects), "no_face": without, "skipped": skipped}
    printed = write_figures(args, {**counts, **figures, "identity": run.identity, "run": run.as_dict()})
    if args.report:
        facts = {**run_facts(run.identity, run), **part_facts(args), "without landmarks": without}
        write_asked_report(args.report, facts, figures)
    if printed:
        return
    print_summary(counts, summary_rows(figures))
    by_kind = figures["as_asked"]["by_kind"]
    weak = [f"{kind} {by_kind[kind]['count']}/{by_kind[kind]['n']}" for kind in figures["as_asked"]["weak"]]
    print("weak kinds: " + (", ".join(weak) or "none"))


def _logged(path: Path) -> tuple[Run, dict[str, Outcome]]:
    """Read an answer log of ``--asked``. Raises DataError if it is none."""
    known: dict[str, Outcome] = {}
    runs: list[Run] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            run, outcome = from_line(line)
            runs.append(run)
            known[outcome.id] = outcome
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not a log of answers: {error}.") from error
    if not runs or any(run.task != "asked" or run != runs[0] for run in runs):
        raise DataError(f"{path} is not the log of one run of --asked.")
    return runs[0], known


class _NoAnswerer:
    """An answerer for logged answers, which has none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def answer_each(self, questions: Sequence[Question], max_new_tokens: int) -> list[Answer]:
        """Raise DataError for a question that the log lacks."""
        raise DataError(
            f"{self._path} has no answer to {questions[0].id}: give --data, --held-out, --limit and --seed "
            "as they were given to bench."
        )

    answer_follow_ups = answer_each
