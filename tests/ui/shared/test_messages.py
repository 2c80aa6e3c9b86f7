"""The messages of the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from emola.face import MAX_FACES
from emola.ui.shared import answer_messages, messages
from emola.ui.shared.message import LANGUAGES, catalogue


def test_reports_that_the_face_limit_was_reached() -> None:
    """Guards against presenting the search limit as the exact number of faces."""
    assert "may hold more" in messages.found(MAX_FACES) and str(MAX_FACES) in messages.found(MAX_FACES)
    assert messages.found(MAX_FACES - 1).startswith(f"{MAX_FACES - 1} faces found;")


def test_adapter_labels_fall_back_to_names() -> None:
    """Guards against a crash for custom adapters, and a choice with a single option."""
    assert messages.adapter_choices(("au", "mine")) == [
        ("Auto", "auto"),
        ("Action units", "au"),
        ("Mine", "mine"),
    ]
    assert messages.adapter_choices(("au",)) == messages.adapter_choices(()) == []


def test_names_the_adapter_of_an_answer() -> None:
    assert messages.answered_by("au") == "action units adapter"
    assert messages.answered_by("mine") == "mine adapter"


@pytest.mark.parametrize(
    ("parameters", "text"),
    [(142_300_000, "142 million"), (7_100_000_000, "7.1 billion"), (9_512_000, "9.5 million")],
)
def test_formats_sizes_in_millions_and_billions(parameters: int, text: str) -> None:
    """Guards against a size off by a thousand; the browser formats the number in its own language."""
    size = messages.parameters(parameters)
    assert size == f"{text} parameters" and size.values == {"size": parameters}


@pytest.mark.parametrize(
    ("device", "text"), [("cpu", "on the CPU"), ("cuda:0", "on a GPU"), ("mps", "on mps")]
)
def test_names_the_device(device: str, text: str) -> None:
    assert messages.device(device) == text


def test_a_host_name_is_shortened_and_quoted() -> None:
    """Guards against a header that fills the response or the log."""
    assert "\n" not in messages.wrong_host("x\n" * 500)
    assert len(messages.wrong_host("x" * 500)) < 200


def test_counts_dropped_turns() -> None:
    """Guards against "your first 1 questions"."""
    assert "first question" in messages.dropped(1)
    assert "first 3 questions" in messages.dropped(3)


def test_limits_are_named_as_they_are() -> None:
    """Guards against a file of at most 1 MB that may have 1.5 MB, and an answer that ends after 0 seconds."""
    assert "at most 20 MB." in messages.upload_too_large(20 * 2**20)
    assert "at most 1.5 MB." in messages.upload_too_large(3 * 2**19)
    assert "after 60 seconds" in messages.answer_timed_out(60.0)
    assert "after 0.4 seconds" in messages.answer_timed_out(0.4)


@pytest.mark.parametrize(
    ("limit", "one", "several"),
    [
        (messages.turns_full, "at most one question here", "at most 3 questions here"),
        (messages.answer_timed_out, "after one second,", "after 3 seconds,"),
        (answer_messages.length_limit, "at most one token", "at most 3 tokens"),
    ],
)
def test_a_limit_of_one_is_singular(limit: Callable[[int], str], one: str, several: str) -> None:
    """Guards against "at most 1 questions"."""
    assert one in limit(1) and several in limit(3)


@pytest.mark.parametrize("kind", ["questions", "photos"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rate_names_nothing_that_its_limit_would_inflect(kind: str, language: str) -> None:
    """Guards against "at most 1 questions": the seconds choose the form, so no noun follows the limit.

    Chinese nouns have one form.
    """
    for form in ("one", "other"):
        after = catalogue(language)[f"too_many_{kind}_{form}"].split("{limit}")[1]
        assert language == "zh" or re.match(r" (per|pro|por) ", after)
