"""Texts that remember their key."""

from __future__ import annotations

import copy
import json
import pickle

import orjson
import pytest

from emola.errors import ChatError
from emola.ui.shared.message import Message, catalogue, message, message_of


def test_a_message_behaves_as_its_english_text() -> None:
    """Guards against a message that cannot be compared, joined, raised or sent like a plain string."""
    text = message("waiting", number=3)
    english = "Waiting for a free place: your question is number 3 in line."
    assert text == english and english == text and hash(text) == hash(english)
    assert {english: 1}[text] == 1 and english in f"({text})" and text + "!" == f"{english}!"
    assert type(str(text)) is str and str(ChatError(text)) == english
    assert json.dumps([text]) == f'["{english}"]' and orjson.dumps([text]) == f'["{english}"]'.encode()
    assert isinstance(text, str) and (text.key, text.values) == ("waiting", {"number": 3})


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))]
)
def test_copies_keep_the_key(copied) -> None:
    """Guards against Gradio's copies of its configuration, which would look up the text as a key."""
    text = message("found", count=3)
    twin = copied(text)
    assert twin == text and isinstance(twin, Message)
    assert (twin.key, twin.values) == (text.key, text.values)


def test_the_count_chooses_the_form() -> None:
    assert message("found", count=1) == "One face found."
    assert message("found", count=2).startswith("2 faces found;")
    assert message("found", count=1).key == "found", "the browser chooses the form of its own language"


@pytest.mark.parametrize(("key", "values"), [("no such key", {}), ("waiting", {}), ("found", {})])
def test_a_missing_text_or_value_is_an_error(key: str, values: dict[str, int]) -> None:
    """Guards against a placeholder on the page."""
    with pytest.raises(KeyError):
        message(key, **values)


def test_an_error_gives_back_its_message() -> None:
    """Guards against errors that stay English: str() drops the key."""
    text = message("no_face")
    assert message_of(ChatError(text)) is text
    assert message_of(ChatError("plain")) == "plain" and message_of(ValueError()) == ""
    assert message_of(OSError(2, "missing")) == "[Errno 2] missing"


def test_only_known_languages_have_a_catalogue() -> None:
    """Guards against a path in the name of a language."""
    with pytest.raises(KeyError):
        catalogue("../style")
