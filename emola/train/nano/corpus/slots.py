"""Words for the slots of answers, from the facts of the face.

A slot whose fact is missing is left out, and so are the phrases that need it. Slots that begin with ``if_``
have no words: they only leave a phrase out where their condition does not hold.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from emola.faba import ADJECTIVES
from emola.faba.emotions import CORE_AUS
from emola.faba.face_reading import FaceReading
from emola.train.nano.corpus import facts as rules
from emola.train.nano.corpus.answers import movements as words
from emola.train.nano.corpus.grammar import listed, with_article
from emola.train.nano.corpus.phrases import Slots

_ATTRIBUTE = {**ADJECTIVES, "fear": "fearful"}
_SURELY = {"clear": "clearly", "likely": "probably", "unsure": "perhaps"}
_WEAK, _STRONG = 1, 3


def present(**slots: str | Sequence[str] | None) -> dict[str, str | tuple[str, ...]]:
    """Return the slots that have words, each as a tuple of alternatives."""
    return {
        name: (value,) if isinstance(value, str) else tuple(value) for name, value in slots.items() if value
    }


def conditions(**holds: bool) -> dict[str, tuple[str, ...]]:
    """Return the slots ``if_<name>`` of the conditions that hold; their words are empty."""
    return {f"if_{name}": ("",) for name, value in holds.items() if value}


def emotion_names(prefix: str, emotion: str) -> Slots:
    """Return "emotion", "adjective" and "a_adjective" of an emotion, with a prefix: "asked_emotion"."""
    return present(
        **{
            f"{prefix}emotion": as_noun(emotion),
            f"{prefix}adjective": ADJECTIVES[emotion],
            f"{prefix}a_adjective": with_article(_ATTRIBUTE[emotion]),
        }
    )


def as_noun(emotion: str) -> str:
    """Return the emotion as a noun: "fear", "a neutral face"."""
    return "a neutral face" if emotion == "neutral" else emotion


def emotion_slots(rng: random.Random, facts: FaceReading) -> Slots:
    """Return slots about the emotion of the face.

    name, second_name: the candidates; emotion, adjective, a_adjective: the likeliest in other words. surely,
    certainty: "clearly", "clear". percent, second_percent, scale; peak: the strength of the support.
    ruled_out: emotions. Movements as for :func:`movement_slots`: support_ (up to three, the most specific
    first), best_ (the most specific), peak_ (the strongest), contrary_ (active), missing_ (core units that
    are not active), other_ (the strongest three that do not support it), second_support_. Conditions:
    if_clear, if_likely, if_unsure; if_strong, if_weak (the highest level among the support); if_second,
    if_second_support, if_support, if_contrary, if_missing, and each of the last five with "no_" before its
    name.
    """
    if facts.emotion is None:
        return {}
    peak = rules.peak(facts)
    share = rules.EMOTION_PERCENT[facts.certainty]
    return {
        **emotion_names("", facts.emotion),
        **present(
            name=facts.emotion,
            second_name=facts.second,
            certainty=facts.certainty,
            surely=_SURELY[facts.certainty],
            percent=str(share),
            second_percent=str(rules.SECOND_PERCENT),
            scale=str(rules.score(peak)) if peak >= 0 else None,
            peak=rules.STRENGTHS[peak] if peak >= 0 else None,
            ruled_out=listed(rules.ruled_out(facts)),
        ),
        **_evidence_slots(rng, facts),
        **_emotion_conditions(facts),
    }


def _evidence_slots(rng: random.Random, facts: FaceReading) -> Slots:
    found = rules.evidence(facts)
    support = rules.distinct(found.supporting, 3)
    groups = {
        "support": support,
        "best": support[:1],
        "peak": rules.by_strength(facts, found.supporting)[:1],
        "other": _others(facts, found.supporting),
        "contrary": rules.distinct(found.contrary, 2),
        "missing": rules.distinct(found.missing, 2),
        "second_support": _supports_second(facts),
    }
    return {
        name: alternatives
        for prefix, codes in groups.items()
        for name, alternatives in movement_slots(rng, facts, prefix, codes).items()
    }


def _emotion_conditions(facts: FaceReading) -> Slots:
    found, peak = rules.evidence(facts), rules.peak(facts)
    return conditions(
        **{facts.certainty: True},
        second=facts.second is not None,
        no_second=facts.second is None,
        second_support=bool(_supports_second(facts)),
        no_second_support=not _supports_second(facts),
        support=bool(found.supporting),
        no_support=not found.supporting,
        contrary=bool(found.contrary),
        no_contrary=not found.contrary,
        missing=bool(found.missing),
        no_missing=not found.missing,
        strong=peak >= _STRONG,
        weak=0 <= peak <= _WEAK,
    )


def _others(facts: FaceReading, supporting: Sequence[int]) -> list[int]:
    ranked = rules.by_strength(facts, [code for code in facts.active if code not in supporting])
    return rules.distinct(ranked, 3)


def _supports_second(facts: FaceReading) -> list[int]:
    return rules.distinct(rules.evidence(facts, facts.second).supporting, 2) if facts.second else []


def asked_emotion_slots(rng: random.Random, facts: FaceReading, emotion: str) -> Slots:
    """Return slots about an emotion that the question names.

    asked_emotion, asked_adjective, ...; asked_support_, asked_missing_ and asked_contrary_: its movements;
    asked_needed_: all its core units that are visible and not active. asked_core: codes of its core units.
    """
    found = rules.evidence(facts, emotion)
    return {
        **emotion_names("asked_", emotion),
        **movement_slots(rng, facts, "asked_support", rules.distinct(found.supporting, 2)),
        **movement_slots(rng, facts, "asked_missing", rules.distinct(found.missing, 2)),
        **movement_slots(rng, facts, "asked_needed", found.missing),
        **movement_slots(rng, facts, "asked_contrary", rules.distinct(found.contrary, 2)),
        **present(asked_core=words.codes_listed(sorted(CORE_AUS[emotion]))),
    }


def movement_slots(rng: random.Random, facts: FaceReading, prefix: str, codes: Sequence[int]) -> Slots:
    """Return the same units in several forms, none if there are no units.

    <prefix>_clauses: "the cheeks are raised". _coded: "the cheeks are raised (AU6)". _things: "raised
    cheeks". _coded_things: "raised cheeks (AU6)", without intensity. _bare_things: without intensity and
    article, to follow "no". _acts: "AU6 raises the cheeks". _codes: "AU6". _regions: "the cheeks and the
    mouth". _inactive: "AU6 is not active", "neither AU6 nor AU12 is active".
    """
    if not codes:
        return {}
    bare = [words.thing(rng, code).removeprefix("a ") for code in codes]
    return present(
        **{
            f"{prefix}_clauses": words.clauses(rng, facts, codes),
            f"{prefix}_coded": words.coded_clauses(rng, facts, codes),
            f"{prefix}_things": words.things(rng, facts, codes),
            f"{prefix}_bare_things": listed(bare, "or"),
            f"{prefix}_acts": words.acts(rng, codes),
            f"{prefix}_codes": words.codes_listed(codes),
            f"{prefix}_coded_things": words.coded_things(rng, codes),
            f"{prefix}_regions": words.regions(codes),
            f"{prefix}_inactive": words.inactive(codes),
        }
    )
