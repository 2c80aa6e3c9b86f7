"""Bar charts of the action units and emotions of a data set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emola.files import replacing

__all__ = ["plot_statistics"]

_INK, _BAR = "#333333", "#3b6ea5"


def plot_statistics(figures: Mapping[str, Any], folder: str | Path) -> list[Path]:
    """Write ``action_units.png`` and ``emotions.png``, unless empty, to ``folder``; return the paths.

    figures: the result of ``emola.data.stats.statistics``.
    """
    folder = Path(folder)
    units = {f"AU{code}": count for code, count in figures["action_units"].items()}
    paths = []
    for name, label, counts in (
        ("action_units", "action unit", units),
        ("emotions", "emotion", figures["emotions"]),
    ):
        if counts:
            paths.append(folder / f"{name}.png")
            _bars(counts, label, paths[-1])
    return paths


def _bars(counts: Mapping[str, int], label: str, path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    # Not pyplot, which sets the backend of the whole process and keeps every figure.
    figure = Figure(figsize=(max(5.0, 0.5 * len(counts) + 1.5), 3.6), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    bars = axes.bar(list(counts), list(counts.values()), color=_BAR)
    axes.bar_label(bars, fmt="{:,.0f}", fontsize=7, color=_INK, padding=2)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel("records")
    axes.set_title(f"Records by {label}", fontsize=10, color=_INK)
    axes.tick_params(axis="x", rotation=45 if len(counts) > 8 else 0, labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    with replacing(path) as partial:
        figure.savefig(partial, format="png")
