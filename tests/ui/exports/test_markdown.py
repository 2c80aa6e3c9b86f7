"""Conversations as Markdown."""

from __future__ import annotations

import random

import pytest
from markdown_it import MarkdownIt
from sessions import CLAIMS, GREEDY, SAMPLED, session, turn

from emola.ui.exports import words
from emola.ui.exports.markdown import as_markdown, escaped


def rendered(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def shown(text: str) -> str:
    """Return the text that a reader sees, and fail if it is anything but one paragraph."""
    html = rendered(escaped(text)).strip()
    assert html.startswith("<p>") and html.endswith("</p>")
    inner = html[3:-4].replace("<br />\n", "\n")
    assert "<" not in inner
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        inner = inner.replace(entity, character)
    return inner


MARKUP = [
    "1. why",
    "2) and?",
    "+ x",
    "- y",
    "---",
    "===",
    "# no heading",
    "> no quote",
    "`code` ```",
    "**bold** _it_ ~~no~~",
    "[link](https://example.org) ![p](x) <https://example.org>",
    "<script>alert(1)</script>",
    "&amp; &lt;",
    "a | b",
    "\\ backslash",
    "$x$ {y} ^z",
]


def test_text_stays_text() -> None:
    """Guards against a question that becomes a list, a rule or a link."""
    assert {text: shown(text) for text in MARKUP} == {text: text for text in MARKUP}


def test_line_breaks_stay() -> None:
    assert shown("one\n1. two\r\n    three") == "one\n1. two\nthree"
    assert shown("one\n\ntwo") == "one\n\u00a0\ntwo"


def test_random_text_stays_text() -> None:
    rng = random.Random(0)
    for _ in range(500):
        text = "".join(rng.choices("ab1. )-+*_`#>[]()!<>&|\\~=:/$", k=12)).strip()
        assert shown(text or "x") == (text or "x")


def test_holds_turns_evidence_settings_and_versions() -> None:
    text = as_markdown(session(turn(claims=CLAIMS), turn(settings=SAMPLED, stopped=True)))
    html = rendered(text)
    for expected in (
        "AU12 lip corner puller: said to be active, measured at 97 %; the measurement agrees.",
        "AU4 brow lowerer: said to be absent; the measurement disagrees.",
        "AU25 lips part: measured, and not named in the answer.",
        "temperature 0 · at most 320 tokens · prior on · 2.0 s, 15.5 tokens a second",
        "au adapter · temperature 0.7 · top-p 0.9 · seed 123 · no repeated 3-grams · at most 64 tokens",
        "prior off · 2.0 s, 15.5 tokens a second · stopped",
        "<strong>AU12</strong>",
        "not visible",
        "Happiness clear.",
        "emola 0.1.0, torch 2.13.0, transformers 5.23.0",
        "0123456789abcdef",
        "ab" * 32,
        "<table>",
    ):
        assert expected in html, expected


def test_counts_one_and_several() -> None:
    """Guards against "at most 1 tokens"."""
    one = words.made_by(turn(settings=GREEDY.model_copy(update={"max_new_tokens": 1}), dropped=1))
    assert "at most 1 token ·" in one and one.endswith("without the first turn")
    several = words.made_by(turn(dropped=2))
    assert "at most 320 tokens ·" in several and several.endswith("without the first 2 turns")


def test_says_when_nothing_is_measured_and_when_words_are_withheld() -> None:
    record = session()
    (conversation,) = record.conversations
    bare = conversation.model_copy(update={"measured": (), "reading": None})
    text = as_markdown(record.model_copy(update={"conversations": (bare,), "movement_only": True}))
    assert words.NO_EVIDENCE in text and words.EVIDENCE not in text
    assert "Movement\\-only mode" in text


def test_an_answer_without_units_has_no_claims() -> None:
    """Guards against a list of everything that small talk does not name."""
    assert "not named" not in as_markdown(session(turn(claims=CLAIMS[2:])))


@pytest.mark.parametrize(
    ("given", "told"),
    [("AU12 D.", True), ("No units. Brows level.", True), ("No landmarks.", True), ("View: dark.", False)],
)
def test_says_when_the_model_was_told_the_measurement(given: str, told: bool) -> None:
    """Guards against agreement that is presented as a success of the model."""
    (conversation,) = session().conversations
    reading = conversation.reading.model_copy(update={"given": given})
    notes = words.evidence_notes(conversation.model_copy(update={"reading": reading}))
    assert notes == [words.EVIDENCE, *([words.TOLD] if told else [])]


def test_the_model_was_not_told_the_measurement_without_the_prior() -> None:
    """Guards against a doubt about agreement that is independent."""
    (conversation,) = session(turn(settings=SAMPLED)).conversations
    assert words.evidence_notes(conversation) == [words.EVIDENCE]
