"""The content of the report of a run; ``emola.bench.pages`` writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from emola.bench.intervals import Interval, share_interval, unit_intervals
from emola.bench.metrics import class_recalls, confusion, f1
from emola.bench.pages import Block, Drawing, Heading, Table, Text, excerpt, facts_table, write_pages
from emola.bench.plots import plot_confusion, plot_units
from emola.bench.readers import READERS, STRICT
from emola.bench.scoring import Scored, score
from emola.faba import ACTION_UNITS, EMOTIONS, read_emotions

__all__ = ["PAPER", "worst", "write_report"]

PAPER = {"au": (56.3, 35.2, 91.5), "emotion": (64.5, 31.7, 96.2)}
"""Published S_re, S_ge and S_rege of EmoLA on FABA-Bench, in hundredths; not measured here."""

_LISTED = 20  # rows


class _Report(NamedTuple):
    """The scores by the chosen reader and by every reader, facts about the run, and skipped pictures."""

    facts: Mapping[str, Any]
    chosen: Scored
    by_reader: Mapping[str, Scored]
    skipped: Mapping[str, str]


def write_report(
    folder: Path, scored: Scored, facts: Mapping[str, Any], skipped: Mapping[str, str] | None = None
) -> None:
    """Write ``report.md``, ``report.html`` and the plots into ``folder``.

    scored: the answers as the chosen reader reads them. facts: about the run, by name. skipped: the reasons
    for skipped pictures, by id. Raises DataError if the folder cannot be written.
    """
    by_reader = {
        name: scored
        if name == scored.reader.name
        else score(scored.outcomes, scored.task, scored.codes, reader)
        for name, reader in READERS.items()
    }
    report = _Report(facts, scored, by_reader, skipped or {})
    subject = "emotions" if scored.task == "emotion" else "action units"
    write_pages(folder, f"How well are the {subject} read?", list(_blocks(report)))


def _blocks(report: _Report) -> Iterator[Block]:
    yield facts_table(report.facts)
    yield Heading("Figures")
    yield from _figures(report)
    yield from _units(report) if report.chosen.task == "au" else _emotions(report)
    yield from _readers(report)
    yield from _worst(report)
    yield from _skipped(report)


def _figures(report: _Report) -> Iterator[Block]:
    chosen = report.chosen
    kind = "accuracy" if chosen.task == "emotion" else "mean F1"
    rows = []
    for name, scored in report.by_reader.items():
        figures = (scored.recognition, scored.rouge_l, scored.rege)
        rows.append((f"measured, {name} parser", *map(_hundredths, figures)))
    rows.append(("EmoLA on FABA-Bench, published", *(f"{value:.1f}" for value in PAPER[chosen.task])))
    yield Table(("", f"S_re ({kind})", "S_ge (ROUGE-L)", "S_rege"), rows)
    text = f"{len(chosen.outcomes)} answers, read by the {chosen.reader.name} parser"
    interval = _recognition_interval(chosen)
    if interval:
        low, high = map(_hundredths, interval)
        text += f"; S_re lies between {low} and {high} with 95 % confidence"
    yield Text(f"{text}. Figures are in hundredths.")
    yield Text(
        "The row marked published holds the paper's figures for EmoLA-7B on the evaluation part of "
        "FABA-Instruct. They were not measured here and compare only with a run on the same pictures."
    )
    if chosen.rouge_l is None:
        yield Text("These data have no reference descriptions, so S_ge and S_rege have no value.")
    without_face = sum(not outcome.found for outcome in chosen.outcomes)
    cut = sum(outcome.cut for outcome in chosen.outcomes)
    yield Text(f"No face was found in {without_face} pictures; {cut} answers reached their length limit.")


def _recognition_interval(scored: Scored) -> Interval | None:
    if scored.task == "au":
        return unit_intervals(scored)[1]
    right = sum(label == named for label, named in zip(scored.emotion_labels, scored.emotions, strict=True))
    return share_interval(right, len(scored.outcomes))


def _units(report: _Report) -> Iterator[Block]:
    scores = report.chosen.unit_scores
    intervals, _ = unit_intervals(report.chosen)
    yield Heading("Each action unit")
    if intervals:
        yield Drawing(plot_units(scores, intervals))
    rows = []
    for code, unit in scores.items():
        interval = intervals.get(code)
        rows.append(
            (
                f"AU{code} {ACTION_UNITS[code].name if code in ACTION_UNITS else ''}",
                _hundredths(unit.f1),
                f"{_hundredths(interval.low)} to {_hundredths(interval.high)}" if interval else "–",
                str(unit.support),
            )
        )
    yield Table(("Action unit", "F1", "95 % interval", "Faces that show it"), rows)


def _emotions(report: _Report) -> Iterator[Block]:
    chosen = report.chosen
    shown = [emotion for emotion in EMOTIONS if emotion in {*chosen.emotion_labels, *chosen.emotions}]
    yield Heading("Each emotion")
    yield Drawing(plot_confusion(confusion(chosen.emotion_labels, chosen.emotions), shown))
    recalls = class_recalls(chosen.emotion_labels, chosen.emotions)
    rows = [
        (emotion, _hundredths(recalls[emotion]), str(chosen.emotion_labels.count(emotion)))
        for emotion in shown
        if emotion in recalls
    ]
    yield Table(("Emotion", "Recall", "Faces"), rows)
    yield Text(
        f"{chosen.emotions.count(None)} answers name no emotion. The paper's accuracy weights all faces "
        f"equally; the mean of these recalls is {_hundredths(sum(recalls.values()) / len(recalls))}."
    )


def _readers(report: _Report) -> Iterator[Block]:
    """Yield the answers that the two readers read differently, and the ties of the strict one."""
    first, second = report.by_reader.values()
    outcomes = report.chosen.outcomes
    differing = [index for index in range(len(outcomes)) if first.reading(index) != second.reading(index)]
    yield Heading("Where the two parsers disagree")
    share = len(differing) / len(outcomes)
    yield Text(f"They read {len(differing)} of {len(outcomes)} answers differently ({100 * share:.1f} %).")
    if differing:
        rows = [
            (
                outcomes[index].id,
                _reading(first.reading(index)),
                _reading(second.reading(index)),
                excerpt(outcomes[index].prediction),
            )
            for index in differing[:_LISTED]
        ]
        yield Table(("Id", first.reader.name, second.reader.name, "Answer"), rows, _note(rows, differing))
    if report.chosen.task == "emotion":
        yield from _ties(report.chosen)


def _ties(scored: Scored) -> Iterator[Block]:
    ties = [(outcome, read_emotions(outcome.prediction).tied) for outcome in scored.outcomes]
    ties = [(outcome, tied) for outcome, tied in ties if tied]
    yield Text(
        f"{len(ties)} answers assert several emotions equally; the {STRICT.name} parser takes the first one "
        "named."
    )
    if ties:
        rows = [
            (outcome.id, ", ".join(tied), excerpt(outcome.prediction)) for outcome, tied in ties[:_LISTED]
        ]
        yield Table(("Id", "Tied", "Answer"), rows, _note(rows, ties))


def _worst(report: _Report) -> Iterator[Block]:
    chosen = report.chosen
    described = chosen.rouge_l is not None
    indices = worst(chosen)
    yield Heading("The worst answers")
    if not indices:
        yield Text("Every answer is right.")
        return
    rows = []
    for index in indices[:_LISTED]:
        outcome = chosen.outcomes[index]
        # Units that are not scored are not read either, so they are left out of the label.
        units = tuple(sorted(chosen.unit_labels[index] & set(chosen.codes))) if chosen.task == "au" else ()
        label = _reading(units if chosen.task == "au" else outcome.label)
        row = [outcome.id, label, _reading(chosen.reading(index))]
        row += [_hundredths(chosen.rouge[index])] if described else []
        rows.append((*row, excerpt(outcome.prediction)))
    columns = ("Id", "Label", "Read", *(["ROUGE-L"] if described else []), "Answer")
    yield Table(columns, rows, _note(rows, indices))


def worst(scored: Scored) -> list[int]:
    """Return the indices of the wrong outcomes, worst first.

    Sorted by the F1 of the face's units (0 for a wrong emotion), then by ROUGE-L.
    """

    def grade(index: int) -> tuple[float, float]:
        rouge = scored.rouge[index]
        if scored.task == "emotion":
            right = float(scored.emotions[index] == scored.emotion_labels[index])
        else:
            coded = set(scored.codes) - set(scored.outcomes[index].uncoded)
            active, named = scored.unit_labels[index] & coded, scored.units[index] & coded
            right = f1((code in active, code in named) for code in active | named) if active | named else 1.0
        return right, 0.0 if rouge is None else rouge

    wrong = [index for index in range(len(scored.outcomes)) if grade(index)[0] < 1]
    return sorted(wrong, key=grade)


def _skipped(report: _Report) -> Iterator[Block]:
    if report.skipped:
        rows = list(report.skipped.items())
        yield Heading("Skipped pictures")
        yield Table(("Id", "Reason"), rows[:_LISTED], _note(rows[:_LISTED], rows))


def _hundredths(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _reading(read: Any) -> str:
    if isinstance(read, tuple):
        return ", ".join(map(str, read)) or "none"
    return str(read or "none")


def _note(rows: Sequence[Any], all_rows: Sequence[Any]) -> str | None:
    """Return the note under a table that does not show all rows."""
    return f"The first {len(rows)} of {len(all_rows)}." if len(rows) < len(all_rows) else None
