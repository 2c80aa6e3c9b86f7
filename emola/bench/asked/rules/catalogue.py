"""Rules for questions about FACS in general: names, codes, muscles, differences, typical units."""

from __future__ import annotations

import re

from emola.bench.asked.facts import Case
from emola.bench.asked.rules.checks import (
    Reason,
    contrary,
    first,
    labels,
    long_enough,
    one_of,
    supporting,
    yes_no_is,
)
from emola.bench.readers.claims import claims, has, parts
from emola.bench.readers.vocabulary import UNIT_PARTS
from emola.faba import ACTION_UNITS, NANO_AUS, read_action_units
from emola.faba.movements import MOVEMENTS

__all__ = ["RULES", "names_muscle"]

_MUSCLES: dict[int, str] = {
    **dict.fromkeys((1, 2), "frontalis"),
    4: "corrugator|depressor supercilii",
    **dict.fromkeys((5, 43), "levator palpebrae"),
    **dict.fromkeys((6, 7), "orbicularis oculi"),
    **dict.fromkeys((9, 10), "levator labii"),
    12: "zygomatic",
    14: "buccinator",
    15: "depressor anguli|triangularis",
    16: "depressor labii",
    17: "mentalis",
    20: "risorius|platysma",
    **dict.fromkeys((23, 24), "orbicularis oris"),
    25: "depressor labii|mentalis|orbicularis oris",
    26: "masseter|temporalis|pterygoid",
    27: "pterygoid|digastric",
}
_COMMON = frozenset(
    "the and are with show may their them its into inside some which that this lips part "
    "without often little as".split()
)


_ABOUT_FACE = r"(?:in)?active|I see|here\b|this face"


def names_muscle(answer: str, code: int) -> Reason:
    """Fail unless the muscle of a unit is named."""
    return one_of(_MUSCLES[code], answer, f"the muscle of AU{code}")


def _describes(answer: str, code: int) -> bool:
    """Return whether an answer says, besides the code, what a unit is: by name or in words."""
    text = re.sub(r"\bAUs?\s*\d+", " ", answer)
    if claims(text).mentions([code]):
        return True
    unit, movement = ACTION_UNITS[code], MOVEMENTS[code]
    known = _stems(" ".join((unit.appearance, unit.name, *movement.gists, *movement.acts)))
    return len(_stems(text) & known) >= 3 and bool(parts(text) & set(UNIT_PARTS[code]))


def _stems(text: str) -> set[str]:
    """Return the first five letters of the words that carry meaning."""
    return {word[:5] for word in re.findall(r"[a-z]{2,}", text.lower()) if word not in _COMMON}


def _what_is(answer: str, case: Case) -> Reason:
    return None if _describes(answer, case.slots.unit) else f"does not say what AU{case.slots.unit} is"


def _code_of(answer: str, case: Case) -> Reason:
    codes = [int(code) for code in re.findall(r"\b(?:AU\s*)?(\d{1,2})\b", answer)]
    if not codes:
        return "names no code"
    if has(r"(?:not |in)?active", answer):
        return "is about the face"
    return None if codes[0] == case.slots.unit else f"says AU{codes[0]}, not AU{case.slots.unit}"


def _look(answer: str, case: Case) -> Reason:
    code = case.slots.unit
    named = parts(answer) & set(UNIT_PARTS[code])
    return first(
        long_enough(answer, 6),
        None if named else f"does not name the {' or '.join(UNIT_PARTS[code])}",
        None if _describes(answer, code) else f"does not say what AU{code} looks like",
    )


def _muscle(answer: str, case: Case) -> Reason:
    return names_muscle(answer, case.slots.unit)


def _difference(answer: str, case: Case) -> Reason:
    units = (case.slots.unit, case.slots.other)
    vague = [code for code in units if not _describes(answer, code)]
    return first(
        long_enough(answer, 8),
        f"does not describe {labels(vague)}" if vague else None,
    )


def _same_unit(answer: str, case: Case) -> Reason:
    about_face = "is about the face" if has(r"(?:in)?active|neither", answer) else None
    return first(about_face, yes_no_is(answer, case.slots.name == case.slots.unit))


def _prototype(answer: str, case: Case) -> Reason:
    typical = supporting(case.slots.emotion)
    named = claims(answer).mentions(NANO_AUS)
    wrong = named & (contrary(case.slots.emotion) - typical)
    if wrong and not has(r"not\b|no\b|without|against|never|absent", answer):
        return f"counts {labels(wrong)} among the units of {case.slots.emotion}"
    needed = min(2, len(typical))
    return (
        None if len(named & typical) >= needed else f"names fewer than {needed} units of {case.slots.emotion}"
    )


def _felt_smile(answer: str, case: Case) -> Reason:
    posed = re.match(r"\W*a (?:posed|polite) smile", answer, re.I) and not has(
        r"felt|genuine|real|duchenne", answer
    )
    return first(
        "is about the posed smile only" if posed and "polite" not in case.question else None,
        one_of(r"AU ?0?6\b|cheeks?|eyes?|duchenne|crow|cheek raiser", answer, "AU6, the cheeks or the eyes"),
        one_of(
            r"may\b|might|can\b|can ?not|not\b|n['’]t|often|usually|sign|never|no proof|tends?"
            r"|more like|rather|suggests?|called",
            answer,
            "a reserve",
        ),
    )


def _facs(answer: str, case: Case) -> Reason:
    if "letters" in case.question:
        return one_of(
            r"trace|slight|weak|maxim\w+|strong\w*|intensit\w+|level", answer, "what the letters mean"
        )
    return first(
        "is about the face" if len(read_action_units(answer)) > 1 and has(_ABOUT_FACE, answer) else None,
        one_of(r"movements?|muscles?|facial action|coding", answer, "movements, muscles or coding"),
    )


def _prove(answer: str, case: Case) -> Reason:
    limit = r"(?:no\b|not\b|n['’]t|never|cannot|hardly|little|only|nothing)"
    reason = (
        r"prov\w+|proof|alone|feel\w*|felt|mind|certain\w*|hint|sign|conclu\w+|tell|know|other"
        r"|many|also|suggest\w*|posed|fits?\b"
    )
    return first(
        one_of(limit, answer, "a limit"),
        "says that they prove it" if re.match(r"\W*yes\b", answer, re.I) else None,
        "is about the face" if has(r"I see|this face|(?:it|he|she) looks", answer) else None,
        one_of(reason, answer, "what is not proved"),
    )


RULES = {
    "what_is": _what_is,
    "code_of": _code_of,
    "look": _look,
    "muscle": _muscle,
    "difference": _difference,
    "same_unit": _same_unit,
    "prototype": _prototype,
    "felt_smile": _felt_smile,
    "facs": _facs,
    "prove": _prove,
}
