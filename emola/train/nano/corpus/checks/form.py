"""Check: the form that a kind of question prescribes for its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from emola.faba import ADJECTIVES
from emola.train.nano.corpus.checks.clauses import sentences
from emola.train.nano.corpus.kinds import CODED
from emola.train.nano.corpus.requirements import Requirements

__all__ = ["check_form"]

_YES_NO = ("yes_no", "emotion_yes_no", "movement", "same_unit")
_OPENING = re.compile(
    r"(?:Yes|No|That I cannot|I cannot|Not visible|It is hidden|(?:Very )?(?:Probably|Perhaps|Possibly"
    r"|Maybe|Partly"
    r"|Nearly|Almost|Hardly|Barely|Not|Only|Just|None|Neither|Both|One of|The)|I am not sure|That is)\b"
)
_SHORT = re.compile(
    r"\b(?:short|shortly|brief|briefly|quick|one line|a word|words?|sentence|tl;?dr|concise|simply)\b", re.I
)
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LEAST_WORDS = {"describe": 60}
_SENTENCES = {
    "emotion": (2, 6),
    "why_unit": (3, 7),
    "two_sentences": (2, 2),
    "one_sentence": (1, 1),
    "yes_no": (1, 3),
    "emotion_yes_no": (1, 3),
    "movement": (1, 3),
}
"""Fewest and most sentences of an answer by kind."""


def check_form(answer: str, question: str, kind: str, needs: Requirements) -> Iterator[str]:
    """Yield what is wrong with the form of an answer."""
    if kind in CODED and not needs.no_landmarks:
        yield from _check_coded(answer, kind, needs)
        return
    count, words = len(sentences(answer)), len(answer.split())
    least, most = _SENTENCES.get(kind, (1, 99))
    if (needs.no_landmarks or needs.hidden) and kind == "why_unit":
        least = 1
    if kind == "emotion" and _SHORT.search(question):
        least = 1
    if not least <= count <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}" if most < 99 else f"{least} or more"
        yield f"{kind} needs {wanted} sentences; there are {count}"
    if words < _LEAST_WORDS.get(kind, 0) and not needs.no_landmarks:
        yield f"{kind} needs {_LEAST_WORDS[kind]} words; there are {words}"
    if kind in _YES_NO and not _OPENING.match(answer):
        yield "the answer must begin with Yes, No or 'That I cannot'"
    if kind == "emotion_word" and needs.emotion:
        word = answer.strip(".! ").lower()
        if word not in (needs.emotion, ADJECTIVES[needs.emotion]):
            yield f"the answer must be one word: {needs.emotion} or {ADJECTIVES[needs.emotion]}"
    if kind == "bullets" and not all(line.startswith("- ") for line in answer.splitlines()[1:]):
        yield "the lines must begin with '- '"
    if kind == "count" and needs.only:
        yield from _check_count(answer, len(needs.active))


def _check_count(answer: str, count: int) -> Iterator[str]:
    words = set(re.findall(r"\w+", answer.lower()))
    names = {str(count), "none", "zero", "no", "not", "nothing"} if count == 0 else {str(count)}
    if count < len(_NUMBERS):
        names.add(_NUMBERS[count])
    if not names & words and not (count == 1 and "only" in words):
        yield f"the needs have {count} active units, which the answer does not say"


def _check_coded(answer: str, kind: str, needs: Requirements) -> Iterator[str]:
    if kind == "codes":
        wanted = ", ".join(f"AU{code}" for code in sorted(needs.active)) or "none"
        given = answer.rstrip(".")
    elif kind == "facs_code":
        wanted = "+".join(f"{code}{need.levels}" for code, need in sorted(needs.active.items())) or "0"
        given = answer
    else:
        try:
            given = json.dumps(json.loads(answer), sort_keys=True)
        except ValueError:
            yield "the answer is not JSON"
            return
        units = {f"AU{code}": need.levels for code, need in sorted(needs.active.items())}
        certainty = "/".join(needs.certainties)
        value = {"action_units": units, "emotion": needs.emotion, "certainty": certainty}
        stated = json.loads(answer)
        wanted = json.dumps(
            {key: value[key] for key in stated if key in value} if isinstance(stated, dict) else value,
            sort_keys=True,
        )
    if given != wanted:
        yield f"by the needs the answer is {wanted}"
