"""How answers become figures: what ``bench`` and ``score`` share."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.bench import READERS, Reader
from emola.cli.options import action_unit_codes, plots_dir
from emola.errors import DataError
from emola.files import replacing

if TYPE_CHECKING:
    from emola.bench import Run, Scored

__all__ = ["add_scoring_arguments", "publish"]


def add_scoring_arguments(parser: argparse.ArgumentParser) -> None:
    """How answers are read, and where the figures go."""
    parser.add_argument(
        "--parser",
        type=_parser,
        default=READERS["strict"],
        metavar="{strict,published}",
        help="how answers are read: strictly, or as the published scorer does (default: strict)",
    )
    parser.add_argument(
        "--action-units",
        type=action_unit_codes,
        metavar="LIST",
        help="score these, such as 1,2,12 (default: those that go with the data)",
    )
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="OUT",
        help="write the figures as JSON to OUT, and the answers beside it; without OUT print them",
    )
    parser.add_argument(
        "--report",
        type=plots_dir,
        metavar="DIR",
        help="write a report with plots, as Markdown and HTML, into DIR",
    )


def publish(
    args: argparse.Namespace,
    scored: Scored,
    facts: Mapping[str, Any],
    identity: str | None,
    asked: Run | None = None,
    skipped: Mapping[str, str] | None = None,
) -> None:
    """Write the figures and the report where they are wanted, and print what there is to read.

    facts: what else the report says of the answers. identity: of the run that they come from, None where
    nobody says. asked: that run, where it was made here. skipped: pictures that were passed over, and why.
    """
    run = asked.as_dict() if asked else None
    figures = {**scored.figures(), "skipped": len(skipped or ()), "identity": identity, "run": run}
    text = json.dumps(figures, indent=2)
    if args.json not in (None, "-"):
        try:
            with replacing(Path(args.json)) as partial:
                partial.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise DataError(f"The figures cannot be written to {args.json}: {error}.") from error
    if args.report:
        _report(args.report, scored, {**_facts(identity, asked), **facts}, skipped)
    if args.json == "-":
        print(text)
        return
    for name, value in figures.items():
        if name == "per_au":
            for code, one in value.items():
                print(f"  AU{code:<4} f1 {_shown(one['f1'])}  in {one['support']} faces")
        elif value is not None and name != "run":
            print(f"{name:<20} {_shown(value)}")


def _facts(identity: str | None, asked: Run | None) -> dict[str, Any]:
    """The run as the report shows it: one line for each setting and each part of the model."""
    if asked is None:
        return {"identity": identity}
    facts = asked.as_dict()
    parts, versions = facts.pop("parts"), facts.pop("versions")
    versions = ", ".join(f"{name} {number}" for name, number in versions.items())
    return {**facts, **parts, "versions": versions}


def _report(
    folder: Path, scored: Scored, facts: Mapping[str, Any], skipped: Mapping[str, str] | None
) -> None:
    from emola.bench.report import write_report

    write_report(folder, scored, facts, skipped)


def _shown(value: float | None) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _parser(name: str) -> Reader:
    if name not in READERS:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(READERS)}")
    return READERS[name]
