"""The questions that measure the model are never asked in the corpus, neither in phrases nor in exchanges.

A failure names the text of the corpus to reword, not the question that measures. Questions of up to three
words, such as "AU6?" or "Hello!", can hardly be worded otherwise. Where they measure whether answers fit,
they are left out.
"""

import random
import re

import pytest
from writing import RECIPES, WRITER

from emola.bench.asked.facts import Slots
from emola.bench.asked.kinds import kinds
from emola.bench.asked.propositions import PROPOSITIONS
from emola.bench.asked.slots import fill
from emola.bench.trust.questions import phrasings
from emola.faba import ACTION_UNITS, ADJECTIVES, EMOTIONS, QUESTION, QUESTIONS
from emola.faba.movements import MOVEMENTS
from emola.faba.prompts import follow_up
from emola.train.nano.corpus.exchanges import load_exchanges
from emola.train.nano.corpus.facts import PART_AUS
from emola.train.nano.corpus.phrases import Phrase

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
    "part": PART_AUS,
    "do": ("do", "does"),
    "Do": ("do", "does"),
    "are": ("is", "are"),
    "emotion": EMOTIONS,
    "adjective": ADJECTIVES.values(),
    "a_adjective": [
        f"{article} {word}" for word in (*ADJECTIVES.values(), "fearful") for article in ("a", "an")
    ],
}
_DRAWS = 6
"""How often the slots of a question that measures are filled."""
_SHORT = 3
"""Questions of up to so many words are left out."""
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
def corpus() -> list[tuple[str, re.Pattern[str]]]:
    """All phrases that ask, each with the pattern of its questions."""
    words = {slot: [*given] for slot, given in _GIVEN.items()}
    questions = []
    for heading, phrase in WRITER.book:
        name = heading.split()[0]
        if name in _LISTED and " " in heading:
            words.setdefault(name, []).append(phrase.text)
        elif not heading.startswith(("answer to", "remark")):
            questions.append(phrase)
    return [
        (phrase.text, re.compile(pattern(phrase.text, {**words, **of_file(phrase)}))) for phrase in questions
    ]


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


def questions_that_measure(name: str) -> set[str]:
    """Return the normalised questions of one measurement, with the slots filled several times."""
    if name != "asked":
        return {normalise(phrasing.question) for phrasing in phrasings(name)}
    rng = random.Random(0)
    questions = {
        normalise(fill(phrasing, some_slots(rng)))
        for kind in kinds().values()
        for phrasing in kind.phrasings
        for _ in range(_DRAWS if "{" in phrasing else 1)
    }
    return {question for question in questions if question.count(" ") >= _SHORT}


def some_slots(rng: random.Random) -> Slots:
    """Draw what a question that measures may be about."""
    unit, other, name = rng.sample(list(MOVEMENTS), 3)
    emotion, rival = rng.sample(EMOTIONS, 2)
    return Slots(
        unit, other, name, emotion, rival, rng.choice(list(PROPOSITIONS)), rng.choice(list(PART_AUS))
    )


@pytest.mark.parametrize("name", ["declined", "on_topic", "asked"])
def test_questions_that_measure_are_not_in_the_phrases(corpus, name: str) -> None:
    questions = questions_that_measure(name)
    same = [text for text, template in corpus if any(map(template.fullmatch, questions))]
    assert not same, f"{len(same)} phrases to reword"


@pytest.mark.parametrize("name", ["declined", "on_topic", "asked"])
def test_questions_that_measure_are_not_in_the_exchanges(name: str) -> None:
    questions = questions_that_measure(name)
    asked = [turn.question for each in load_exchanges(RECIPES / "exchanges") for turn in each.turns]
    same = [question for question in asked if normalise(question) in questions]
    assert not same, f"{len(same)} questions to reword"


def test_questions_of_the_corpus_are_recognised(corpus) -> None:
    for question in ("Wie alt ist sie?", "is AU12 active", "How marked is the smile?", "Lying or not?"):
        assert any(template.fullmatch(normalise(question)) for _, template in corpus), question
