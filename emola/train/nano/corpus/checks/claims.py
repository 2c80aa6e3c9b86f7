"""What an answer claims of the action units of the face: active, inactive or nothing, and how strongly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from emola.faba.negation import mark, mentions
from emola.faba.unit_mentions import NAMES
from emola.train.nano.corpus.checks.clauses import Clause, clauses
from emola.train.nano.corpus.checks.movement_words import Phrase, find_phrases

__all__ = ["UnitClaim", "unit_claims"]

_CODE = re.compile(
    r"(?<!as in )(?<!like )(?<!as with )\b(?:AU ?0?(\d{1,2})|(?<=[,+] )(\d{1,2})(?=[,+. ]"
    r"|$))\b(?! ?%)"
)
_NAME = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, NAMES), key=len, reverse=True))})\b", re.I)
_LEVEL_AFTER = re.compile(
    r"(?: ?\((?:the )?[A-Z][A-Za-z ]+\)|, (?:the |an? )?[A-Z][A-Za-z ]+(?=,))?"
    r"[,:]?(?:,? (?:is|are|shows|reads|active|clearly|only|with|at|to|also|as well|again|and|probably"
    r"|just|has)\b)*"
    r"(?: (?:the |a |its )?level)? ([A-E])\b(?! \w*(?: and| to))(?!['’])"
)
_DENIED_BEFORE = re.compile(r"\b(?:no|neither|nor|not that) (?:the |their |his |her )?$", re.I)
_ABSENT_BEFORE = re.compile(
    r"\b(?:no|not (?:see|find|show|have)|without|missing|miss|lacks?|lacking"
    r"|absent)(?: \w+){0,2}:? (?:the |their )?$",
    re.I,
)
_ABSENT_AFTER = re.compile(
    r"^[^,]{0,30}\b(?:is|are) (?:both |all |still )?(?:missing|absent|lacking|not (?:there|visible"
    r"|present|active|seen))\b",
    re.I,
)
_NO_CLAIM = re.compile(
    r"\b(?:does|do|did|can)(?: not|n't) (?:rule|decide|explain|settle|prove|mean|tell|say|count|change"
    r"|help|fit|support"
    r"|contradict|point|speak|belong|match|weigh|outweigh|need|suffice|make|depend|add|know|cover|affect"
    r"|disturb|agree"
    r"|disagree|alter|exclude|carry|reach|give|look|help|claim)\b"
    r"|\bno (?:sides?|part|doubt|reason|reading|proof|sign of|letters?|numbers?)\b"
    r"|\b(?:is|are)(?: not|n't) (?:by itself |alone |very |so |that |quite )?(?:enough|the same|decisive"
    r"|proof|strong|a sign|much|typical|surprising|unusual"
    r"|a core|part of|specific|limited)\b",
    re.I,
)
_NOTHING = re.compile(r"\b[Nn]othing (?=\ue000)")
_NOT_TAKEN = re.compile(
    r"\b(?:wants?|need|needs|expect|for|whether|check|cannot|with|without|look for|add|see)"
    r" (?:\w+ )?(?:the )?$",
    re.I,
)
_ANSWERED_NO = re.compile(r"(\ue000\d+\ue001):? no\b")
_QUIET = re.compile(r"\b(?:is|are|stays?|remains?)(?: all| both)? (?:quiet|silent|off|out)\b", re.I)
_CONJUNCTION = re.compile(
    r"^(?:but|while|whereas|although|though|however|yet|because|since|so|and"
    r"|as)\b,? ",
    re.I,
)


@dataclass(frozen=True)
class UnitClaim:
    """A claim about units.

    key: a sign and codes, as in :mod:`emola.faba.vocabulary`. levels: those it allows, "" for any. words:
    those that make the claim.
    """

    key: str
    levels: str
    words: str
    clause: Clause

    @property
    def sign(self) -> str:
        """Whether all of the codes are active ("+"), one of them is ("?"), or all are inactive ("-")."""
        return self.key[0]

    @property
    def codes(self) -> tuple[int, ...]:
        """The units."""
        return tuple(map(int, self.key[1:].split(",")))


def unit_claims(answer: str, question: str) -> Iterator[UnitClaim]:
    """Yield what an answer claims of units.

    General statements, questions and conditions claim nothing. A bare list that answers a question with
    "would" claims nothing either.
    """
    for clause in clauses(answer, question):
        if not clause.asked:
            yield from _in_clause(clause)


def _in_clause(clause: Clause) -> Iterator[UnitClaim]:
    text = clause.text
    phrases = list(find_phrases(text))
    phrases += [
        phrase
        for phrase in _codes_and_names(text)
        if all(phrase.end <= other.start or phrase.start >= other.end for other in phrases)
    ]
    phrases.sort(key=lambda phrase: phrase.start)
    for phrase, active in _polarities(text, phrases):
        key = phrase.key if active else _opposite(phrase.key)
        if clause.void and not _presupposed(phrase, text):
            continue
        if key and (phrase.definite or not clause.general):
            yield UnitClaim(key, phrase.levels if active else "", text[phrase.start : phrase.end], clause)


def _presupposed(phrase: Phrase, text: str) -> bool:
    """Whether words take a movement for granted: "the raised brows", not "the raised brows of fear"."""
    of = re.match(r" (?:of|in|that|would be|are hidden|could be|might be)\b", text[phrase.end :])
    return phrase.definite and not phrase.complete and not of and not _NOT_TAKEN.search(text[: phrase.start])


def _polarities(text: str, phrases: list[Phrase]) -> Iterator[tuple[Phrase, bool]]:
    """Yield each phrase and whether it is asserted."""
    marked, end = "", 0
    for number, phrase in enumerate(phrases):
        if phrase.complete:
            yield phrase, phrase.denied == bool(_DENIED_BEFORE.search(text[: phrase.start]))
        elif phrase.definite:
            before, after = text[: phrase.start], text[phrase.end :]
            yield phrase, not (_ABSENT_BEFORE.search(before) or _ABSENT_AFTER.match(after))
        else:
            marked += text[end : phrase.start] + mark(str(number))
            end = phrase.end
    marked = _CONJUNCTION.sub("", marked + text[end:])
    if _NO_CLAIM.search(marked):
        return
    marked = _NOTHING.sub("no ", marked)
    marked = _ANSWERED_NO.sub(r"no \1", _QUIET.sub("are inactive", marked))
    for mention in mentions(marked):
        yield phrases[int(mention.key)], mention.asserted


def _codes_and_names(text: str) -> Iterator[Phrase]:
    for pattern in (_CODE, _NAME):
        for match in pattern.finditer(text):
            code = int(match[1] or match[2]) if pattern is _CODE else NAMES[match.group().lower()]
            level = _LEVEL_AFTER.match(text, match.end())
            yield Phrase(match.start(), match.end(), f"+{code}", False, False, level[1] if level else "")


def _opposite(key: str) -> str | None:
    """Return the denial of a key; None if it claims nothing that can be checked."""
    if key[0] == "-":
        return f"{'?' if ',' in key else '+'}{key[1:]}"
    return f"-{key[1:]}" if key[0] == "?" or "," not in key else None
