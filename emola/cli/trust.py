"""``emola bench --trust``: the interview of a model and its figures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from emola.bench import Answer, Run, read_answers
from emola.bench.trust import (
    Figures,
    Interview,
    Subject,
    emotion_figures,
    questions_digest,
    summary_rows,
    trust_figures,
    write_trust_report,
)
from emola.cli.inference import make_run
from emola.cli.interviews import ModelAnswerer, evidence_of, print_summary, subjects_of
from emola.cli.labelled_data import labelled_records, open_data, part_facts
from emola.cli.models import load_model
from emola.cli.processes import join_process_group
from emola.cli.progress import Bars
from emola.cli.results import answers_path, run_facts, write_figures
from emola.data import Record, SkippedImages, sample
from emola.errors import DataError
from emola.face import FaceLandmarker

__all__ = ["run_trust"]


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
        measure, parts = evidence_of(model)
        skipped = SkippedImages(len(records) + len(list_records))
        subjects = subjects_of(data.name, records, skipped, model.look, measure)
        list_subjects = subjects_of(f"{data.name}, lists", list_records, skipped, model.look, measure)
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
        answerer = ModelAnswerer(model, args.batch_size)
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
    subjects = subjects_of(name, records, skipped, FaceLandmarker().detect, None)
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
    print_summary(counts, summary_rows(figures))
