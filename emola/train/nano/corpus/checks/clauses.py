"""Splits an answer into clauses and tells statements about the face from general ones.

A void clause is a question, a condition, or says what would or may be or cannot be seen. It claims only what
its definite words presuppose ("the raised brows would have to relax").
A general clause states what units do or what they are signs of ("AU6 is typical of happiness"). Only its
definite words ("the cheeks are raised") are about this face.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from emola.faba import EMOTIONS
from emola.faba.emotions import ADJECTIVES
from emola.faba.vocabulary import PARTS

__all__ = ["Clause", "clauses", "sentences"]

_SENTENCE = re.compile(r"(?<=[.!?])[\"')]*\s+|\n+")
_CLAUSE = re.compile(
    r"(?<=[;:])\s+(?!no\b|yes\b)|,?\s+(?=(?:but|while|whereas|although|though|however|yet|because|since"
    r"|so that|whether)\b)"
    r"|,\s+(?=(?:so|which|when|where|and (?:the|I|it|they|that|this|no|none|nothing|there|all|both"
    r"|AU\d+ (?!and|or))|"
    r"the|I|it|they|that|this|none|nothing|there|with|as|if|since|their|his|her)\b)"
    r"|\s+(?=(?:and|or) (?:the|I|it|they|no|none|nothing|there|their|his|her)\b)"
)
_CONDITION = re.compile(r"\b(?:(?<!as )if|unless|suppose|imagine|in case|had the)\b", re.I)
_EMOTION = "|".join((*EMOTIONS, *ADJECTIVES.values(), "frightened", "fearful", "smiles?", "frowns?"))
_VOID = re.compile(
    r"\b(?:would|could|might|may|can|cannot|can't|should|must|whether|ought|(?:have|has|had|need|needs) to)\b"
    r"|\b(?:usually|typically|normally|generally|often|sometimes|commonly|rarely|mostly|in general|as a rule"
    r"|tends? to|always|ever|seldom|either way|more usual|likely to)\b"
    r"|\b(?:people|somebody|someone|everyone|anyone|others|coders?|children|many|you)\b"
    r"|\b(?:hidden|covered|unknown|not visible|out of sight|guess|judge|check|unseen|not (?:quite |so "
    r"|entirely |very )?(?:sure|certain)|unsure|doubt|open question|missed|escape)\b"
    r"|\b(?:confused|mistake|mistaken|mixed up|taken for|pass(?:es)? for|rival|neighbour|nearest|closest"
    r"|alike|similar"
    r"|resembles?|looks? like|look(?:s|ed)? (?:much |just |quite |exactly )?the same|different"
    r"|difference|differs?|distinguish|apart from it|compared?"
    r"|rather than|instead of|separate|separates|tell .* apart|not to be)\b"
    r"|^(?:and |but )?(?:when|once|as soon as|until|as is|as are)\b|\bout of view\b"
    r"|^(?:with|in) AU\d+\b|\bleave\b"
    r"|^(?:pull|lift|draw|raise|lower|press|part|open|close|tighten|push|add|take|let|keep|widen|wrinkle"
    r"|stretch"
    r"|relax|smile)\b"
    rf"|^(?:and |but |as |while )?(?:in|with|for) (?:an? |most |many )?(?:(?!this|the|her|his"
    rf"|their)\w+ )?(?:{_EMOTION})\b"
    r"|\b(?:waits?|imagine|try|ask|look (?:for|at)|called|means?|stands? for|codes?|counts? as|defined?)\b",
    re.I,
)
_GENERAL = re.compile(
    r"\b(?:signs?|support|belongs?|typical|common|occurs?|core|pattern|feature|mark|marks|part of"
    r"|movement of|hint"
    r"|fits?|goes with|go with|goes? along|come with|comes with|comes? along|appears? in|used|uses"
    r"|needs?|points?"
    r"|speaks?|contradicts?|counts?|argues?|weighs?|supports?|suits?|shared?|shares|units?|muscles?"
    r"|specific|expected?|expects?"
    r"|names?|evidence|candidate|against|leads?|duchenne)\b"
    rf"|\b(?:in|for|with|an?) (?:an? |plain |full |broad |strong |true |polite |posed )?(?:{_EMOTION})\b"
    rf"|\b(?:{_EMOTION}|resting|calm) (?:faces?|looks?|mouth|brows?)\b|\b(?:{_EMOTION}|laughing|laughter"
    rf"|speech) \w{{3,}}s\b",
    re.I,
)
_HERE = re.compile(
    r"\b(?:here|in this|this face|this photo|I (?:see|read|find|count)|none|nothing|inactive|at rest"
    r"|not active"
    r"|is active|are active)\b",
    re.I,
)
_NOUNS = "|".join(part.nouns for part in PARTS)
_SUBJECTS = re.compile(
    rf"\b(?:the|their|his|her) (?:{_NOUNS})"
    rf"(?:(?:,|,? (?:and|or|nor)) (?:(?:the|their|his|her) )?(?:{_NOUNS}))+"
    r"(?= (?:are|is|stays?|remains?|both|all|look)\b)",
    re.I,
)
_JOINED = "\ue010"  # a space in a list of subjects, which is not split
_CONTINUES = re.compile(r"(?:and|which|but also|or|the|they|it|with|their)\b", re.I)
_WOULD = re.compile(
    r"\b(?:would|could|might|if|separate|missing|lacks?|need|expect|must|change|differ\w*|tell|other"
    r"|missed?|absent"
    r"|typical|usually|decide)\b",
    re.I,
)
_VERB = re.compile(r"\b(?:is|are|has|have|shows?|see|read|find|do|does|stays?|remains?)\b", re.I)
_RELATIVE = re.compile(r"\b(?:that|which) (?:is|are)\b")
_MISSING = re.compile(r"\b(?:missing|absent|lacking|inactive|miss|lacks?|not)\b", re.I)
_ENDS_IN_EMOTION = re.compile(rf"\b(?:{_EMOTION}),?$", re.I)
_WOULD_BE = re.compile(r", which would [^,.;:]{3,60},(?= (?:is|are)\b)")
_APPOSITION = re.compile(
    r"(AU\d+), (?:the|its|a|an|both|one of|which) [^,.;:]{3,70},(?= (?:is|are|was"
    r"|has|have|stays?|remains?)\b)"
)


@dataclass(frozen=True)
class Clause:
    """A clause of an answer.

    sentence: the whole sentence that it belongs to. asked: the sentence is a question or a condition.
    """

    text: str
    sentence: str
    void: bool
    general: bool
    asked: bool = False


def sentences(answer: str) -> list[str]:
    """Split an answer into sentences."""
    return [sentence for sentence in _SENTENCE.split(answer) if sentence.strip()]


@lru_cache(64)
def clauses(answer: str, question: str = "") -> tuple[Clause, ...]:
    """Return the clauses of an answer."""
    return tuple(_clauses(answer, question))


def _clauses(answer: str, question: str) -> Iterator[Clause]:
    hypothetical = bool(_WOULD.search(question))
    for number, sentence in enumerate(sentences(answer)):
        asked = sentence.rstrip("\"')* ").endswith("?")
        fragment = hypothetical and number == 0 and not _VERB.search(_RELATIVE.sub("", sentence))
        condition = bool(_CONDITION.search(sentence))
        void_sentence = asked or fragment or condition
        before = Clause("", sentence, False, False)
        whole = _APPOSITION.sub(r"\1", _WOULD_BE.sub("", sentence))
        whole = _SUBJECTS.sub(lambda match: match.group().replace(" ", _JOINED), whole)
        for part in _CLAUSE.split(whole):
            text = part.replace(_JOINED, " ")
            before = _clause(text, sentence, before)
            yield replace(before, void=True, asked=True) if void_sentence else before


def _clause(text: str, sentence: str, before: Clause) -> Clause:
    """Return a clause after the one before it, whose nature it may share."""
    listed = before.text.endswith(":") and bool(before.void or _MISSING.search(before.text))
    inherits = listed or (before.void and _CONTINUES.match(text))
    void = bool(_VOID.search(text)) or (bool(inherits) and not _HERE.search(text))
    general = bool(_GENERAL.search(text)) or (
        text.startswith("which ") and bool(before.general or _ENDS_IN_EMOTION.search(before.text))
    )
    return Clause(text, sentence, void, general)
