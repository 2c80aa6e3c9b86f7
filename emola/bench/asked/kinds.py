"""The kinds of questions, their families, and their phrasings in ``questions.txt``."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from emola.faba.phrases import parse_phrases

__all__ = ["ABOUT_FACE", "DECLINED", "FAMILIES", "FAMILY_OF", "Kind", "kinds", "questions_digest"]

FAMILIES: dict[str, tuple[str, ...]] = {
    "emotion": tuple(
        "emotion emotion_word feelings emotion_yes_no choice runner_up support reasoning "
        "against weigh why_not"
        " change ruled_out sure_emotion strength_emotion emotion_percent emotion_scale "
        "ranking valence arousal"
        " posed mixed correct_emotion key_units".split()
    ),
    "units": tuple(
        "list list_and_emotion codes json facs_code count upper lower absent strongest "
        "weakest sides unit_side"
        " yes_no pair compare level levels unit_scale unit_percent why_unit sure_unit where "
        "movement brows eyes"
        " cheeks nose mouth chin hidden bare correct_unit confusion".split()
    ),
    "style": tuple(
        "describe summary shorter longer two_sentences one_sentence child no_jargon bullets class".split()
    ),
    "back references": tuple(
        "other_side it_sure it_why it_strength it_muscle it_look and_part and_unit repeat".split()
    ),
    "knowledge": tuple(
        "what_is code_of look muscle difference same_unit prototype felt_smile facs prove".split()
    ),
    "talk": tuple(
        "greeting thanks praise goodbye self_name self_abilities self_examples self_errors self_storage"
        " self_method self_languages self_training self_feelings off_topic scene ignore "
        "decline insult".split()
    ),
}
"""The kinds by family."""

FAMILY_OF = {kind: family for family, members in FAMILIES.items() for kind in members}

ABOUT_FACE = ("emotion", "units", "style", "back references")
"""The families whose answers are about the face."""

DECLINED = ("decline", "scene", "off_topic", "ignore")
"""The kinds that must be declined."""

_FILE = Path(__file__).with_name("questions.txt")


class Kind(NamedTuple):
    """A kind of question. before: the kind of the turn before, or None. phrasings: with slots in braces."""

    name: str
    before: str | None
    phrasings: tuple[str, ...]


@cache
def kinds() -> dict[str, Kind]:
    """Return the kinds by name; a heading ``it_sure, after yes_no`` names the turn before."""
    found = {}
    for heading, phrasings in parse_phrases(_FILE.read_text(encoding="utf-8")).items():
        name, _, before = heading.partition(", after ")
        found[name] = Kind(name, before or None, tuple(phrasings))
    return found


def questions_digest() -> str:
    """Return eight hexadecimal digits that change with the phrasings."""
    return hashlib.sha256(_FILE.read_bytes()).hexdigest()[:8]
