"""The emotion's accuracy on slices of the faces: by brightness, head pose, size and landmarks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from emola.bench.metrics import class_recalls
from emola.bench.trust.shares import Figures, share, terciles
from emola.bench.trust.subjects import Subject

__all__ = ["slices"]

_YAWS = (0, 15, 30)  # lower edges of the bins of head rotation, in degrees
_SIDES = (0, 40, 80, 160)  # lower edges of the bins of face size, in pixels

_Bin = tuple[int, str] | None
"""The rank and the name of a bin; None for a face in no bin."""


def slices(subjects: Sequence[Subject], named: Sequence[str | None]) -> dict[str, dict[str, Figures]]:
    """Return the figures of each slice with faces, by attribute and bin; faces without a label are left out.

    named: the emotion read from the answer about each face.
    """
    labelled = [
        (subject, emotion)
        for subject, emotion in zip(subjects, named, strict=True)
        if subject.label is not None
    ]
    if not labelled:
        return {}
    thirds = terciles([subject.brightness for subject, _ in labelled])
    attributes: dict[str, Callable[[Subject], _Bin]] = {
        "all": lambda subject: (0, "all faces"),
        "brightness": lambda subject: _third(subject.brightness, thirds),
        "yaw": lambda subject: None if subject.yaw is None else _bin(subject.yaw, _YAWS, "°"),
        "size": lambda subject: None if subject.side is None else _bin(subject.side, _SIDES, " px"),
        "landmarks": lambda subject: (0, "found") if subject.found else (1, "not found"),
    }
    return {name: _by_bin(labelled, bin_of) for name, bin_of in attributes.items()}


def _third(value: float, thirds: tuple[float, float]) -> _Bin:
    low, high = thirds
    names = (f"dark, under {low:.0f}", f"middle, {low:.0f} to {high:.0f}", f"bright, {high:.0f} and more")
    rank = (value >= low) + (value >= high)
    return rank, names[rank]


def _bin(value: float, edges: Sequence[int], unit: str) -> _Bin:
    """Return a bin such as "15 to 30°" or "30° and more"."""
    rank = max(number for number, edge in enumerate(edges) if value >= edge)
    if rank == len(edges) - 1:
        return rank, f"{edges[rank]}{unit} and more"
    return rank, f"{edges[rank]} to {edges[rank + 1]}{unit}"


def _by_bin(
    labelled: Sequence[tuple[Subject, str | None]], bin_of: Callable[[Subject], _Bin]
) -> dict[str, Figures]:
    pairs: dict[tuple[int, str], list[tuple[str, str | None]]] = {}
    for subject, emotion in labelled:
        key = bin_of(subject)
        if key is not None:
            pairs.setdefault(key, []).append((str(subject.label), emotion))
    return {key[1]: _figures(pairs[key]) for key in sorted(pairs)}


def _figures(pairs: Sequence[tuple[str, str | None]]) -> Figures:
    recalls = class_recalls([label for label, _ in pairs], [emotion for _, emotion in pairs])
    return {
        **share(label == emotion for label, emotion in pairs),
        "class_mean": sum(recalls.values()) / len(recalls),
        "classes": len(recalls),
    }
