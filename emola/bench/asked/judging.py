"""Judging of answers by the rules of their kinds."""

from __future__ import annotations

from collections.abc import Callable

from emola.bench.asked.facts import Case
from emola.bench.asked.kinds import FAMILY_OF
from emola.bench.asked.rules import catalogue, emotion, lists, parts, reasons, style, talk, units
from emola.bench.readers import form
from emola.bench.readers.claims import CANNOT, claims, misnames
from emola.bench.runner import Answer

__all__ = ["RULES", "fault", "judge"]

_Rule = Callable[[str, Case], str | None]

RULES: dict[str, _Rule] = {
    **emotion.RULES,
    **reasons.RULES,
    **lists.RULES,
    **units.RULES,
    **parts.RULES,
    **style.RULES,
    **catalogue.RULES,
    **talk.RULES,
}
"""The rule of each kind: returns the reason why an answer fails, or None if it is as asked."""

_ALSO_NEED_UNITS = ("describe", "bullets", "key_units", "posed")
_WITHOUT_UNITS = ("hidden", "list_and_emotion", "it_muscle", "it_look", "repeat")


def fault(answer: Answer) -> str | None:
    """Return "empty", "cut" or "loops" for a degenerate answer, else None."""
    if form.is_empty(answer.text) and answer.text.strip() not in ("[]", "{}"):
        return "empty"
    if answer.cut:
        return "cut"
    return "loops" if form.repeats(answer.text) else None


def judge(answer: Answer, case: Case) -> str | None:
    """Return the reason why an answer is not as asked, or None.

    About a face without evidence, a question that needs units must be answered by saying so.
    """
    if found := fault(answer) or misnames(answer.text):
        return found
    if not case.facts.known and _needs_units(case.kind):
        if claims(answer.text).asserted:
            return "claims units, which nothing is known about"
        return None if CANNOT.search(answer.text) else "does not say that units cannot be told"
    return RULES[case.kind](answer.text, case)


def _needs_units(kind: str) -> bool:
    families = ("units", "back references")
    return kind in _ALSO_NEED_UNITS or (FAMILY_OF[kind] in families and kind not in _WITHOUT_UNITS)
