"""Figures on wording: faults of form, variety, and whether words of certainty are justified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from emola.bench.readers import STRICT, certainty, form
from emola.bench.runner import Answer
from emola.bench.trust.shares import EXAMPLES, Figures, share
from emola.bench.trust.subjects import Subject

__all__ = ["calibration", "faults", "variety"]

_GROUPS = ("strong", "weak", "both", "neither")


def faults(subjects: Sequence[Subject], first: Mapping[str, Sequence[Answer]]) -> Figures:
    """Count the first answers, by task, that are empty, cut, unfinished or repeat themselves."""
    counts: Counter[str] = Counter({"empty": 0, "cut": 0, "loop": 0, "unfinished": 0})
    examples = []
    total = faulty = 0
    for task, answers in first.items():
        for subject, answer in zip(subjects, answers, strict=True):
            found = _faults(answer)
            total += 1
            faulty += bool(found)
            counts.update(found)
            if found:
                fault = ", ".join(found)
                examples.append({"face": subject.id, "task": task, "fault": fault, "answer": answer.text})
    return {"n": total, "any": faulty, **counts, "examples": examples[:EXAMPLES]}


def _faults(answer: Answer) -> list[str]:
    if form.is_empty(answer.text):
        return ["empty"]
    checks = {
        "cut": answer.cut,
        "loop": form.repeats(answer.text),
        "unfinished": not form.is_finished(answer.text),
    }
    return [fault for fault, present in checks.items() if present]


def variety(first: Mapping[str, Sequence[Answer]]) -> Figures:
    """Return how often first answers open with the same five words, and how many lists differ."""
    texts = {task: [answer.text for answer in answers] for task, answers in first.items()}
    if len(texts) > 1:
        texts["all"] = [text for group in texts.values() for text in group]
    lists = [tuple(STRICT.units(answer.text)) for answer in first.get("au", ())]
    return {
        "openings": {task: _openings(group) for task, group in texts.items()},
        "lists": {"different": len(set(lists)), "n": len(lists)},
    }


def _openings(texts: Sequence[str]) -> dict[str, Any]:
    counted = form.openings(texts)
    return {
        "share": counted[0][1] / len(texts),
        "n": len(texts),
        "different": len(counted),
        "most_common": [{"opening": opening, "count": count} for opening, count in counted[:5]],
    }


def calibration(
    subjects: Sequence[Subject], answers: Sequence[Answer], named: Sequence[str | None]
) -> Figures:
    """Return the accuracy of the emotion by words of certainty and strength in the answer.

    named: the emotion read from each answer. Faces without a label are left out.
    """
    labelled = [
        (answer.text, emotion == subject.label)
        for subject, answer, emotion in zip(subjects, answers, named, strict=True)
        if subject.label is not None
    ]
    by_word: dict[str, Figures] = {}
    for kind in certainty.WORDS:
        for side, strength in enumerate(("strong", "weak")):
            uses: dict[str, list[bool]] = {}
            for text, right in labelled:
                for word in certainty.find_words(text, kind)[side]:
                    uses.setdefault(word, []).append(right)
            ranked = sorted(uses.items(), key=lambda use: -len(use[1]))
            by_word[f"{strength}, {kind}"] = {word: share(flags) for word, flags in ranked}
    return {
        "groups": {
            group: share(right for text, right in labelled if certainty.group(text) == group)
            for group in _GROUPS
        },
        "by_word": by_word,
        "words": {kind: words._asdict() for kind, words in certainty.WORDS.items()},
    }
