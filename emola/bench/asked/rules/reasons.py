"""Rules for reasons: what supports an emotion, what speaks against it, what would change it."""

from __future__ import annotations

import re

from emola.bench.asked.facts import Case
from emola.bench.asked.rules.checks import (
    Reason,
    contrary,
    first,
    grounded,
    labels,
    long_enough,
    mentions_a_movement,
    names_emotion,
    says_nothing,
    supporting,
    sure,
)
from emola.bench.readers.claims import Claims, claims, emotions, has, marked, particular, parts, sentences
from emola.bench.readers.vocabulary import UNIT_PARTS
from emola.faba import read_emotion
from emola.faba.emotions import CORE_AUS

__all__ = ["RULES"]

_AGAINST = (
    r"against|contra\w*|contrary|(?:does|do)(?: not|n['’]t) fit|speaks? against|counter|although|but|despite"
)
_FOR = r"support\w*|speaks? for|points? to|suggests?|fits?\b|in favour|in favor|typical|for (?:it|that)"
_RELAX = (
    r"relax\w*|drop\w*|lower(?:ed)?\b|(?:go|come) (?:down|away|back)|(?:to|must) go|ease\w*"
    r"|vanish\w*|disappear\w*"
    r"|stop\w*|at rest|without|let go|fade\w*|soften\w*|no longer"
)
_NO_OBJECTION = (
    r"(?:nothing|none|no\b|not|little|hardly)[^.:;]*\b(?:against|contra\w+|oppos\w+"
    r"|disagree\w*|doubt|objection|counter\w*)"
    r"|nothing (?:active )?(?:does|speaks)|all (?:of it )?fits|everything fits"
)


def _support(answer: str, case: Case) -> Reason:
    emotion, facts = case.stated.emotion, case.facts
    helpful = facts.active & supporting(emotion)
    if helpful:
        return first(mentions_a_movement(answer, helpful), grounded(answer, facts))
    whole = has(r"whole|overall|picture|impression|little|few|not|no\b|without|general|altogether", answer)
    named = facts.over and not mentions_a_movement(answer, facts.over)
    if not whole and not says_nothing(answer) and not named:
        return "gives no ground"
    return grounded(answer, facts)


def _reasoning(answer: str, case: Case) -> Reason:
    facts = case.facts
    return first(
        long_enough(answer, 25),
        "is a single sentence" if len(sentences(answer)) < 2 else None,
        mentions_a_movement(answer, facts.active) if facts.active else None,
        None if parts(answer) or not facts.known else "names no part of the face",
        names_emotion(answer, case),
        sure(answer),
        grounded(answer, facts),
    )


def _against(answer: str, case: Case) -> Reason:
    emotion, facts = case.stated.emotion, case.facts
    said = claims(answer)
    helpful = supporting(emotion) - contrary(emotion)
    for text in sentences(answer):
        wrong = {code for code in helpful & facts.over if claims(text).asserts(code)}
        if wrong and not has(f"{_FOR}|{_NO_OBJECTION}", text):
            return f"names {labels(wrong)} as contrary to {emotion}"
    opposed, missing = facts.active & contrary(emotion), _missing(case, emotion)
    if said.mentions(opposed) or _denied(said, missing | (helpful & facts.inactive)):
        return grounded(answer, facts)
    if opposed:
        return f"does not name {labels(opposed)}, which speaks against {emotion}"
    nothing = has(_NO_OBJECTION, answer) or re.match(
        r"\W*(?:nothing|not much|hardly anything)\b", answer, re.I
    )
    if not nothing and not (facts.doubtful and said.mentions(facts.doubtful)):
        return "names nothing that speaks against it, and does not say that nothing does"
    return grounded(answer, facts)


def _missing(case: Case, emotion: str | None) -> set[int]:
    """Return the core units of an emotion that are not active."""
    return set(CORE_AUS.get(emotion or "", ())) - case.facts.active


def _denied(said: Claims, codes: set[int]) -> bool:
    return any(said.denies(code) for code in codes)


def _weigh(answer: str, case: Case) -> Reason:
    emotion, facts = case.stated.emotion, case.facts
    helpful = facts.active & supporting(emotion)
    said = claims(answer)
    opposed = facts.active & contrary(emotion)
    objection = said.mentions(opposed) or said.denied or has(f"{_AGAINST}|however|{_NO_OBJECTION}", answer)
    return first(
        mentions_a_movement(answer, helpful) if helpful else None,
        None if objection else "gives nothing against it",
        f"does not name {labels(opposed)}, which speaks against {emotion}"
        if opposed and not said.mentions(opposed)
        else None,
        grounded(answer, facts),
    )


def _why_not(answer: str, case: Case) -> Reason:
    rival, facts = case.slots.rival, case.facts
    if read_emotion(particular(answer)) == rival and rival not in case.stated.others:
        return f"calls it {rival}"
    said = claims(answer)
    absent = said.mentions((supporting(rival) - facts.active) & _doubted(said))
    opposed = said.mentions(facts.over & (contrary(rival) | supporting(case.stated.emotion)))
    if not absent and not opposed and not (not facts.active and says_nothing(answer)):
        return f"gives no reason against {rival}"
    return grounded(answer, facts)


def _doubted(said: Claims) -> set[int]:
    """Return the units that are mentioned and not asserted."""
    return {code for code in range(1, 46) if said.mentions([code]) and not said.asserts(code)}


def _change(answer: str, case: Case) -> Reason:
    rival, facts = case.slots.rival, case.facts
    said = claims(answer)
    appear = said.mentions(_missing(case, rival))
    opposed = facts.over & contrary(rival)
    rest = marked(answer)  # "the brows come down" is a movement, "the brows relax" is none
    relax = said.mentions(opposed) or {code for code in opposed if parts(rest) & set(UNIT_PARTS[code])}
    if appear or (relax and has(_RELAX, rest)):
        wrong = said.mentions((facts.inactive & contrary(rival)) - supporting(rival))
        return f"asks for {labels(wrong)}, contrary to {rival}" if wrong else None
    missing = _missing(case, rival)
    if not missing and not opposed:
        return None if has(r"already|stronger|more", answer) else "names nothing to change"
    return f"names neither a missing unit of {rival} nor one that has to relax"


def _ruled_out(answer: str, case: Case) -> Reason:
    named = emotions(answer)
    excluded = {emotion for emotion in named.denied if emotion != case.stated.emotion}
    if case.stated.emotion in named.denied:
        return f"rules out {case.stated.emotion}, its own reading"
    if not excluded:
        if not named.named and has(r"none\b|nothing can|cannot rule|can['’]t rule|no emotion", answer):
            return grounded(answer, case.facts)
        listed = [emotion for emotion in named.named if emotion != case.stated.emotion]
        # "Anger, fear and disgust." is an answer as well.
        if not listed or read_emotion(answer) == case.stated.emotion == next(iter(named.named), None):
            return "rules out nothing"
        excluded = set(listed)
    for emotion in sorted(excluded):
        if active := case.facts.active & set(CORE_AUS[emotion]) - contrary(emotion):
            return f"rules out {emotion}, although {labels(active)} is active"
    return grounded(answer, case.facts)


def _posed(answer: str, case: Case) -> Reason:
    facts, said = case.facts, claims(answer)
    if has(r"(?:definitely|certainly|truly|absolutely|really) (?:genuine|felt|happy|real|sincere)", answer):
        return "claims to know what is felt"
    if 12 in facts.inactive:
        return (
            None
            if said.denies(12) or has(r"no smile|not (?:a |any )?smil", answer)
            else "does not say that there is no smile"
        )
    reaches = (
        said.asserts(6) or has(r"duchenne|reach\w* the eyes|genuine|felt|eyes (?:too|as well|join)", answer)
    ) and not has(r"no(?:t)? (?:\w+ ){0,2}(?:duchenne|reach|genuine|felt)|rather posed|more posed", answer)
    polite = has(
        r"posed|polite|put on|for the camera|not (?:\w+ ){0,2}(?:duchenne|reach)", answer
    ) or said.denies(6)
    if 6 in facts.active and not reaches:
        return "does not say that the smile reaches the eyes"
    if 6 in facts.inactive and not polite:
        return "does not say that the cheeks are not raised"
    if not said.mentioned and not reaches and not polite:
        return "says nothing about the smile"
    return grounded(answer, facts)


def _key_units(answer: str, case: Case) -> Reason:
    facts = case.facts
    helpful = facts.active & supporting(case.stated.emotion)
    if helpful or facts.active:
        return first(mentions_a_movement(answer, helpful or facts.active), grounded(answer, facts))
    return None if says_nothing(answer) else grounded(answer, facts)


RULES = {
    "support": _support,
    "reasoning": _reasoning,
    "against": _against,
    "weigh": _weigh,
    "why_not": _why_not,
    "change": _change,
    "ruled_out": _ruled_out,
    "posed": _posed,
    "key_units": _key_units,
}
