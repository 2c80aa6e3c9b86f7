"""Emotions: EmoLA's answers and the networks of other packages."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.baselines.faces import answers, look
from benchmarks.baselines.networks import NETWORKS, fetch, interpreter
from benchmarks.baselines.tables import EMOLA, facts, headline
from emola.bench import STRICT
from emola.bench.metrics import accuracy, class_recalls
from emola.bench.pages import Table
from emola.cli.labelled_data import sampled_records
from emola.data import Dataset
from emola.faba import EMOTIONS


def measure_emotions(data: Dataset, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Return the figures of every model, and their table."""
    runs = {network: interpreter(fetch(network.file)) for network in NETWORKS}
    records = sampled_records(data, args, args.task)
    outcomes = answers(data, records, args)
    labels: list[str] = []
    named: dict[str, list[str | None]] = {EMOLA: [], **{network.name: [] for network in NETWORKS}}
    blind = dict.fromkeys(named, 0)
    for record, picture, face in look(data.name, records):
        labels.append(str(record.emotion))
        named[EMOLA].append(STRICT.emotion(outcomes[record.id].prediction))
        blind[EMOLA] += not outcomes[record.id].found
        for network, run in runs.items():
            named[network.name].append(network.emotion(run(network.pixels(network.crop(picture, face)))))
            blind[network.name] += face is None
    figures = {
        **facts(data, args, len(labels)),
        "readers": {name: emotion_figures(labels, emotions, blind[name]) for name, emotions in named.items()},
        "crops": {net.name: {"margin": net.margin, "lift": net.lift} for net in NETWORKS},
        "licences": {network.name: network.file.licence for network in NETWORKS},
    }
    return figures, emotion_table(figures)


def emotion_figures(labels: Sequence[str], named: Sequence[str | None], blind: int) -> dict[str, Any]:
    """Return accuracy, class mean and recall by emotion; blind: the number of faces without landmarks."""
    recalls = class_recalls(labels, named)
    return {
        "accuracy": accuracy(labels, named),
        "class_mean": sum(recalls.values()) / len(recalls),
        "recall": recalls,
        "no_landmarks": blind,
    }


def emotion_table(figures: Mapping[str, Any]) -> str:
    """Return a Markdown table with a row for each model, and the licences of the networks."""
    occurring = [emotion for emotion in EMOTIONS if emotion in figures["readers"][EMOLA]["recall"]]
    rows = [["", "accuracy", "class mean", *occurring, "without landmarks"]]
    for name, row in figures["readers"].items():
        numbers = (row["accuracy"], row["class_mean"], *(row["recall"][emotion] for emotion in occurring))
        rows.append([name, *(f"{number:.3f}" for number in numbers), str(row["no_landmarks"])])
    notes = "\n".join(f"- {name}: {licence}" for name, licence in figures["licences"].items())
    return f"{headline(figures)}\n\n{Table(rows[0], rows[1:]).markdown()}\n\n{notes}"
