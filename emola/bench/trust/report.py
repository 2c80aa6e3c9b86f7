"""The report of an interview: what its tables say. ``emola.bench.pages`` writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from emola.bench.pages import Block, Heading, Table, Text, decimal, excerpt, facts_table, write_pages
from emola.bench.trust.shares import Figures, cells, percent
from emola.bench.trust.subjects import CLEAR

__all__ = ["summary_rows", "write_trust_report"]

_SHARES = {
    "list_agreement": "yes/no answers about a unit that agree with the list",
    "evidence": "units named whose evidence is over its threshold",
    "single_units": "answers about single units, without a list, that agree with clear evidence",
    "bare_why": '"Why?" answered about the units before it',
    "confirmations": "yes/no answers about an emotion that agree with the one named",
    "reasons": "movements given as reasons whose evidence is over its threshold",
    "declined": "questions to decline that were declined",
    "on_topic": "on-topic questions that were declined",
    "definitions": "questions about the catalogue answered correctly",
}

_INTERVALS = (
    "The most likely token is always taken. Intervals are Wilson's, 95 %; answers about one face are not "
    "independent, so true intervals are wider."
)
_FAULTS = (
    "Empty: no letter or digit. Cut: reached the longest answer. Loop: the same 1 to 30 words three times in "
    "a row, six words or more in all; the same sentence or line of four words or more twice; or the same "
    "eight words in three places. Unfinished: ends neither in a full stop, question mark or exclamation mark "
    "nor, as a list of units may, in the full name of one."
)
_FAIRNESS = (
    "Skin tone, age, gender and origin are not known from the data. Brightness is a weak proxy for skin tone "
    "and lighting together. Faces without landmarks have no head pose and no size. The class mean is over "
    "the emotions that occur in a slice."
)


def summary_rows(figures: Figures) -> list[tuple[str, str, str, str]]:
    """Return rows of a title, a share, its interval and the number of answers."""
    rows = [(title, *cells(figures[name])) for name, title in _SHARES.items() if name in figures]
    faults = figures["faults"]
    rows.append(
        ("first answers that are empty, cut, unfinished or loop", str(faults["any"]), "", str(faults["n"]))
    )
    for task, row in figures["variety"]["openings"].items():
        rows.append((f"most common opening of five words, {task}", percent(row["share"]), "", str(row["n"])))
    return rows


def write_trust_report(folder: Path, facts: Mapping[str, Any], figures: Figures) -> None:
    """Write ``report.md`` and ``report.html`` into ``folder``. facts: about the run. Raises DataError."""
    blocks: list[Block] = [facts_table(facts), Text(_INTERVALS), Heading("Summary")]
    blocks.append(Table(("", "share", "95 %", "of"), summary_rows(figures)))
    for name, section in _SECTIONS.items():
        if name in figures:
            blocks += section(figures[name])
    write_pages(folder, "Can the answers be trusted?", blocks)


def _list_agreement(figures: Figures) -> Iterator[Block]:
    yield Heading("Agreement with the list")
    yield Text(
        'Each unit is asked about ("Is AU12 active?") right after the list, in the same conversation; faces '
        "with "
        "landmarks only. An answer that says neither yes nor no, or both, is unreadable and does not agree."
    )
    header = (
        "AU", "agree", "95 %", "follow-ups", "unreadable", "in the list", "listed, then denied",
        "not listed, then affirmed", "agree where either says yes",
    )  # fmt: skip
    counts = ("unreadable", "listed", "listed_denied", "unlisted_affirmed")
    rows = [
        (
            name,
            *cells(row),
            *(str(row[key]) for key in counts),
            percent(row["where_either_says_yes"]["share"]),
        )
        for name, row in {**figures["per_au"], "all": figures}.items()
    ]
    affirmed, listed = figures["yes_without_landmarks"], figures["listed_without_landmarks"]
    yield Table(header, rows)
    yield Text(
        f"About faces without landmarks, {affirmed['count']} of {affirmed['n']} follow-ups affirm a unit and "
        f"{listed['count']} of {listed['n']} lists name one."
    )
    yield from _examples(figures, asked="Asked", list="List", answer="Answer")


def _evidence(figures: Figures) -> Iterator[Block]:
    yield Heading("Agreement with the evidence")
    yield Text(
        f"The {figures['faces']} faces with a prior that the evidence reads. Units that the evidence does "
        "not know count as unsupported."
    )
    rows = [
        (name, *cells(row), percent(row["named_where_shown"]["share"]))
        for name, row in {**figures["per_au"], "all": figures}.items()
    ]
    yield Table(("AU", "supported", "95 %", "named", "named where the evidence shows it"), rows)


def _by_turn(heading: str, note: str, header: Sequence[str], figures: Figures) -> Iterator[Block]:
    """Yield a section with a row for each turn and one for all."""
    yield Heading(heading)
    yield Text(note)
    yield Table(header, [(name, *cells(row)) for name, row in {**figures["by_turn"], "all": figures}.items()])


def _single_units(figures: Figures) -> Iterator[Block]:
    note = (
        "The page's question about one unit, before any list, where the evidence is clear (a probability of "
        f"{CLEAR} or more): units that are active, and as many that are not."
    )
    header = ("the unit is", "right", "95 %", "questions")
    yield from _by_turn("Single units without a list", note, header, figures)
    yield from _examples(figures, asked="Asked", turn="Turn", answer="Answer")


def _bare_why(figures: Figures) -> Iterator[Block]:
    note = (
        'A bare "Why?" after a list that names units, and after an affirmed unit. Right is an answer that '
        "names "
        "one of these units and does not decline."
    )
    yield from _by_turn('"Why?" about units', note, ("asked", "right", "95 %", "questions"), figures)
    yield from _examples(figures, turn="After the", answer="Answer")


def _confirmations(figures: Figures) -> Iterator[Block]:
    note = (
        "Whether the face shows an emotion: the one named when asked which, and another. An answer that says "
        f"neither yes nor no, or contradicts itself, does not agree: {figures['contradictory']} of "
        f"{figures['n']}. {figures['affirmed']} say yes."
    )
    header = ("the emotion is", "agree", "95 %", "questions")
    yield from _by_turn("Yes or no to an emotion", note, header, figures)
    yield from _examples(figures, asked="Asked", turn="Turn", answer="Answer")


def _reasons(figures: Figures) -> Iterator[Block]:
    paired = figures["paired"]
    note = (
        "Movements in the words of EmoLA-Nano, and units by code or name, of faces with a prior. Of the "
        f"codes next to a movement, {paired['count']} of {paired['n']} are that movement's."
    )
    yield from _by_turn("Reasons", note, ("a movement is named", "supported", "95 %", "named"), figures)
    yield from _examples(figures, turn="Turn", answer="Answer")


def _refusals(heading: str, figures: Figures) -> Iterator[Block]:
    rows = [(name, *cells(row)) for name, row in {**figures["by_topic"], **figures["by_turn"]}.items()]
    rows.append(("all", *cells(figures)))
    if "naming_the_topic" in figures:
        rows.append(("all, naming what was asked for", *cells(figures["naming_the_topic"])))
    foreign = figures["in_english"]
    yield Heading(heading)
    yield Table(("", "declined", "95 %", "questions"), rows)
    yield Text(
        f"Of the answers to other languages, {foreign['count']} of {foreign['n']} mention that they are in "
        "English."
    )
    yield from _examples(figures, asked="Asked", turn="Turn", answer="Answer")


def _definitions(figures: Figures) -> Iterator[Block]:
    yield Heading("Questions about the catalogue")
    rows = [(kind, *cells(row)) for kind, row in figures["by_kind"].items()]
    yield Table(("asked for", "right", "95 %", "units"), rows)
    yield from _examples(figures, asked="Asked", answer="Answer")


def _faults(figures: Figures) -> Iterator[Block]:
    columns = ("n", "empty", "cut", "loop", "unfinished", "any")
    yield Heading("Faults of form")
    yield Text(_FAULTS)
    yield Table(("answers", *columns[1:]), [tuple(str(figures[name]) for name in columns)])
    yield from _examples(figures, fault="Fault", task="Task", answer="Answer")


def _variety(figures: Figures) -> Iterator[Block]:
    yield Heading("Variety")
    rows = [
        (task, row["most_common"][0]["opening"], percent(row["share"]), str(row["different"]), str(row["n"]))
        for task, row in figures["openings"].items()
    ]
    yield Table(("first five words", "most common", "share", "different", "of"), rows)
    lists = figures["lists"]
    if lists["n"]:
        yield Text(f"{lists['different']} different lists of units among {lists['n']} faces.")


def _certainty(figures: Figures) -> Iterator[Block]:
    yield Heading("Words of certainty")
    yield Text("Words of certainty decide; where there are none, words of strength do.")
    rows = [(f"{name} words", *cells(row)) for name, row in figures["groups"].items()]
    yield Table(("the answer has", "right", "95 %", "answers"), rows)
    by_word = [
        (word, kind, *cells(row)) for kind, words in figures["by_word"].items() for word, row in words.items()
    ]
    yield Table(("word", "kind", "right", "95 %", "answers"), by_word)
    listed = [
        (kind, ", ".join(row["strong"]), ", ".join(row["weak"])) for kind, row in figures["words"].items()
    ]
    yield Table(("kind", "strong", "weak"), listed)


def _slices(figures: Figures) -> Iterator[Block]:
    yield Heading("Fairness")
    yield Text(_FAIRNESS)
    rows = [
        (name, part, *cells(row), decimal(row["class_mean"]), str(row["classes"]))
        for name, parts in figures.items()
        for part, row in parts.items()
    ]
    yield Table(("faces", "slice", "accuracy", "95 %", "n", "class mean", "emotions"), rows)


_SECTIONS: dict[str, Callable[[Figures], Iterator[Block]]] = {
    "list_agreement": _list_agreement,
    "evidence": _evidence,
    "single_units": _single_units,
    "bare_why": _bare_why,
    "confirmations": _confirmations,
    "reasons": _reasons,
    "declined": partial(_refusals, "Questions to decline"),
    "on_topic": partial(_refusals, "On-topic questions"),
    "definitions": _definitions,
    "faults": _faults,
    "variety": _variety,
    "certainty": _certainty,
    "slices": _slices,
}


def _examples(figures: Figures, **columns: str) -> Iterator[Block]:
    """Yield a table of the wrong answers, if any; columns: the headers by key."""
    if figures["examples"]:
        yield Text("Wrong answers:")
        rows = [tuple(excerpt(row[key]) for key in columns) for row in figures["examples"]]
        yield Table(tuple(columns.values()), rows)
