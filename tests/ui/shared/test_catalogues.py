"""The catalogues of texts in four languages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from emola.files import asset
from emola.ui.shared import labels, messages
from emola.ui.shared.i18n import LABEL
from emola.ui.shared.message import LANGUAGES, Message, catalogue

ROOT = Path(__file__).parents[3]
TRANSLATIONS = [language for language in LANGUAGES if language != "en"]
COMPOSED = ("answered_by_", "face_", "measured_", "on_", "page_", "view_", LABEL)
"""Prefixes of keys that the code puts together."""


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w*)\}", text))


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_keys_of_the_source_in_its_order(language: str) -> None:
    assert list(catalogue(language)) == list(catalogue("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_written_twice(language: str) -> None:
    """Guards against a text that hides another one: JSON keeps the last."""
    pairs = json.loads(asset(f"i18n/{language}.json").read_text("utf-8"), object_pairs_hook=list)
    assert len(pairs) == len({key for key, _ in pairs})


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_has_the_placeholders_of_the_source(language: str) -> None:
    """Guards against a number or name that is lost or shown as a placeholder."""
    for key, english in catalogue("en").items():
        assert placeholders(catalogue(language)[key]) == placeholders(english), key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_translated(language: str) -> None:
    """Guards against English left behind in a copied catalogue."""
    texts = catalogue(language)
    sentences = {key: text for key, text in catalogue("en").items() if re.search(r"[a-z] [a-z]", text)}
    assert {key for key, english in sentences.items() if texts[key] == english} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_plain(language: str) -> None:
    """Guards against markup, which the page would show, and stray spaces."""
    for key, text in catalogue(language).items():
        assert text and text == text.strip() and "  " not in text, key
        assert not re.search(r"<\w|&\w+;", text), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_gradio_reads_labels_as_they_are_written(language: str) -> None:
    """Guards against braces and straight quotes, which have a meaning in the format of Gradio's labels."""
    for key, text in catalogue(language).items():
        if key.startswith(LABEL):
            assert not set(text) & set("{}'"), key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_plural_forms_come_in_pairs(language: str) -> None:
    for name in (catalogue("en"), catalogue(language)):
        ones = {key.removesuffix("_one") for key in name if key.endswith("_one")}
        others = {key.removesuffix("_other") for key in name if key.endswith("_other")}
        assert ones == others


def test_every_text_is_used() -> None:
    """Guards against texts that translators keep for nothing."""
    sources = [*(ROOT / "emola/ui").rglob("*.py"), *(ROOT / "assets").glob("*.js")]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    named = set(re.findall(r"[\"'](\w+)[\"']", code))
    unused = {
        key
        for key in catalogue("en")
        if key not in named
        and re.sub(r"_(one|other)$", "", key) not in named
        and not any(key.startswith(prefix) for prefix in COMPOSED)
    }
    assert unused == set()


def test_every_label_is_offered_to_the_layout() -> None:
    markers = json.dumps([value for name, value in vars(labels).items() if name.isupper()])
    used = set(re.findall(rf"{LABEL}\w+", markers)) | {text.key for text in messages.ADAPTERS.values()}
    used.add(messages.AUTO[0].key)
    assert used == {key for key in catalogue("en") if key.startswith(LABEL)}


def test_constants_are_messages() -> None:
    """Guards against a text that cannot be translated."""
    plain = {
        name
        for name, value in vars(messages).items()
        if name.isupper() and isinstance(value, str) and not isinstance(value, Message)
    }
    assert plain == {"TITLE"}
