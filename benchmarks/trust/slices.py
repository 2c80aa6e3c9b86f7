"""The emotion's accuracy in parts of the faces: by brightness, head pose, size, and landmarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.trust.faces import Looked
from benchmarks.trust.shares import share, terciles
from emola.bench.metrics import class_recalls

YAWS = (0, 15, 30)
"""Where the bins of the head's turn begin, in degrees."""
SIDES = (0, 40, 80, 160)
"""Where the bins of the face's size begin, in pixels."""

Part = tuple[int, str] | None
"""Its place among the parts and its name; None for a face that is in none."""


def slices(faces: Sequence[Looked], named: Sequence[str | None]) -> dict[str, dict[str, Any]]:
    """For each way of parting the faces with a label, the figures of each part, in order."""
    known = [(one, emotion) for one, emotion in zip(faces, named, strict=True) if one.label is not None]
    if not known:
        return {}
    thirds = terciles([one.brightness for one, _ in known])
    ways: dict[str, Callable[[Looked], Part]] = {
        "all": lambda one: (0, "all faces"),
        "brightness": lambda one: third_of(one.brightness, thirds),
        "yaw": lambda one: None if one.yaw is None else bin_of(one.yaw, YAWS, "°"),
        "size": lambda one: None if one.side is None else bin_of(one.side, SIDES, " px"),
        "landmarks": lambda one: (0, "found") if one.found else (1, "not found"),
    }
    return {way: _parts(known, part) for way, part in ways.items()}


def third_of(value: float, thirds: tuple[float, float]) -> Part:
    """Which third a brightness lies in."""
    low, high = thirds
    names = (f"dark, under {low:.0f}", f"middle, {low:.0f} to {high:.0f}", f"bright, {high:.0f} and more")
    place = (value >= low) + (value >= high)
    return place, names[place]


def bin_of(value: float, starts: Sequence[int], unit: str) -> Part:
    """The bin of a value, such as "15 to 30°" or "30° and more"."""
    place = max(number for number, start in enumerate(starts) if value >= start)
    if place == len(starts) - 1:
        return place, f"{starts[place]}{unit} and more"
    return place, f"{starts[place]} to {starts[place + 1]}{unit}"


def _parts(
    known: Sequence[tuple[Looked, str | None]], part: Callable[[Looked], Part]
) -> dict[str, dict[str, Any]]:
    """Accuracy and class mean of each part that has faces."""
    found: dict[tuple[int, str], list[tuple[str, str | None]]] = {}
    for one, emotion in known:
        place = part(one)
        if place is not None:
            found.setdefault(place, []).append((str(one.label), emotion))
    return {place[1]: _figures(found[place]) for place in sorted(found)}


def _figures(pairs: Sequence[tuple[str, str | None]]) -> dict[str, Any]:
    recalls = class_recalls([label for label, _ in pairs], [emotion for _, emotion in pairs])
    return {
        **share(label == emotion for label, emotion in pairs),
        "class_mean": sum(recalls.values()) / len(recalls),
        "classes": len(recalls),
    }
