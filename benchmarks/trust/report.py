"""The figures of a run as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from benchmarks.baselines.tables import decimal, markdown
from benchmarks.trust.faces import CLEAR

Figures = Mapping[str, Any]

FAULTS = """Empty: no letter or digit. Cut: reached the longest answer. Loop: the same 1 to 30 words three
times in a row, six words or more in all; the same sentence or line of four words or more twice; or the same
eight words at three places. Unfinished: ends neither in a full stop, question or exclamation mark nor, as a
list of units may, in the whole name of one."""

UNKNOWN = """Skin tone, age, gender and origin of these people are not known from the data, so nothing can be
said of them. Brightness stands weakly for skin tone and lighting together. Faces without landmarks have no
head pose and no size. The class mean is over the emotions that occur in a part."""


_SHARES = {
    "agreement": "answers that agree with themselves",
    "evidence": "units named whose evidence is over its threshold",
    "unlisted": "single units asked about without a list: as the evidence has them",
    "confirming": "yes or no to an emotion: as the one named",
    "reasons": "movements given as reasons of the emotion whose evidence is over its threshold",
    "declined": "declined as asked",
    "on_topic": "on-topic questions wrongly declined",
    "by_heart": "action units known by heart",
}


def report(run: Figures, figures: Figures) -> str:
    """All tables."""
    parts = [f"# Can its words be trusted?\n\n{_about(run)}", _summary(figures)]
    parts += [_SECTIONS[name](one) for name, one in figures.items()]
    return "\n\n".join(parts) + "\n"


def _about(run: Figures) -> str:
    people = f", one in {run['held_out']} people" if run["held_out"] else ""
    weights = f" (weights {run['weights']})" if run["weights"] else ""
    return (
        f"{run['model']}{weights} on {run['data']}{people}: {run['faces']} faces, "
        f"{run['faces'] - run['found']} of them without landmarks; seed {run['seed']}. The likeliest "
        "token is always taken. Intervals are Wilson's, 95 %; answers about one face are not independent, "
        "so true ones are wider."
    )


def _summary(figures: Figures) -> str:
    faults, openings = figures["degenerate"], figures["openings"]
    rows = [
        ["", "share", "95 %", "of"],
        *([what, *_cells(figures[name])] for name, what in _SHARES.items() if name in figures),
        ["degenerate or truncated answers", str(faults["any"]), "", str(faults["n"])],
        *(
            [f"commonest opening of five words, {task}", percent(one["share"]), "", str(one["n"])]
            for task, one in openings.items()
        ),
    ]
    return f"## Summary\n\n{markdown(rows)}"


def _agreement(one: Figures) -> str:
    head = [
        "AU", "agree", "95 %", "follow-ups", "unreadable", "in the list", "listed, then denied",
        "not listed, then affirmed", "agree where either says yes",
    ]  # fmt: skip
    rows = [head]
    for name, row in {**one["per_au"], "all": one}.items():
        either = row["where_either_says_yes"]
        counts = ("unreadable", "listed", "listed_denied", "unlisted_affirmed")
        rows.append([name, *_cells(row), *(str(row[key]) for key in counts), percent(either["share"])])
    blind = one["yes_without_landmarks"]
    note = (
        'Each unit is asked about ("Is AU12 active?") right after the list, in the same conversation; faces '
        "with landmarks only. An answer that says neither yes nor no, or both, is unreadable and does not "
        f"agree. About faces without landmarks {blind['count']} of {blind['n']} follow-ups affirm a unit."
    )
    wrong = [
        f"{row['asked']}: {quoted(row['list'])} - then: {quoted(row['said'])}" for row in one["examples"]
    ]
    return _section("Answers that agree with themselves", note, markdown(rows), bullets("Such as", wrong))


def _evidence(one: Figures) -> str:
    rows = [["AU", "backed", "95 %", "named", "named where the evidence shows it"]]
    for name, row in {**one["per_au"], "all": one}.items():
        rows.append([name, *_cells(row), percent(row["named_where_shown"]["share"])])
    note = (
        f"The {one['faces']} faces with a prior that the evidence reads. "
        "Units that it does not know count as unbacked."
    )
    return _section("Answers that agree with the evidence", note, markdown(rows))


def _unlisted(one: Figures) -> str:
    rows = [["the unit is", "right", "95 %", "questions"]]
    rows += [[name, *_cells(row)] for name, row in {**one["by_turn"], "all": one}.items()]
    note = (
        "The page's question about one unit, before any list, about units for or against which the evidence "
        f"is clear (a probability of {CLEAR} or more): those that are active, and as many that are not."
    )
    wrong = [f"{row['asked']}, {row['turn']}: {quoted(row['said'])}" for row in one["examples"]]
    return _section("Single units without a list", note, markdown(rows), bullets("Such as", wrong))


def _confirming(one: Figures) -> str:
    rows = [["the emotion is", "agrees", "95 %", "questions"]]
    rows += [[name, *_cells(row)] for name, row in {**one["by_turn"], "all": one}.items()]
    note = (
        "Whether the face shows an emotion, against the emotion named when it was asked which: that one, and "
        "another. An answer that says neither yes nor no, or contradicts itself, does not agree: "
        f"{one['contradictory']} of {one['n']}. {one['affirmed']} say yes."
    )
    wrong = [f"{row['asked']} ({row['turn']}): {quoted(row['said'])}" for row in one["examples"]]
    return _section("Yes or no to an emotion", note, markdown(rows), bullets("Such as", wrong))


def _reasons(one: Figures) -> str:
    rows = [["a movement is named", "backed", "95 %", "named"]]
    rows += [[name, *_cells(row)] for name, row in {**one["by_turn"], "all": one}.items()]
    paired = one["paired"]
    note = (
        "Movements in Nano's own words, and units by code or name, of faces with a prior. Of the codes that "
        f"stand with a movement, {paired['count']} of {paired['n']} are that movement's."
    )
    wrong = [f"{row['turn']}: {quoted(row['said'])}" for row in one["examples"]]
    return _section("Reasons of the emotion", note, markdown(rows), bullets("Such as", wrong))


def _refusals(title: str, one: Figures, heading: str) -> str:
    rows = [["", "declined", "95 %", "questions"]]
    turns = {f"as {turn} question": row for turn, row in one["by_turn"].items()}
    for name, row in {**one["by_topic"], **turns, "all": one}.items():
        rows.append([name, *_cells(row)])
    if "naming_the_topic" in one:
        rows.append(["all, naming what was asked for", *_cells(one["naming_the_topic"])])
    wrong = [f"{row['asked']} ({row['turn']}): {quoted(row['said'])}" for row in one["examples"]]
    return _section(title, markdown(rows), bullets(heading, wrong))


def _by_heart(one: Figures) -> str:
    rows = [["asked for", "right", "95 %", "units"]]
    rows += [[kind, *_cells(row)] for kind, row in one["by_kind"].items()]
    wrong = [f"{row['asked']} {quoted(row['said'])}" for row in one["examples"]]
    return _section("Action units known by heart", markdown(rows), bullets("Wrong", wrong))


def _degenerate(one: Figures) -> str:
    rows = [["answers", "empty", "cut", "loop", "unfinished", "any of these"]]
    rows.append([str(one[key]) for key in ("n", "empty", "cut", "loop", "unfinished", "any")])
    wrong = [f"{row['fault']}, {row['task']}: {quoted(row['said'])}" for row in one["examples"]]
    return _section("Degenerate or truncated answers", FAULTS, markdown(rows), bullets("Such as", wrong))


def _openings(one: Figures) -> str:
    rows = [["answers", "commonest", "share", "different openings", "of"]]
    for task, row in one.items():
        first = row["commonest"][0]["opening"]
        rows.append([task, first, percent(row["share"]), str(row["different"]), str(row["n"])])
    return _section("Distinct answers: the first five words", markdown(rows))


def _words(one: Figures) -> str:
    rows = [["the answer speaks with", "right", "95 %", "answers"]]
    rows += [[f"{name} words", *_cells(row)] for name, row in one["groups"].items()]
    each = [["word", "kind", "right", "95 %", "answers"]]
    for kind, words in one["by_word"].items():
        each += [[word, kind, *_cells(row)] for word, row in words.items()]
    table = [["kind", "strong", "weak"]]
    table += [[kind, ", ".join(row["strong"]), ", ".join(row["weak"])] for kind, row in one["table"].items()]
    note = "Words of sureness decide where there are any, words of strength where there are none."
    return _section("Calibrated words", note, markdown(rows), markdown(each), markdown(table))


def _slices(one: Figures) -> str:
    rows = [["faces", "part", "accuracy", "95 %", "n", "class mean", "emotions"]]
    for way, parts in one.items():
        for name, row in parts.items():
            rows.append([way, name, *_cells(row), decimal(row["class_mean"]), str(row["classes"])])
    return _section("Fairness", UNKNOWN, markdown(rows))


_SECTIONS: dict[str, Callable[[Figures], str]] = {
    "agreement": _agreement,
    "evidence": _evidence,
    "unlisted": _unlisted,
    "confirming": _confirming,
    "reasons": _reasons,
    "declined": partial(_refusals, "Declined as asked", heading="What was answered instead"),
    "on_topic": partial(_refusals, "On-topic questions wrongly declined", heading="What was declined"),
    "by_heart": _by_heart,
    "degenerate": _degenerate,
    "openings": _openings,
    "words": _words,
    "slices": _slices,
}


def _section(title: str, *parts: str) -> str:
    return "\n\n".join((f"## {title}", *(part for part in parts if part)))


def _cells(one: Figures) -> list[str]:
    """A share, its interval and of how many."""
    interval = "-" if one["low"] is None else f"{percent(one['low'])} to {percent(one['high'])}"
    return [percent(one["share"]), interval, str(one["n"])]


def percent(number: float | None) -> str:
    """One decimal, a dash for nothing."""
    return "-" if number is None else f"{100 * number:.1f} %"


def quoted(text: str) -> str:
    """An answer on one line, shortened."""
    line = " ".join(text.split())
    return f'"{line if len(line) <= 160 else line[:157] + "..."}"'


def bullets(heading: str, lines: Sequence[str]) -> str:
    """A list under a line of its own; nothing of nothing."""
    return "\n".join([f"{heading}:", "", *(f"- {line}" for line in lines)]) if lines else ""
