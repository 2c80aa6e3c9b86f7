"""The choice of faces about which most kinds of questions make sense."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from typing import TypeVar

from emola.bench.asked.facts import facts_of
from emola.bench.trust.subjects import Subject

__all__ = ["CANDIDATES", "choose_faces", "draw_candidates"]

CANDIDATES = 4
"""Pictures looked at for each face that is asked about."""

_RICH = 3  # active units from which a face is asked about with preference

_Item = TypeVar("_Item")


def draw_candidates(items: Sequence[_Item], labels: Sequence[Hashable], limit: int, seed: int) -> list[_Item]:
    """Draw ``CANDIDATES * limit`` items at random, the labels in turn, so that rare ones occur."""
    order = random.Random(f"{seed} faces").sample(range(len(items)), len(items))
    by_label: dict[Hashable, list[int]] = {}
    for index in order:
        by_label.setdefault(labels[index], []).append(index)
    groups = [by_label[label] for label in sorted(by_label, key=str)]
    longest = max(map(len, groups), default=0)
    turns = [group[turn] for turn in range(longest) for group in groups if turn < len(group)]
    return [items[index] for index in turns[: CANDIDATES * limit]]


def choose_faces(candidates: Sequence[Subject], limit: int) -> list[Subject]:
    """Choose ``limit`` faces, in the order of the candidates.

    The first of each emotion label; faces with three clearly active units until they are half; then the
    rest. Faces without landmarks are at most a tenth, faces without a clearly active unit at most a fifth, as
    far as there are others.
    """
    active = [len(facts_of(subject).active) for subject in candidates]
    chosen: list[int] = []

    def allowed(index: int) -> bool:
        if not candidates[index].found:
            return sum(not candidates[other].found for other in chosen) < limit // 10
        resting = sum(candidates[other].found and not active[other] for other in chosen)
        return bool(active[index]) or resting < limit // 5

    def take(indices: Sequence[int], until: int) -> None:
        for index in indices:
            if len(chosen) < until and index not in chosen and allowed(index):
                chosen.append(index)

    everyone = range(len(candidates))
    for label in dict.fromkeys(subject.label for subject in candidates):
        of_label = [index for index in everyone if candidates[index].label == label]
        take(of_label, min(limit, len(chosen) + 1))
    rich = [index for index in everyone if active[index] >= _RICH]
    missing = max(0, (limit + 1) // 2 - len(set(chosen) & set(rich)))
    take([index for index in rich if index not in chosen], min(limit, len(chosen) + missing))
    take(everyone, limit)
    chosen += [index for index in everyone if index not in chosen][: limit - len(chosen)]
    return [candidates[index] for index in sorted(chosen)]
