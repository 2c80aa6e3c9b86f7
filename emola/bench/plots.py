"""Plots of a report: as SVG in the text colour of the page, and as PNG on white."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from emola.bench.intervals import Interval
from emola.bench.metrics import UnitScore
from emola.faba import ACTION_UNITS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Plot", "plot_confusion", "plot_units"]

_INK = "#010203"  # placeholder for the page's text colour
_DARK = "#1c1c1c"
_BLUE = "#3b74d8"  # readable on white and on black


class Plot(NamedTuple):
    """A plot. svg: uses the text colour of the page. png: dark on white. alt: the text alternative."""

    name: str
    alt: str
    svg: str
    png: bytes


def plot_units(scores: Mapping[int, UnitScore], intervals: Mapping[int, Interval]) -> Plot:
    """Plot the F1 of each action unit as a bar with its interval, and the support beside its name."""

    def draw(axes: Axes, ink: str) -> None:
        shown = [code for code, unit in scores.items() if unit.f1 is not None][::-1]
        values = [scores[code].f1 or 0.0 for code in shown]
        errors = [
            [value - intervals[code].low for code, value in zip(shown, values, strict=True)],
            [intervals[code].high - value for code, value in zip(shown, values, strict=True)],
        ]
        errors = [[max(0.0, length) for length in side] for side in errors]
        axes.barh(range(len(shown)), values, color=_BLUE, height=0.62)
        axes.errorbar(values, range(len(shown)), xerr=errors, fmt="none", ecolor=ink, elinewidth=1, capsize=3)
        axes.set_yticks(range(len(shown)), [f"{_name(code)} ({scores[code].support})" for code in shown])
        axes.set_xlim(0, 1)
        axes.set_xlabel("F1, with 95 % intervals (in brackets: faces that show the unit)")
        axes.grid(axis="x", color=ink, alpha=0.15, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(length=0)

    return _plot("per_au", "F1 of each action unit", (7.2, 0.9 + 0.32 * len(scores)), draw)


def plot_confusion(counts: Counter[tuple[str, str | None]], emotions: Sequence[str]) -> Plot:
    """Plot the confusion matrix of the emotions, shaded by the share of each row."""
    columns: list[str | None] = [*emotions, None]

    def draw(axes: Axes, ink: str) -> None:
        for row, label in enumerate(emotions):
            total = sum(counts[label, named] for named in columns) or 1
            for column, named in enumerate(columns):
                share = counts[label, named] / total
                axes.fill(
                    [column, column + 1, column + 1, column],
                    [row, row, row + 1, row + 1],
                    color=_BLUE,
                    alpha=share,
                    linewidth=0,
                )
                text = f"{counts[label, named]}" if counts[label, named] else "·"
                axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=ink, fontsize=9)
        axes.set_xlim(0, len(columns))
        axes.set_ylim(len(emotions), 0)
        axes.set_xticks(
            [i + 0.5 for i in range(len(columns))], [emotion or "none" for emotion in columns], rotation=35
        )
        axes.set_yticks([i + 0.5 for i in range(len(emotions))], list(emotions))
        axes.set_xlabel("named in the answer")
        axes.set_ylabel("label")
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_alpha(0.3)

    return _plot("confusion", "Confusion matrix of the emotions", (6.4, 4.6), draw)


def _name(code: int) -> str:
    return f"AU{code} {ACTION_UNITS[code].name}" if code in ACTION_UNITS else f"AU{code}"


def _plot(name: str, alt: str, size: tuple[float, float], draw: Callable[[Axes, str], None]) -> Plot:
    svg = _saved(size, draw, _INK, format="svg", transparent=True, metadata={"Date": None}).decode()
    svg = re.sub(r"^.*?(?=<svg)|<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r' (?:width|height)="[^"]*pt"', "", svg, count=2).replace(_INK, "currentColor")
    return Plot(name, alt, svg, _saved(size, draw, _DARK, format="png", dpi=144, facecolor="white"))


def _saved(size: tuple[float, float], draw: Callable[[Axes, str], None], ink: str, **options: Any) -> bytes:
    import matplotlib
    from matplotlib.figure import Figure

    coloured = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    style: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "emola",
        "font.size": 9,
        **dict.fromkeys(coloured, ink),
    }
    with matplotlib.rc_context(style):
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot(), ink)
        file = io.BytesIO()
        figure.savefig(file, **options)
    return file.getvalue()
