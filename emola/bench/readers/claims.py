"""Reader of claims: what an answer asserts, denies and mentions about units, in codes, names and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from emola.bench.readers.movements import movements
from emola.bench.readers.vocabulary import GROUPS, PARTS, mark_movements
from emola.faba import ACTION_UNITS, EMOTIONS, SYNONYMS, read_action_units
from emola.faba.negation import mark, mentions

__all__ = [
    "CANNOT", "NOTHING", "ROUGH", "SURENESS", "Claims", "claimed_units", "claims", "emotions", "has",
    "marked", "members", "misnames", "particular", "parts", "sentences", "words",
]  # fmt: skip

_CODE = re.compile(r"\bAUs?[\s-]*0?(\d{1,2})(?!\d)(?:[A-E]\b)?", re.I)
_NAMES = {name: unit.code for unit in ACTION_UNITS.values() for name in (unit.name.lower(), *unit.aliases)}
_NAME = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True)) + r")\b", re.I)
_GENERAL = re.compile(
    r"\b(?:mistaken|mix(?:ed)? up|mixing|confus\w+|looks? like|similar|resembles?|would|should|must"
    r"|(?:has|have|needs?|had) to|needs?|wants|calls for|expects?|requires?|often|usually"
    r"|typical\w*|normally|in general"
    r"|generally|can (?:also|look|be)"
    r"|could|if|whether|taken for|tell\w* (?:it|them|the two) apart)\b|\?",
    re.I,
)
_NEGATION = re.compile(
    r"\b(?:no|not|none|neither|nor|without|never|cannot|hardly|absent|missing|inactive"
    r"|lacks?|lacking|rest|relaxed"
    r"|0|zero|off|nowhere|ruled? out)\b|n['’]t\b",
    re.I,
)
_CLAUSE = re.compile(
    r",\s+(?=(?:which|as|like|whereas|while|but|though|although)\b|and\b[^,]*\b(?:often"
    r"|usually|typically)\b)",
    re.I,
)
_NO_FIT = re.compile(
    r"\b(?:do|does|did)(?: not|n['’]t) (?:\w+ly )?"
    r"(?:fit|prove|support|tell|mean|speak|settle|suit|point|match|decide|change|contradict)\b",
    re.I,
)
_NONE_OF = re.compile(r"\b(?:none of|neither of)\b", re.I)
CANNOT = re.compile(
    r"\b(?:can ?not|can['’]t|could(?: not|n['’]t)|unable|not able|landmarks?|not visible"
    r"|hidden|covered|out of sight"
    r"|not (?:be )?(?:seen|judged?|told|found|read|known|measured)|do(?: not|n['’]t) (?:know|see enough)"
    r"|nothing (?:is known|to go by)|not (?:possible|clear enough)|impossible)\b",
    re.I,
)
NOTHING = re.compile(
    r"\b(?:none|nothing|no (?:\w+ )?(?:units?|aus?|movements?|muscles?|codes?|activity)|at rest|relaxed|still"
    r"|not (?:one|a single|any)|zero|0|(?:does|do)(?: not|n['’]t) move|hardly|level|neutral"
    r"|smooth|quiet|inactive"
    r"|no (?:\w+ )?action units?)\b",
    re.I,
)
ROUGH = re.compile(
    r"\b(?:rough\w*|about|around|approximate\w*|approx|estimate\w*|not (?:an? )?(?:exact|precise|measure\w*)"
    r"|impression|guess|reading of the (?:face|expression)|not (?:of |about )?the person|nearly|maybe|perhaps"
    r"|no (?:exact )?measure\w*|of the (?:face|expression) (?:only|alone))\b|~",
    re.I,
)
SURENESS = re.compile(
    r"\b(?:sure|certain\w*|clear\w*|likely|likeliest|probab\w+|perhaps|maybe|confiden\w+"
    r"|doubt\w*|unsure|uncertain\w*"
    r"|close call|guess\w*|evidence|reliab\w+|hard to say|plain\w*|might|may|could"
    r"|threshold|borderline|safe\w*"
    r"|tentative|trust|wrong|mistaken)\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")


class Claims(NamedTuple):
    """What a text says about units: groups of codes of which any is asserted or denied, and all mentions."""

    asserted: frozenset[str]
    denied: frozenset[str]
    mentioned: frozenset[str]

    def asserts(self, code: int) -> bool:
        """Return whether a unit, or a group with it, is asserted."""
        return any(code in members(group) for group in self.asserted)

    def denies(self, code: int) -> bool:
        """Return whether a unit, or a group with it, is denied and not asserted."""
        return any(code in members(group) for group in self.denied) and not self.asserts(code)

    def mentions(self, codes: Iterable[int]) -> set[int]:
        """Return those of the units that are mentioned, in whatever way."""
        return {code for code in codes if any(code in members(group) for group in self.mentioned)}


def members(group: str) -> tuple[int, ...]:
    """Return the units of a group; a code is a group of its own."""
    return GROUPS.get(group) or (int(group),)


@lru_cache(maxsize=4096)
def claims(text: str) -> Claims:
    """Read what a text says about units by code, by name and in words.

    Sentences about what is general, possible or similar ("can be mistaken for AU7") only mention units.
    """
    asserted: set[str] = set()
    denied: set[str] = set()
    mentioned: set[str] = set()
    for clause, general in _clauses(text):
        none_of = _NONE_OF.search(clause)
        # "Raised brows do not fit" denies the fit, not the brows.
        clause = _NO_FIT.sub("oppose", clause)
        text_with_marks = marked(clause)
        negated = bool(_NEGATION.search(text_with_marks))
        for mention in mentions(text_with_marks):
            mentioned.add(mention.key)
            if general:
                continue
            if mention.asserted and not none_of:
                asserted.add(mention.key)
            elif negated:
                denied.add(mention.key)
        if (
            not general
            and not none_of
            and (len(re.findall(r"\d+", clause)) > 1 or re.search(r"[a-z]", clause, re.I))
        ):
            listed = {str(code) for code in read_action_units(clause)}
            asserted |= listed
            mentioned |= listed
    return Claims(frozenset(asserted), frozenset(denied - asserted), frozenset(mentioned))


def claimed_units(answer: str) -> set[int]:
    """Return the units that an answer claims by code or name, or as a movement in EmoLA-Nano's words.

    Sentences about what is general, possible or similar claim nothing.
    """
    found: set[int] = set()
    for sentence in sentences(answer):
        said = claims(sentence)
        named = {*read_action_units(sentence), *(movement.code for movement in movements(sentence))}
        found |= {code for code in named if said.asserts(code)}
    return found


def particular(text: str) -> str:
    """Return a text without its clauses about what is general, possible or similar."""
    return " ".join(clause for clause, general in _clauses(text) if not general)


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the clauses of a text, and whether each is general; a relative clause follows its main clause."""
    for sentence in sentences(text):
        general = False
        for clause in _CLAUSE.split(sentence):
            follows = general and clause.lower().startswith(("which", "as ", "like "))
            general = follows or bool(_GENERAL.search(clause))
            yield clause, general


def marked(text: str) -> str:
    """Replace codes, names and wordings of movements by marks, see ``emola.faba.negation.mark``."""
    text = _NAME.sub(lambda match: mark(str(_NAMES[match.group().lower()])), text)
    text = mark_movements(text)
    return _CODE.sub(lambda match: mark(match[1]) if int(match[1]) in ACTION_UNITS else match[0], text)


_CODE_AND_NAME = re.compile(
    rf"\bAU\s?(\d{{1,2}})\b(?:,| is(?: called)?| [-–=]" rf"|:)? ?[(\"“]?(?:the )?({_NAME.pattern})", re.I
)
_SEEN_TWICE = re.compile(
    r"\b(\w+(?:ed|wide|open|up) (?:nose|brows?|lips?|cheeks|mouth|eyes|lids|jaw|chin" r"|corners))\b.*\b\1\b",
    re.I,
)


def misnames(text: str) -> str | None:
    """Return the reason why a text is wrong about FACS or repeats a movement, or None.

    Wrong is a code next to the name, or the words in ``emola.faba.movements``, of another unit.
    """
    for match in _CODE_AND_NAME.finditer(text):
        if _NAMES[match[2].lower()] != int(match[1]):
            return f"calls AU{match[1]} {match[2]}"
    for movement in movements(text):
        if movement.given is not None and movement.given != movement.code:
            return f"gives the movement of AU{movement.code} as AU{movement.given}"
    repeated = next((found for sentence in sentences(text) if (found := _SEEN_TWICE.search(sentence))), None)
    return f"repeats {repeated[1]!r}" if repeated else None


class _Emotions(NamedTuple):
    """Emotions in the order of their first mention, and those that are only denied."""

    named: list[str]
    denied: set[str]


_EMOTION_OF = {word: emotion for emotion in EMOTIONS for word in (emotion, *SYNONYMS[emotion])}
_EMOTION = re.compile(
    r"\b(?:" + "|".join(sorted(map(re.escape, _EMOTION_OF), key=len, reverse=True)) + r")\b", re.I
)


def emotions(text: str) -> _Emotions:
    """Return the emotions that a text mentions and those that it only denies."""
    found = list(mentions(_EMOTION.sub(lambda match: mark(_EMOTION_OF[match.group().lower()]), text)))
    asserted = {mention.key for mention in found if mention.asserted}
    named = list(dict.fromkeys(_EMOTION_OF[match.group().lower()] for match in _EMOTION.finditer(text)))
    return _Emotions(named, {mention.key for mention in found} - asserted)


def sentences(text: str) -> list[str]:
    """Return the sentences or lines of a text."""
    text = re.sub(r"^\s*\d+[.)]\s+", "- ", text, flags=re.M)
    return [part.strip() for part in _SENTENCE.split(text) if re.search(r"\w", part)]


def words(text: str) -> int:
    """Return the number of words of a text."""
    return len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text))


def has(pattern: str, text: str) -> bool:
    """Return whether a text has a word, or phrase, that matches."""
    return bool(re.search(rf"\b(?:{pattern})", text, re.I))


def parts(text: str) -> set[str]:
    """Return the parts of the face that a text names."""
    return {part for part, pattern in PARTS.items() if pattern.search(text)}
