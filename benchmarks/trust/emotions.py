"""Whether what is said of the emotion agrees with itself, and whether the reasons given for it hold."""

from __future__ import annotations

from typing import Any

from benchmarks.trust.asking import Heard
from benchmarks.trust.shares import EXAMPLES, share
from emola.bench import STRICT
from emola.bench.readers.confirmations import confirms
from emola.bench.readers.movements import movements


def confirming(heard: Heard) -> dict[str, Any]:
    """Whether a face shows an emotion, asked outright, against the emotion named when it was asked which."""
    firsts = zip(heard.faces, heard.first["emotion"], strict=True)
    named = {one.id: STRICT.emotion(said.text) for one, said in firsts}
    parts: dict[str, list[bool]] = {}
    wrong: list[dict[str, str]] = []
    contradictory = yes = 0
    for turn, answers in heard.confirming.items():
        rights: dict[bool, list[bool]] = {True: [], False: []}
        for ask, emotion, said in answers:
            so, says = named[ask.looked.id] == emotion, confirms(said.text, emotion)
            rights[so].append(says is so)
            contradictory += says is None
            yes += says is True
            if says is not so:
                wrong.append({"face": ask.looked.id, "turn": turn, "asked": ask.question, "said": said.text})
        parts |= {f"named, asked {turn}": rights[True], f"another, asked {turn}": rights[False]}
    return {
        **share(right for some in parts.values() for right in some),
        "contradictory": contradictory,
        "affirmed": yes,
        "by_turn": {name: share(some) for name, some in parts.items()},
        "examples": wrong[:EXAMPLES],
    }


def reasons(heard: Heard) -> dict[str, Any]:
    """Of each movement and unit given as a reason of the emotion: whether its evidence is over the threshold.

    And of each code that is given with a movement: whether it is that movement's.
    """
    parts: dict[str, list[bool]] = {}
    paired: list[bool] = []
    wrong: list[dict[str, str]] = []
    for turn, answers in (("with the emotion", heard.first["emotion"]), ("asked why after it", heard.why)):
        parts[turn] = []
        for one, said in zip(heard.faces, answers, strict=True):
            if one.measured is None:
                continue
            named = movements(said.text)
            right = [move.given == move.code for move in named if move.given is not None]
            codes = {move.code for move in named} | set(STRICT.units(said.text))
            backed = [code in one.measured and one.measured[code].active for code in sorted(codes)]
            parts[turn] += backed
            paired += right
            if not all((*backed, *right)):
                wrong.append({"face": one.id, "turn": turn, "said": said.text})
    return {
        **share(backed for some in parts.values() for backed in some),
        "by_turn": {name: share(some) for name, some in parts.items()},
        "paired": share(paired),
        "examples": wrong[:EXAMPLES],
    }
