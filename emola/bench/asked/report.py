"""The report of an interview; ``emola.bench.pages`` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from emola.bench.asked.figures import WEAK
from emola.bench.pages import Block, Heading, Table, Text, excerpt, facts_table, write_pages
from emola.bench.trust.shares import Figures, cells

__all__ = ["summary_rows", "write_asked_report"]

_METHOD = (
    "Every kind of question is asked in five phrasings, which were written without sight of the training "
    "corpus, spread over the faces. "
    "A rule of its kind reads each answer: whether it does what was asked, and agrees "
    "with the evidence of the "
    "face. Levels may differ by one, and units with a probability between 0.35 and 0.65 "
    "may be called either. "
    "The most likely token is always taken. Intervals are Wilson's, 95 %; answers about one face are not "
    "independent, so true intervals are wider."
)


def summary_rows(figures: Figures) -> list[tuple[str, str, str, str]]:
    """Return rows of a title, a share or number, its interval, and the number of answers."""
    asked, faults = figures["as_asked"], figures["faults"]
    rows = [("answers as asked", *cells(asked))]
    rows += [(f"  {family}", *cells(row)) for family, row in asked["by_family"].items()]
    rows += [
        (f"kinds under {WEAK:.0%}", str(len(asked["weak"])), "", str(asked["kinds"])),
        ("claimed movements that the evidence carries", *cells(figures["carried"])),
        ("  doubtful ones included, over the threshold", *cells(figures["carried"]["over_threshold"])),
        ("questions to decline that were declined", *cells(figures["declined"])),
        ("answers that are empty, cut or loop", str(faults["any"]), "", str(faults["n"])),
    ]
    for kind, words in figures["words"].items():
        answers = str(asked["by_kind"].get(kind, {}).get("n", 0))
        rows.append(
            (f"median words of an answer, {kind}", "–" if words is None else f"{words:g}", "", answers)
        )
    return rows


def write_asked_report(folder: Path, facts: Mapping[str, Any], figures: Figures) -> None:
    """Write ``report.md`` and ``report.html`` into ``folder``. facts: about the run. Raises DataError."""
    blocks: list[Block] = [facts_table(facts), Text(_METHOD), Heading("Summary")]
    blocks.append(Table(("", "share", "95 %", "of"), [_stripped(row) for row in summary_rows(figures)]))
    blocks += [Heading("Kinds of questions"), _kinds(figures["as_asked"]["by_kind"])]
    if examples := figures["carried"]["examples"]:
        blocks += [Heading("Claims that the evidence does not carry")]
        columns = ("face", "kind", "units", "answer")
        blocks.append(Table(columns, [tuple(excerpt(row[key]) for key in columns) for row in examples]))
    blocks += _answers(figures)
    write_pages(folder, "Are questions answered as asked?", blocks)


def _stripped(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row)


def _kinds(by_kind: Mapping[str, Figures]) -> Table:
    """Return the table of kinds, the weakest first, with the most common reason of failure."""
    ranked = sorted(by_kind.items(), key=lambda item: item[1]["share"])
    rows = [
        (kind, row["family"], *cells(row), excerpt("; ".join(list(row["reasons"])[:2])))
        for kind, row in ranked
    ]
    return Table(("kind", "family", "as asked", "95 %", "answers", "most common reasons"), rows)


def _answers(figures: Figures) -> Iterator[Block]:
    """Yield the answers of each kind in full, with the verdicts."""
    for kind in figures["as_asked"]["by_kind"]:
        rows = []
        for row in figures["answers"]:
            if row["kind"] == kind:
                before = f"{row['asked_before']} – {row['answer_before']} – " if "asked_before" in row else ""
                question = " ".join((before + row["asked"]).split())
                rows.append(
                    (row["face"], question, " ".join(row["answer"].split()), row["reason"] or "as asked")
                )
        yield Heading(kind)
        yield Table(("face", "asked", "answer", "verdict"), rows)
