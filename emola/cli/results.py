"""Scoring options and output of figures, shared by ``bench`` and ``score``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.bench import READERS, Reader
from emola.cli.options import action_unit_codes, plots_dir
from emola.cli.outputs import require_writable
from emola.errors import DataError
from emola.files import replacing

if TYPE_CHECKING:
    from emola.bench import Run, Scored

__all__ = ["add_scoring_arguments", "answers_path", "publish_scores", "run_facts", "write_figures"]


def add_scoring_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --parser, --action-units, --json and --report."""
    parser.add_argument(
        "--parser",
        type=_reader,
        default=READERS["strict"],
        metavar="{strict,published}",
        help="reader of the answers: strict, or published as in the paper (default: strict)",
    )
    parser.add_argument(
        "--action-units",
        type=action_unit_codes,
        metavar="LIST",
        help="score these units, such as 1,2,12 (default: those of the data set)",
    )
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="OUT",
        help="write the figures to OUT and the answers beside it; without OUT, print the figures",
    )
    parser.add_argument(
        "--report", type=plots_dir, metavar="DIR", help="write a report with plots to DIR (Markdown and HTML)"
    )


def answers_path(args: argparse.Namespace) -> Path | None:
    """Return the answer log: --answers, or beside --json OUT, or None.

    Raises DataError if the log or the figures cannot be written.
    """
    out = Path(args.json) if args.json not in (None, "-") else None
    log = args.answers or (out.with_suffix(".answers.jsonl") if out else None)
    for file, what in ((out, "The figures"), (log, "The answers")):
        if file:
            require_writable(file, what)
    return log


def publish_scores(
    args: argparse.Namespace,
    scored: Scored,
    facts: Mapping[str, Any],
    identity: str | None,
    run: Run | None = None,
    skipped: Mapping[str, str] | None = None,
) -> None:
    """Write the figures and the report to the given files, or print the figures.

    facts: further rows of the report. identity: that of the run that gave the answers, None if unknown. run:
    this run, None for existing answers. skipped: the reasons why pictures were skipped, by id.
    """
    figures = {**scored.figures(), "skipped": len(skipped or ()), "identity": identity}
    printed = write_figures(args, {**figures, "run": run.as_dict() if run else None})
    if args.report:
        from emola.bench.report import write_report

        write_report(args.report, scored, {**run_facts(identity, run), **facts}, skipped)
    if printed:
        return
    for name, value in figures.items():
        if name == "per_au":
            for code, unit in value.items():
                print(f"  AU{code:<4} f1 {_formatted(unit['f1'])}  in {unit['support']} faces")
        elif value is not None:
            print(f"{name:<20} {_formatted(value)}")


def write_figures(args: argparse.Namespace, figures: Mapping[str, Any]) -> bool:
    """Write the figures to ``args.json``, if given; return whether they went to stdout.

    Raises DataError if the file cannot be written.
    """
    text = json.dumps(figures, indent=2)
    if args.json == "-":
        print(text)
        return True
    if args.json is not None:
        try:
            with replacing(Path(args.json)) as partial:
                partial.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise DataError(f"The figures cannot be written to {args.json}: {error}.") from error
    return False


def run_facts(identity: str | None, run: Run | None) -> dict[str, Any]:
    """Return the rows of the report for a run: one for each setting and each part of the model."""
    if run is None:
        return {"identity": identity}
    facts = run.as_dict()
    parts, versions = facts.pop("parts"), facts.pop("versions")
    versions = ", ".join(f"{name} {number}" for name, number in versions.items())
    return {**facts, **parts, "versions": versions}


def _formatted(value: float | None) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _reader(name: str) -> Reader:
    if name not in READERS:
        raise argparse.ArgumentTypeError(f"{name!r} is not one of {', '.join(READERS)}")
    return READERS[name]
