"""The figures: what the answers of a run come to. Every one is made of plain numbers, ready for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from benchmarks.trust import catalogue
from benchmarks.trust.asking import Heard
from benchmarks.trust.emotions import confirming, reasons
from benchmarks.trust.faces import Looked
from benchmarks.trust.shares import EXAMPLES, share
from benchmarks.trust.slices import slices
from emola.bench import STRICT
from emola.bench.readers import certainty, form
from emola.bench.readers.declines import declines, names_topic
from emola.bench.readers.yes_no import says
from emola.chat.batch import Completion
from emola.faba import NANO_AUS


def measure(heard: Heard) -> dict[str, Any]:
    """All figures of a run."""
    return {
        "agreement": agreement(heard),
        "evidence": evidence([*heard.faces, *heard.more], [*heard.first["au"], *heard.more_lists]),
        "unlisted": unlisted(heard),
        "confirming": confirming(heard),
        "reasons": reasons(heard),
        "declined": refusals(heard, "declined", wanted=True),
        "on_topic": refusals(heard, "on_topic", wanted=False),
        "by_heart": by_heart(heard),
        **measure_first(heard),
    }


def measure_first(heard: Heard) -> dict[str, Any]:
    """The figures for which the first answers about each face are enough."""
    named = [STRICT.emotion(said.text) for said in heard.first["emotion"]]
    return {
        "degenerate": degenerate(heard),
        "openings": openings(heard),
        "words": calibrated(heard.faces, [one.text for one in heard.first["emotion"]], named),
        "slices": slices(heard.faces, named),
    }


def agreement(heard: Heard) -> dict[str, Any]:
    """The yes/no follow-ups against the list that they follow, for faces with landmarks.

    Of a face without landmarks a model has no list to agree with; there it counts how often a follow-up says
    yes to a unit that the answer before did not name.
    """
    rows: list[tuple[int, bool, bool | None]] = []
    blind: list[bool] = []
    wrong: list[dict[str, str]] = []
    for one, listed, answers in zip(heard.faces, heard.first["au"], heard.yes_no, strict=True):
        units = set(STRICT.units(listed.text))
        for code, said in answers.items():
            yes = says(said.text, code)
            if not one.found:
                blind.append(yes is True and code not in units)
                continue
            rows.append((code, code in units, yes))
            if yes is not (code in units):
                wrong.append({"face": one.id, "list": listed.text, "asked": f"AU{code}", "said": said.text})
    return {
        **_agreeing(rows),
        "per_au": {str(code): _agreeing([row for row in rows if row[0] == code]) for code in NANO_AUS},
        "yes_without_landmarks": share(blind),
        "examples": wrong[:EXAMPLES],
    }


def _agreeing(rows: Sequence[tuple[int, bool, bool | None]]) -> dict[str, Any]:
    """Of (unit, is it in the list, what the follow-up says)."""
    return {
        **share(yes is listed for _, listed, yes in rows),
        "unreadable": sum(yes is None for *_, yes in rows),
        "listed": sum(listed for _, listed, _ in rows),
        "listed_denied": sum(listed and yes is False for _, listed, yes in rows),
        "unlisted_affirmed": sum(not listed and yes is True for _, listed, yes in rows),
        "where_either_says_yes": share(yes is listed for _, listed, yes in rows if listed or yes is True),
    }


def evidence(faces: Sequence[Looked], lists: Sequence[Completion]) -> dict[str, Any]:
    """Of each unit named: whether its evidence is over the threshold; of each that is over: whether named."""
    named: list[tuple[int, bool]] = []
    shown: list[tuple[int, bool]] = []
    for one, said in zip(faces, lists, strict=True):
        if one.measured is not None:
            units = STRICT.units(said.text)
            active = [code for code, measured in one.measured.items() if measured.active]
            named += [(code, code in active) for code in units]
            shown += [(code, code in units) for code in active]
    codes = sorted({code for code, _ in (*named, *shown)})
    return {
        **share(backed for _, backed in named),
        "faces": sum(one.measured is not None for one in faces),
        "named_where_shown": share(said for _, said in shown),
        "per_au": {
            str(code): {
                **share(backed for one, backed in named if one == code),
                "named_where_shown": share(said for one, said in shown if one == code),
            }
            for code in codes
        },
    }


def unlisted(heard: Heard) -> dict[str, Any]:
    """Single units asked about before any list: whether the answers say what clear evidence shows."""
    parts: dict[str, list[bool]] = {}
    wrong: list[dict[str, str]] = []
    for turn, answers in heard.unlisted.items():
        rights: dict[bool, list[bool]] = {True: [], False: []}
        for ask, code, said in answers:
            active = code in ask.looked.clear(True)
            right = says(said.text, code) is active
            rights[active].append(right)
            if not right:
                wrong.append({"face": ask.looked.id, "turn": turn, "asked": f"AU{code}", "said": said.text})
        parts |= {f"active, asked {turn}": rights[True], f"not active, asked {turn}": rights[False]}
    return {
        **share(right for some in parts.values() for right in some),
        "by_turn": {name: share(some) for name, some in parts.items()},
        "examples": wrong[:EXAMPLES],
    }


def refusals(heard: Heard, kind: str, wanted: bool) -> dict[str, Any]:
    """Which phrasings of a list were declined, by topic and by turn; those that went wrong are quoted."""
    answers = heard.lists[kind]
    asked = [
        (phrasing, turn, said.text)
        for phrasing, *both in answers
        for turn, said in zip(("first", "second"), both, strict=True)
    ]
    topics = list(dict.fromkeys(phrasing.topic for phrasing, *_ in answers))
    every = [(phrasing.topic, turn, declines(text)) for phrasing, turn, text in asked]

    figures = {
        **share(so for *_, so in every),
        "by_turn": {turn: share(so for _, one, so in every if one == turn) for turn in ("first", "second")},
        "by_topic": {topic: share(so for one, _, so in every if one == topic) for topic in topics},
        "examples": [
            {"topic": phrasing.topic, "turn": turn, "asked": phrasing.question, "said": text}
            for phrasing, turn, text in asked
            if declines(text) is not wanted
        ],
    }
    if wanted:
        figures["naming_the_topic"] = share(
            declines(text) and names_topic(text, phrasing.topic) for phrasing, _, text in asked
        )
    return figures


def by_heart(heard: Heard) -> dict[str, Any]:
    """What is right of the answers about the units of the catalogue, by the kind of question."""
    rows = [
        (kind, ask, said, catalogue.right(kind, code, said.text))
        for (kind, code), (ask, said) in heard.by_heart.items()
    ]
    return {
        **share(right for *_, right in rows),
        "by_kind": {
            one: share(right for kind, *_, right in rows if kind == one) for one in catalogue.QUESTIONS
        },
        "examples": [{"asked": ask.question, "said": said.text} for _, ask, said, right in rows if not right],
    }


def degenerate(heard: Heard) -> dict[str, Any]:
    """First answers that are empty, cut off, unfinished or go round in circles."""
    faults: Counter[str] = Counter({"empty": 0, "cut": 0, "loop": 0, "unfinished": 0})
    examples = []
    total = wrong = 0
    for task, answers in heard.first.items():
        for one, said in zip(heard.faces, answers, strict=True):
            found = _faults(said)
            total += 1
            wrong += bool(found)
            faults.update(found)
            if found:
                fault = ", ".join(found)
                examples.append({"face": one.id, "task": task, "fault": fault, "said": said.text})
    return {"n": total, "any": wrong, **faults, "examples": examples[:EXAMPLES]}


def _faults(said: Completion) -> list[str]:
    if form.empty(said.text):
        return ["empty"]
    found = {"cut": said.cut, "loop": form.loops(said.text), "unfinished": not form.finished(said.text)}
    return [fault for fault, so in found.items() if so]


def openings(heard: Heard) -> dict[str, Any]:
    """How the first answers begin, by task, and together where there are several."""
    texts = {task: [one.text for one in said] for task, said in heard.first.items()}
    if len(texts) > 1:
        texts["together"] = [text for some in texts.values() for text in some]
    return {task: commonest(some) for task, some in texts.items()}


def commonest(texts: Sequence[str]) -> dict[str, Any]:
    """The share of the commonest first five words, how many different ones there are, and the first few."""
    counted = form.openings(texts)
    return {
        "share": counted[0][1] / len(texts),
        "n": len(texts),
        "different": len(counted),
        "commonest": [{"opening": opening, "count": count} for opening, count in counted[:5]],
    }


def calibrated(faces: Sequence[Looked], texts: Sequence[str], named: Sequence[str | None]) -> dict[str, Any]:
    """How often the emotion is right where an answer speaks surely, unsurely, or neither."""
    known = [
        (text, emotion == one.label)
        for one, text, emotion in zip(faces, texts, named, strict=True)
        if one.label is not None
    ]
    by_word: dict[str, dict[str, Any]] = {}
    for kind in certainty.WORDS:
        for side in (0, 1):
            uses: dict[str, list[bool]] = {}
            for text, right in known:
                for word in certainty.found(text, kind)[side]:
                    uses.setdefault(word, []).append(right)
            by_word[f"{('strong', 'weak')[side]}, {kind}"] = {
                word: share(rights) for word, rights in sorted(uses.items(), key=lambda one: -len(one[1]))
            }
    groups = ("strong", "weak", "both", "neither")
    return {
        "groups": {
            group: share(right for text, right in known if certainty.group(text) == group) for group in groups
        },
        "by_word": by_word,
        "table": {kind: words._asdict() for kind, words in certainty.WORDS.items()},
    }
