"""Negation scope: which mentions a text asserts and which it denies.

Mentions are marked first (:func:`marked`). The rules are about commas and conjunctions; nothing is parsed:

* a sentence is split at "but", "while", ... into clauses, and these at commas, "and", "or" into parts;
* a cue such as "no" or "without" denies the mentions after it in its part, "is not" those before it;
* a part that consists of marks only ("AU6, AU12 and ...") is asserted or denied with the list it belongs to;
* "AU6: no" and "AU4 = 0" deny, "apart from AU12, no unit ..." asserts;
* questions, conditions and general statements ("usually ...") assert nothing.

A text may be hostile: the time for it must grow in proportion to its length. A run of spaces is therefore
read as one, and the patterns are limited in what they skip.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

_OPEN, _CLOSE = "\ue000", "\ue001"
_PLAIN = {ord(_OPEN): " ", ord(_CLOSE): " "}
_MARK = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")

_SENTENCE = re.compile(
    r"(?<=[.!?])[\"')*]*\s+|;\s*|:\s+(?=(?:the|this|it|its|i|my|overall)\b)"
    rf"|(?<={_CLOSE}):\s+(?=(?:an?\s)?{_OPEN})",
    re.I,
)
_SPACES = re.compile(r"\s{2,}")
_CLAUSE = re.compile(
    r"(?<![,\s])[,\s]+(?=(?:but|while|whereas|although|though|however|yet|because|so)\b)", re.I
)
_PART = re.compile(
    r"\s*,\s*|\s+(?=(?:and|or|nor|without|with no|rather than|instead of|as opposed to|unlike|mixed with)\b)"
    r"|\s*[+&/]\s*",
    re.I,
)
_WEAK = r"(?:only|just|merely|very|strong|strongly|so|too|intense|necessarily)\b"
_BUT_FOR = r"(?:apart from|aside from|except(?: for)?|other than)\b"
_HARMLESS = re.compile(
    r"\bno (?:doubt|question|other)\b"
    rf"|\bnot {_WEAK}|\b(?:is|are|does|do)n['’]t {_WEAK}"
    r"|\bwithout (?:a )?doubt\b|\bno(?=[\s,]+but\b)"
    rf"|\b{_BUT_FOR}(?=[^.;]{{0,200}}\b(?:no|none|nothing)\b)"
    rf"|\b(?:no|none|nothing)\b[^.;,{_OPEN}]{{0,200}}\b{_BUT_FOR}",
    re.I,
)
_HYPOTHETICAL = re.compile(
    r"\b(?:typically|usually|normally|generally|in general|as a rule|(?<!as )if|whether)\b"
    r"|\bwould(?!\s+(?:say|call|read|name|put|go|describe|give))\b",
    re.I,
)
_BEFORE = re.compile(
    r"\b(?:no|neither|nor|never|none|without|rather than|instead of|as opposed to|unlike|lacks?|lacking"
    r"|lack of|absence of|free (?:of|from)|except|likely than|apart from|different from|differs from"
    r"|confused with|mistaken for|compared with|against|rules? out|excludes?|hardly any|far from)\b",
    re.I,
)
_EITHER = re.compile(
    r"\bnot\b|n['’]t\b|\bcannot\b|\bneither\b|\bhardly\b|\bnowhere\b"
    r"|\b(?:absent|inactive|missing|lacking|unseen|undetected|at rest|ruled out|switched off|hidden)\b"
    r"|\b(?:shows?|has|have|with|is|are)\s+no\s+(?:activity|movement|signs?|trace|evidence|action|activation|contraction|change)\b",
    re.I,
)
_STILL = re.compile(
    _CLOSE + r"\W*(?:is|are|stays?|remains?|seems?|looks?)\s+(?:relaxed|quiet|off|out|still)\b", re.I
)
_NIL = re.compile(
    rf"{_CLOSE}(?:[\W_]{{0,9}}{_OPEN}[^{_CLOSE}]*{_CLOSE}){{0,2}}[\s*_)]{{0,9}}[:=(–-]{{1,9}}[\s*_(]{{0,9}}"
    r"(?:intensity|level|score|strength)?[\s:=]{0,9}(?:0(?![.\d]*[1-9])|(?:no|none|off|false)(?=\W*(?:$|\n|[,;.)])))",
    re.I,
)
_ALTERNATIVE = re.compile(rf"\W*n?or\b[\W_]*(?:the\s|an?\s)?{_OPEN}", re.I)
_FILLER = re.compile(r"\b(?:and|or|both|also|the|an?|action|units?|aus?|either|of|with|plus)\b|[^\w]", re.I)
_VERB_FIRST = re.compile(
    r"\W*(?:and\s+)?(?:is|are|was|were|stays?|remains?|seems?|appears?|does|do|did|has|have|can)", re.I
)
_BULLET = re.compile(r"\s*(?:[-*•–]|\d+[.)]|" + _OPEN + ")")


@dataclass(frozen=True)
class Mention:
    """A marked mention: its key, whether the text asserts it, and the part of the sentence around it.

    In a list, ``part`` is the part where the list began: "it may be anger or disgust" hedges both. void: the
    mention is in a question, a condition or a general statement, so that it is not denied either.
    """

    key: str
    asserted: bool
    part: str
    void: bool = False


class Edit(NamedTuple):
    """A replacement in a text: ``text[start:end]`` becomes ``words``."""

    start: int
    end: int
    words: str


def mark(key: str) -> str:
    """Return the marker for ``key`` in a text for :func:`mentions`."""
    return f"{_OPEN}{key}{_CLOSE}"


def marked(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with edits, which are in order and do not overlap, and no other marker characters."""
    pieces: list[str] = []
    position, text = 0, text.translate(_PLAIN)
    for start, end, words in edits:
        pieces += (text[position:start], words)
        position = end
    return "".join(pieces) + text[position:]


def mentions(text: str) -> Iterator[Mention]:
    """Yield every marked mention of ``text``, in order."""
    denied_list = False
    for line in text.splitlines():
        bare = line.strip().strip("*_#").rstrip()
        if not bare:
            denied_list = False
        elif bare.endswith(":") and not _MARK.search(bare):
            denied_list = bool(_EITHER.search(bare) or _BEFORE.search(bare))
        else:
            denied = denied_list and bool(_BULLET.match(line))
            for sentence in _SENTENCE.split(line):
                yield from _in_sentence(sentence, denied)


def _in_sentence(sentence: str, denied: bool) -> Iterator[Mention]:
    """Yield the mentions of a sentence. denied: the sentence belongs to a denied list."""
    question = sentence.rstrip("\"')* ").endswith("?")
    for clause in _CLAUSE.split(_SPACES.sub(" ", _HARMLESS.sub(" ", sentence))):
        void = question or bool(_HYPOTHETICAL.search(clause))
        for mention in _in_clause(clause):
            yield replace(mention, asserted=mention.asserted and not (denied or void), void=void)


def _in_clause(clause: str) -> list[Mention]:
    """Return the mentions of a clause, with lists resolved."""
    resolved: list[Mention] = []
    unresolved: list[Mention] = []  # a list before its verb
    lead = ""  # "Overall, ..."
    carried: Mention | None = None  # the last mention of the part before, if a list may continue

    def settle(asserted: bool) -> None:
        resolved.extend(Mention(mention.key, asserted, mention.part) for mention in unresolved)
        unresolved.clear()

    for part in _PART.split(clause):
        marks = list(_MARK.finditer(part))
        if not marks:
            if unresolved and _VERB_FIRST.match(part):
                settle(not _EITHER.search(part))
                carried = None
            elif not (resolved or unresolved):
                lead += f"{part}, "
            continue
        asserted = _asserted(part, marks)
        found = [Mention(m.group(1), flag, lead + part) for m, flag in zip(marks, asserted, strict=True)]
        if not _FILLER.sub("", _MARK.sub("", part)):
            if carried is None:
                unresolved.extend(found)
            else:
                resolved.extend(replace(carried, key=mention.key) for mention in found)
            continue
        if carried is not None and not carried.asserted and _ALTERNATIVE.match(part):
            found[0] = replace(found[0], asserted=False)
        starts_with_mark = not _FILLER.sub("", part[: marks[0].start()])
        settle(asserted[0] if starts_with_mark else True)
        resolved.extend(found)
        carried = found[-1] if not _FILLER.sub("", part[marks[-1].end() :]) else None
    settle(True)
    return resolved


def _asserted(part: str, marks: Sequence[re.Match[str]]) -> list[bool]:
    """Return whether each of the ``marks`` of a part is asserted."""
    before = _BEFORE.search(part)
    cues = [
        (cue, cue.start() < marks[0].start() or part[cue.end() :].lstrip(" a").startswith(_OPEN))
        for cue in _EITHER.finditer(part)
    ]

    def denied(start: int, end: int) -> bool:
        if before and before.end() <= start:
            return True
        if any(cue.end() <= start if leads else cue.start() >= end for cue, leads in cues):
            return True
        return bool(_STILL.match(part, end - 1) or _NIL.match(part, end - 1))

    return [not denied(m.start(), m.end()) for m in marks]
