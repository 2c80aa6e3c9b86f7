"""Rules for questions about the emotion itself: which, how sure, how strong, valence and arousal."""

from __future__ import annotations

from emola.bench.asked.facts import Case
from emola.bench.asked.numbers import first_number, percent
from emola.bench.asked.rules.checks import (
    Reason,
    first,
    grounded,
    mentions_a_movement,
    names_emotion,
    one_of,
    supporting,
    sure,
)
from emola.bench.readers.claims import (
    ROUGH,
    emotions,
    has,
    sentences,
    words,
)
from emola.bench.readers.confirmations import confirms
from emola.bench.readers.yes_no import opening
from emola.faba import read_emotion

__all__ = ["RULES"]

_AROUSAL = (
    r"low\b|calm|quiet|relaxed|not (?:very )?(?:high|activated)",
    r"medium|moderate|middl\w+|mid\b",
    r"(?<!not )high|(?:strong|much) arousal|excited|activated|agitated|aroused",
)
_VALENCE = {"happiness": "positive", "neutral": "neither", "surprise": "neither"}


def _emotion(answer: str, case: Case) -> Reason:
    short = len(sentences(answer)) < 2 and words(answer) < 20
    reason = mentions_a_movement(answer) if case.facts.active else None
    return first(
        names_emotion(answer, case),
        "is a single short sentence" if short else None,
        reason,
        grounded(answer, case.facts),
    )


def _emotion_word(answer: str, case: Case) -> Reason:
    if words(answer) > 3:
        return f"has {words(answer)} words"
    return names_emotion(answer, case)


def _feelings(answer: str, case: Case) -> Reason:
    limit = (
        r"(?:can ?not|can['’]t|could not|do(?:es)? not|don['’]t|doesn['’]t|no|not|never|nobody"
        r"|only they|unable|beyond)\b"
    )
    unknown = any(
        has(limit, text) and has(r"feel\w*|felt|inside|inner|tell|know|read|within|behind", text)
        for text in sentences(answer)
    )
    if not unknown:
        return "does not say that feelings cannot be told"
    looks = emotions(answer).named or has(r"expression|face|look|movement", answer)
    return None if looks else "does not say how the face looks"


def _emotion_yes_no(answer: str, case: Case) -> Reason:
    asked = case.slots.emotion
    confirmed = confirms(answer, asked)
    if asked in case.stated.others:
        return None if emotions(answer).named or opening(answer) is not None else "says neither yes nor no"
    if confirmed is None:
        confirmed = opening(answer)
    if confirmed is None:
        return "says neither yes nor no"
    if confirmed is not (asked == case.stated.emotion):
        return f"{'confirms' if confirmed else 'denies'} {asked}, but said {case.stated.emotion} before"
    return None


def _choice(answer: str, case: Case) -> Reason:
    named = read_emotion(answer)
    offered = case.stated.emotion in (case.slots.emotion, case.slots.rival)
    if named is None or (offered and has("neither", answer)):
        return "chooses neither"
    return None if named == case.stated.emotion else f"chooses {named}, but said {case.stated.emotion} before"


def _runner_up(answer: str, case: Case) -> Reason:
    named = emotions(answer)
    others = [emotion for emotion in named.named if emotion != case.stated.emotion]
    none = has(
        r"no (?:\w+ )?(?:second|other|runner)|nothing else|none|only one|not? (?:\w+ )?(?:second|other)",
        answer,
    )
    if not others and not none:
        return "names no other emotion"
    return grounded(answer, case.facts)


def _sure(answer: str, case: Case) -> Reason:
    named = emotions(answer).named
    wrong = named and named[0] not in {case.stated.emotion, *case.stated.others}
    return first(
        sure(answer),
        f"is about {named[0]}, but said {case.stated.emotion} before" if wrong else None,
        "claims certainty"
        if has(r"(?:definitely|absolutely|100|totally|without (?:any )?doubt)", answer)
        else None,
        grounded(answer, case.facts),
    )


def _strength(answer: str, case: Case) -> Reason:
    strength = (
        r"strong\w*|slight\w*|weak\w*|moderate\w*|faint\w*|mild\w*|intens\w+|subtle|trace"
        r"|barely|pronounced|medium|marked"
        r"|low|high|level|little|at rest|small|light|neutral|\d"
    )
    named = emotions(answer).named
    wrong = bool(named) and not {case.stated.emotion, *case.stated.others} & set(named)
    return first(
        one_of(strength, answer, "a word of strength"),
        f"is about {named[0]}, but said {case.stated.emotion} before" if wrong else None,
        grounded(answer, case.facts),
    )


def _percent(answer: str, case: Case) -> Reason:
    number = percent(answer)
    if number is None:
        return "gives no percentage"
    if not 5 <= number <= 100:
        return f"gives {number} % for its own reading"
    return None if ROUGH.search(answer) else "does not say that the figure is rough"


def _scale(answer: str, case: Case) -> Reason:
    number = first_number(answer, 10)
    return "gives no number up to 10" if number is None else grounded(answer, case.facts)


def _ranking(answer: str, case: Case) -> Reason:
    named = emotions(answer).named
    if len(named) < 2 and not has(r"only|no (?:\w+ )?(?:second|other)|nothing else|alone", answer):
        return "ranks fewer than two emotions"
    if not named or named[0] != case.stated.emotion:
        return f"does not begin with {case.stated.emotion}"
    return grounded(answer, case.facts)


def _valence(answer: str, case: Case) -> Reason:
    expected = _VALENCE.get(case.stated.emotion or "", "negative")
    if has(
        r"neither|ambig\w+|in between|somewhere between|neutral valence"
        r"|not (?:clearly )?(?:positive|negative)|no clear",
        answer,
    ):
        given = "neither"
    elif has(r"negative|unpleasant", answer) and not has(
        r"(?:not|than|rather than) (?:negative|unpleasant)", answer
    ):
        given = "negative"
    elif has(r"positive|pleasant", answer):
        given = "positive"
    else:
        given = "neither" if has("neutral", answer) else ""
    if not given:
        return "gives no valence"
    if case.stated.emotion and given != expected:
        return f"says {given}, {case.stated.emotion} is {expected}"
    return None if ROUGH.search(answer) else "does not say that it is rough"


def _arousal(answer: str, case: Case) -> Reason:
    named = {level for level, pattern in enumerate(_AROUSAL) if has(pattern, answer)}
    if not named:
        return "gives no arousal"
    if case.stated.emotion and not named & _arousal_of(case):
        return f"does not fit {case.stated.emotion}"
    return None if ROUGH.search(answer) else "does not say that it is rough"


def _arousal_of(case: Case) -> set[int]:
    """Return the accepted levels, 0 low to 2 high; the level of the deciding unit may be off by one."""
    emotion = case.stated.emotion
    if emotion in ("sadness", "neutral"):
        return {0}
    facts = case.facts
    strongest = max((facts.levels[code] for code in facts.over & supporting(emotion)), default=-1)
    high = 2 if emotion in ("fear", "surprise", "anger") else 4
    if strongest <= high - 2:
        return {1}
    return {2} if strongest > high else {1, 2}


def _mixed(answer: str, case: Case) -> Reason:
    named = emotions(answer)
    opened = opening(answer)
    blended = opened is True and has(r"mix|blend|several|more than|touch|also|second|hint|both", answer)
    told = has(
        r"one\b|single|pure\w*|only|mix\w*|blend|several|second|other|also|touch|just|both|hint", answer
    )
    if opened is None and not told:
        return "does not say whether it is mixed"
    if not named.named and not told:
        return "says nothing about emotions"
    if blended and len(named.named) < 2:
        return "names no second emotion"
    if case.stated.emotion in named.denied:
        return f"denies {case.stated.emotion}"
    return grounded(answer, case.facts)


def _correct(answer: str, case: Case) -> Reason:
    claimed, stated = case.slots.rival, case.stated
    yields = has(
        r"you(?:['’]re| are| may be| might be| could be)(?: \w+)? right|i agree|agreed"
        r"|my mistake|i was wrong|i stand corrected"
        r"|fair point|good point|that (?:may|could|might) (?:well )?be|(?:may|might"
        r"|could) (?:well )?be|yes\b|true",
        answer,
    )
    holds = has(
        r"no\b|i (?:still|would still|stay|keep|hold|stick)|not|don['’]t|less|rather|disagree"
        r"|(?:reads?|looks?|points?|fits?) (?:more )?"
        r"(?:like|as|to)?|but|stays?|remains?|more",
        answer,
    ) and (stated.emotion in emotions(answer).named or claimed in emotions(answer).denied)
    reason = first(mentions_a_movement(answer) if case.facts.active else None, grounded(answer, case.facts))
    if claimed == stated.emotion:
        return (
            None
            if yields or claimed not in emotions(answer).denied
            else "does not agree with its own reading"
        )
    if claimed in stated.others or stated.certainty == "weak":
        return reason if yields or holds else "neither holds nor yields"
    if not holds:
        return f"does not hold {stated.emotion} against {claimed}"
    if claimed == read_emotion(answer):
        return f"gives in to {claimed}"
    return reason


RULES = {
    "emotion": _emotion,
    "emotion_word": _emotion_word,
    "feelings": _feelings,
    "emotion_yes_no": _emotion_yes_no,
    "choice": _choice,
    "runner_up": _runner_up,
    "sure_emotion": _sure,
    "strength_emotion": _strength,
    "emotion_percent": _percent,
    "emotion_scale": _scale,
    "ranking": _ranking,
    "valence": _valence,
    "arousal": _arousal,
    "mixed": _mixed,
    "correct_emotion": _correct,
}
