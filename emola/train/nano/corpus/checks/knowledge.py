"""Check: statements about units, muscles and emotions agree with the catalogue and the tables of emotions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from emola.faba.unit_mentions import NAMES
from emola.train.nano.corpus.checks.clauses import sentences
from emola.train.nano.corpus.checks.movement_words import Phrase, find_phrases
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_knowledge"]

_EFFECTS = {
    6: {7},
    9: {4, 10},
    12: {6},
    13: {12},
    20: {25},
    43: {7},
    24: {23},
    26: {25},
    27: {25, 26},
    17: {24},
    10: {25},
    16: {25},
}
"""Movements that a unit can bring about besides its own."""
_MUSCLES = {
    r"inner part of the frontalis|frontalis,? inner": (1,),
    r"outer part of the frontalis|frontalis,? outer": (2,),
    r"frontalis": (1, 2),
    r"corrugator|depressor supercilii": (4,),
    r"levator palpebrae": (5, 43, 45),
    r"outer part of the orbicularis oculi|orbicularis oculi,? outer": (6,),
    r"inner part of the orbicularis oculi|orbicularis oculi,? inner": (7,),
    r"orbicularis oculi": (6, 7, 45),
    r"levator labii superioris alaeque nasi": (9,),
    r"levator labii superioris(?! alaeque)": (10,),
    r"zygomaticus minor": (11,),
    r"zygomaticus major": (12,),
    r"levator anguli oris": (13,),
    r"buccinator": (14,),
    r"depressor anguli oris": (15,),
    r"depressor labii": (16, 25),
    r"mentalis": (17, 25),
    r"incisiv": (18,),
    r"risorius|platysma": (20,),
    r"orbicularis oris": (22, 23, 24, 25, 28),
    r"masseter": (26,),
    r"pterygoid|digastric": (27,),
}
_ANY_MUSCLE = re.compile("|".join(_MUSCLES), re.I)
_NAMED = re.compile(
    r"\bAU(\d+)(?:,? \(?(?:the |called the |called )?"
    r"| is (?:called )?(?:the )?)([A-Z][a-z]+(?: [A-Z][a-z]+)*)"
)
_NAMED_BEFORE = re.compile(r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)+)(?:,? \(?| is )AU(\d+)")
_SUBJECT = re.compile(
    r"(?<! and )\bAU(\d+)(?: (?:also|would|only|just|slightly|barely|strongly|could|may|can|usually"
    r"|often|always|will|itself))* $"
)
_CODES_AFTER = re.compile(
    r" ?\((AU\d+(?:(?:, | and |, and |\+)AU\d+)*)\b|(?:, (?:which|and that) is|: that is) (AU\d+)"
)


def check_knowledge(answer: str, question: str, needs: Requirements) -> Iterator[str]:
    """Yield statements that give a unit the name, the movement or the muscle of another."""
    for sentence in sentences(answer):
        yield from _check_names(sentence)
        for phrase in find_phrases(sentence):
            yield from _check_movement(sentence, phrase)
    yield from _check_muscles(answer, question, needs)


def _check_names(sentence: str) -> Iterator[str]:
    pairs = [(match[1], match[2]) for match in _NAMED.finditer(sentence)]
    pairs += [(match[2], match[1]) for match in _NAMED_BEFORE.finditer(sentence)]
    for code, name in pairs:
        named = NAMES.get(name.lower().removeprefix("the "))
        if named is not None and named != int(code):
            yield f"{name!r} is AU{named}, not AU{code}"


def _check_movement(sentence: str, phrase: Phrase) -> Iterator[str]:
    if phrase.key[0] == "-" or phrase.denied:
        return
    codes = set(map(int, phrase.key[1:].split(",")))
    words = sentence[phrase.start : phrase.end]
    if match := _CODES_AFTER.match(sentence, phrase.end):
        given = {int(code) for code in re.findall(r"\d+", match[1] or match[2])}
        if not given & codes:
            yield f"{words!r} is not AU{min(given)}"
    elif (match := _SUBJECT.search(sentence[: phrase.start])) and not phrase.complete:
        code = int(match[1])
        if not ({code} | _EFFECTS.get(code, set())) & codes:
            yield f"AU{code} does not do this: {words!r}"


def _check_muscles(answer: str, question: str, needs: Requirements) -> Iterator[str]:
    if not _ANY_MUSCLE.search(answer):
        return
    asked = {int(code) for code in re.findall(r"\bAU ?(\d+)", question, re.I)}
    everywhere = asked | needs.active.keys() | {int(code) for code in re.findall(r"\bAU(\d+)", answer)}
    for clause in re.split(r"[,;.:]\s(?!inner|outer|relaxed)|\bwhile\b|\bbut\b|\bwhereas\b", answer):
        codes = {int(code) for code in re.findall(r"\bAU(\d+)", clause)} or everywhere
        for muscle, owners in _MUSCLES.items():
            if codes and not codes & set(owners) and (match := re.search(muscle, clause, re.I)):
                yield f"{match.group()!r} is not a muscle of AU{min(codes)}"
                break
