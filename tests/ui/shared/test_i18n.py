"""Labels that Gradio translates."""

from __future__ import annotations

import json
import re

import pytest

from emola.files import asset
from emola.ui.shared import labels, messages
from emola.ui.shared.i18n import GRADIO_LOCALES, LABEL, catalogue_json, label, translations
from emola.ui.shared.message import LANGUAGES, catalogue, message


def test_a_label_is_a_marker_with_its_key() -> None:
    """Guards against a label in a form that Gradio's scripts do not recognise."""
    marker = label(message("label_send"))
    assert type(marker) is str
    assert json.loads(marker.removeprefix("__i18n__")) == {
        "__type__": "translation_metadata",
        "key": "label_send",
    }


def test_a_plain_text_stays_itself() -> None:
    assert label("mine") == "mine"


def test_only_texts_that_gradio_gets_become_labels() -> None:
    """Guards against a key shown on the page."""
    with pytest.raises(KeyError, match="tagline"):
        label(messages.TAGLINE)


def test_gradio_gets_the_labels_of_every_language_and_nothing_else() -> None:
    """Guards against the whole catalogues, in all languages, in the first response of the server."""
    by_locale = translations().translations_dict
    assert set(by_locale) == {"en", "de", "es", "zh-CN", "zh-TW"}
    assert by_locale["zh-CN"] == by_locale["zh-TW"]
    for texts in by_locale.values():
        assert set(texts) == {key for key in catalogue("en") if key.startswith(LABEL)}
    assert by_locale["de"]["label_send"] == "Senden"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_browser_gets_a_catalogue_by_its_language(language: str) -> None:
    assert json.loads(catalogue_json(language) or b"") == catalogue(language)


@pytest.mark.parametrize("language", ["fr", "", "../style", "en.json"])
def test_there_is_no_other_catalogue(language: str) -> None:
    """Guards against reading other files of the server."""
    assert catalogue_json(language) is None


def test_the_script_knows_the_languages() -> None:
    """Guards against a catalogue that no browser asks for, and a request for one that does not exist."""
    listed = re.search(r"const LANGUAGES = (\[.*?\]);", asset("i18n.js").read_text("utf-8"))
    assert listed and json.loads(listed[1]) == [language for language in LANGUAGES if language != "en"]
    assert list(GRADIO_LOCALES) == list(LANGUAGES)


def test_adapters_without_a_translation_keep_their_name() -> None:
    choices = labels.adapter_choices(("au", "mine"))
    assert [value for _, value in choices] == ["auto", "au", "mine"]
    assert "label_au" in choices[1][0] and choices[2][0] == "Mine"
    assert labels.adapter_choices(("au",)) == []
