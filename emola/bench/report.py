"""The report of a run, for people: what stands in it. ``emola.bench.pages`` writes it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from emola.bench.intervals import Interval, mean_interval, unit_intervals
from emola.bench.metrics import class_recalls, confusion
from emola.bench.pages import Block, Drawing, Heading, Table, Text, write_pages
from emola.bench.plots import plot_confusion, plot_units
from emola.bench.readers import READERS, STRICT
from emola.bench.scoring import Scored, score
from emola.faba import ACTION_UNITS, EMOTIONS, read_emotions

__all__ = ["PAPER", "worst", "write_report"]

PAPER = {"au": (56.3, 35.2, 91.5), "emotion": (64.5, 31.7, 96.2)}
"""S_re, S_ge and S_rege of EmoLA on FABA-Bench as the paper gives them; not measured here."""

_LISTED = 20
_EXCERPT = 160


class _Reading(NamedTuple):
    """The answers as each parser reads them, with what is needed to tell about them."""

    facts: Mapping[str, Any]
    chosen: Scored
    by_reader: Mapping[str, Scored]
    skipped: Mapping[str, str]


def write_report(
    folder: Path, scored: Scored, facts: Mapping[str, Any], skipped: Mapping[str, str] | None = None
) -> None:
    """Write ``report.md``, ``report.html`` and the plots into ``folder``.

    scored: the answers as that parser reads them whose figures are told in detail. facts: how the answers
    came about, by name. skipped: pictures that were passed over, and why, by id. Raises DataError.
    """
    by_reader = {
        name: scored
        if name == scored.reader.name
        else score(scored.outcomes, scored.task, scored.codes, reader)
        for name, reader in READERS.items()
    }
    reading = _Reading(facts, scored, by_reader, skipped or {})
    what = "emotions" if scored.task == "emotion" else "action units"
    write_pages(folder, f"How well are the {what} read?", list(_blocks(reading)))


def _blocks(reading: _Reading) -> Iterator[Block]:
    yield Table(("", ""), [(name, str(value)) for name, value in reading.facts.items() if value is not None])
    yield Heading("Figures")
    yield from _figures(reading)
    yield from _units(reading) if reading.chosen.task == "au" else _emotions(reading)
    yield from _parsers(reading)
    yield from _worst(reading)
    yield from _passed_over(reading)


def _figures(reading: _Reading) -> Iterator[Block]:
    chosen = reading.chosen
    kind = "accuracy" if chosen.task == "emotion" else "mean F1"
    rows = []
    for name, scored in reading.by_reader.items():
        figures = (scored.recognition, scored.rouge_l, scored.rege)
        rows.append((f"measured, {name} parser", *(_hundredths(one) for one in figures)))
    rows.append(("EmoLA on FABA-Bench, published", *(f"{value:.1f}" for value in PAPER[chosen.task])))
    yield Table(("", f"S_re ({kind})", "S_ge (ROUGE-L)", "S_rege"), rows)
    if chosen.task == "emotion":
        right = [float(a == b) for a, b in zip(chosen.emotion_labels, chosen.emotions, strict=True)]
        interval: Interval | None = mean_interval(right)
    else:
        interval = unit_intervals(chosen)[1]
    said = f"{len(chosen.outcomes)} answers, read by the {chosen.reader.name} parser"
    if interval:
        low, high = map(_hundredths, interval)
        said += f"; S_re lies between {low} and {high} with 95 % confidence"
    yield Text(f"{said}. Figures are in hundredths.")
    yield Text(
        "The row marked published is what the paper reports for EmoLA-7B on the evaluation part of "
        "FABA-Instruct. It was not measured here, and compares only with a run on the same pictures."
    )
    if chosen.rouge_l is None:
        yield Text("There are no reference descriptions in these data, so S_ge and S_rege have no value.")
    unseen = sum(not outcome.found for outcome in chosen.outcomes)
    cut = sum(outcome.cut for outcome in chosen.outcomes)
    yield Text(f"No face was found in {unseen} pictures; {cut} answers reached their length limit.")


def _units(reading: _Reading) -> Iterator[Block]:
    scores = reading.chosen.unit_scores
    intervals, _ = unit_intervals(reading.chosen)
    yield Heading("Each action unit")
    if intervals:
        yield Drawing(plot_units(scores, intervals))
    rows = []
    for code, one in scores.items():
        between = intervals.get(code)
        rows.append(
            (
                f"AU{code} {ACTION_UNITS[code].name if code in ACTION_UNITS else ''}",
                _hundredths(one.f1),
                f"{_hundredths(between.low)} to {_hundredths(between.high)}" if between else "–",
                str(one.support),
            )
        )
    yield Table(("Action unit", "F1", "95 % interval", "Faces that have it"), rows)


def _emotions(reading: _Reading) -> Iterator[Block]:
    chosen = reading.chosen
    shown = [emotion for emotion in EMOTIONS if emotion in {*chosen.emotion_labels, *chosen.emotions}]
    yield Heading("Each emotion")
    yield Drawing(plot_confusion(confusion(chosen.emotion_labels, chosen.emotions), shown))
    recalls = class_recalls(chosen.emotion_labels, chosen.emotions)
    rows = [
        (one, _hundredths(recalls[one]), str(chosen.emotion_labels.count(one)))
        for one in shown
        if one in recalls
    ]
    yield Table(("Emotion", "Recall", "Faces"), rows)
    yield Text(
        f"{chosen.emotions.count(None)} answers name no emotion. The paper's accuracy is over all faces "
        f"alike; the mean of these recalls is {_hundredths(sum(recalls.values()) / len(recalls))}."
    )


def _parsers(reading: _Reading) -> Iterator[Block]:
    """Where the two parsers read differently, and where the strict one found a tie."""

    one, other = reading.by_reader.values()
    outcomes = reading.chosen.outcomes
    apart = [index for index in range(len(outcomes)) if one.reads(index) != other.reads(index)]
    yield Heading("Where the two parsers disagree")
    share = len(apart) / len(outcomes)
    yield Text(f"They read {len(apart)} of {len(outcomes)} answers differently ({100 * share:.1f} %).")
    if apart:
        rows = [
            (outcomes[i].id, _said(one.reads(i)), _said(other.reads(i)), _excerpt(outcomes[i].prediction))
            for i in apart[:_LISTED]
        ]
        yield Table(("Id", one.reader.name, other.reader.name, "Answer"), rows, _of(rows, apart))
    if reading.chosen.task == "emotion":
        ties = [(outcome, read_emotions(outcome.prediction).tied) for outcome in outcomes]
        ties = [(outcome, tied) for outcome, tied in ties if tied]
        yield Text(
            f"{len(ties)} answers assert several emotions alike; the {STRICT.name} parser takes the first "
            "one named."
        )
        if ties:
            tied_rows = [
                (outcome.id, ", ".join(tied), _excerpt(outcome.prediction))
                for outcome, tied in ties[:_LISTED]
            ]
            yield Table(("Id", "Tied", "Answer"), tied_rows, _of(tied_rows, ties))


def _worst(reading: _Reading) -> Iterator[Block]:
    chosen = reading.chosen
    described = chosen.rouge_l is not None
    indices = worst(chosen)
    yield Heading("The worst answers")
    if not indices:
        yield Text("Every answer is right.")
        return
    rows = []
    for index in indices[:_LISTED]:
        outcome = chosen.outcomes[index]
        # what is not scored is not read either, so it is no part of the label here
        units = tuple(sorted(chosen.unit_labels[index] & set(chosen.codes))) if chosen.task == "au" else ()
        row = [outcome.id, _said(units if chosen.task == "au" else outcome.label), _said(chosen.reads(index))]
        row += [_hundredths(chosen.rouge[index])] if described else []
        rows.append((*row, _excerpt(outcome.prediction)))
    columns = ("Id", "Label", "Read", *(["ROUGE-L"] if described else []), "Answer")
    yield Table(columns, rows, _of(rows, indices))


def worst(scored: Scored) -> list[int]:
    """The places of the outcomes that are not all right, the worst first.

    By how far the units are off, or, where the emotion is wrong, by ROUGE-L.
    """

    def grade(index: int) -> tuple[float, float]:
        rouge = scored.rouge[index]
        if scored.task == "emotion":
            right = float(scored.emotions[index] == scored.emotion_labels[index])
        else:
            wanted = scored.unit_labels[index] & set(scored.codes) - set(scored.outcomes[index].uncoded)
            said = set(scored.reads(index)) - set(scored.outcomes[index].uncoded)
            right = 2 * len(wanted & said) / (len(wanted) + len(said)) if wanted or said else 1.0
        return right, 0.0 if rouge is None else rouge

    wrong = [index for index in range(len(scored.outcomes)) if grade(index)[0] < 1]
    return sorted(wrong, key=grade)


def _passed_over(reading: _Reading) -> Iterator[Block]:
    if reading.skipped:
        rows = list(reading.skipped.items())
        yield Heading("Pictures that were passed over")
        yield Table(("Id", "Why"), rows[:_LISTED], _of(rows[:_LISTED], rows))


def _hundredths(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _said(read: Any) -> str:
    if isinstance(read, tuple):
        return ", ".join(map(str, read)) or "none"
    return str(read or "none")


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rstrip() + "…"


def _of(rows: Sequence[Any], all_: Sequence[Any]) -> str | None:
    """What stands under a table that does not show everything."""
    return f"The first {len(rows)} of {len(all_)}." if len(rows) < len(all_) else None
