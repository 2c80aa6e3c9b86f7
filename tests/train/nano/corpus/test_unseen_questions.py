"""The questions that measure trust are never asked in the corpus."""

import re

import pytest
from writing import WRITER

from emola.bench.trust.questions import phrasings
from emola.faba import ACTION_UNITS, ADJECTIVES, EMOTIONS, QUESTION, QUESTIONS
from emola.faba.movements import MOVEMENTS
from emola.faba.prompts import follow_up
from emola.train.nano.corpus.phrases import Phrase
from emola.train.nano.corpus.subjects import PARTS

pytestmark = pytest.mark.slow

_NAMES = [unit.name for unit in ACTION_UNITS.values()]
_GIVEN = {
    "au": [f"AU{space}{code}" for code in ACTION_UNITS for space in ("", " ")],
    "code": [str(code) for code in ACTION_UNITS],
    "name": _NAMES,
    "the_name": [*_NAMES, *(f"the {name}" for name in _NAMES)],
    "asks": [question for words in MOVEMENTS.values() for question in words.asks],
    "clause": [clause.format(how="") for words in MOVEMENTS.values() for clause in words.clauses],
    "follow_up": [follow_up(code) for code in ACTION_UNITS],
    "canonical": QUESTION.values(),
    "published": [question for wordings in QUESTIONS.values() for question in wordings],
    "part": PARTS,
    "do": ("do", "does"),
    "Do": ("do", "does"),
    "are": ("is", "are"),
    "emotion": EMOTIONS,
    "adjective": ADJECTIVES.values(),
    "a_adjective": [
        f"{article} {word}" for word in (*ADJECTIVES.values(), "fearful") for article in ("a", "an")
    ],
}
_LISTED = ("feels", "word", "motion", "state", "thing", "own", "face", "p", "his", "o", "clause", "noun")
"""Headings that list words for the slots of their name."""


def normalise(text: str) -> str:
    """Return the lower-case words of a text."""
    return " ".join(re.findall(r"\w+", text.lower()))


def pattern(template: str, words: dict[str, list[str]]) -> str:
    """Return a pattern of the normalised texts that a template can produce."""
    parts = []
    for token in re.findall(r"[\[\]|]|\{\w+\}|[^\[\]|{}]+", template):
        if token in "[]|":
            parts.append({"[": "(?:", "]": ")", "|": "|"}[token])
        elif token[0] == "{":
            choices = "|".join(pattern(word, {}) for word in words[token[1:-1]])
            parts.append(f"(?:{choices})")
        else:
            parts.append(
                " ?" + " ?".join(re.escape(word) for word in re.findall(r"\w+", token.lower())) + " ?"
            )
    return "".join(parts)


@pytest.fixture(scope="module")
def corpus() -> list[re.Pattern[str]]:
    """Patterns of all questions of the corpus."""
    words = {slot: [*given] for slot, given in _GIVEN.items()}
    questions = []
    for heading, phrase in WRITER.book:
        name = heading.split()[0]
        if name in _LISTED and " " in heading:
            words.setdefault(name, []).append(phrase.text)
        elif not heading.startswith(("answer to", "remark")):
            questions.append(phrase)
    return [re.compile(pattern(phrase.text, {**words, **of_file(phrase)})) for phrase in questions]


def of_file(phrase: Phrase) -> dict[str, list[str]]:
    """Return the words for {a} and {b}, which a phrase takes from its own file."""
    listed = [
        word for name, words in phrase.file.items() if name.startswith(("word ", "feels ")) for word in words
    ]
    either = listed or [str(code) for code in ACTION_UNITS]
    return {"a": either, "b": either}


def test_a_pattern_covers_every_choice() -> None:
    assert re.fullmatch(
        pattern("[Is {p}|He] [very |]old?", {"p": ["she", "[this|that] man"]}), "is that man old"
    )


@pytest.mark.parametrize("name", ["declined", "on_topic"])
def test_questions_that_measure_trust_are_not_in_the_corpus(corpus, name: str) -> None:
    questions = {normalise(phrasing.question) for phrasing in phrasings(name)}
    seen = {question for template in corpus for question in questions if template.fullmatch(question)}
    assert seen == set()


def test_questions_of_the_corpus_are_recognised(corpus) -> None:
    for question in ("Wie alt ist sie?", "is AU12 active", "How marked is the smile?", "Is the man lying?"):
        assert any(template.fullmatch(normalise(question)) for template in corpus), question
