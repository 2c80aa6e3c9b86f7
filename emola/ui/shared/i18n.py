"""Translation of the pages in the browser: Gradio's own texts by its ``gr.I18n``, all others by ``i18n.js``.

Gradio 6.31 sends the translations of all languages with the page, and translates a component's label, info,
placeholder, initial value and choices when they hold a marker with a key. It cannot translate HTML, nor texts
with values. Only the keys that begin with ``label_`` are therefore given to it; ``i18n.js`` fetches the rest
in the language of the browser, unless that is English.
"""

from __future__ import annotations

import gradio as gr

from emola.files import asset
from emola.ui.shared.message import LANGUAGES, Message, catalogue

LABEL = "label_"
"""Prefix of the keys that Gradio translates. No key of Gradio itself begins with it."""

GRADIO_LOCALES = {"en": ("en",), "de": ("de",), "es": ("es",), "zh": ("zh-CN", "zh-TW")}
"""Gradio's name or names of each language; it has no plain "zh".

Gradio 6.31 speaks only the languages of its own files: the one that the browser names, or else the one named
by the part before the first hyphen. Its Chinese files are these two, so a browser in "zh-HK", "zh-SG" or "zh"
shows English labels beside Chinese texts. Further names here would be sent to the browser and never chosen,
and ``launch`` cannot set the language.
"""


def label(text: str) -> str:
    """Return a text as a marker that Gradio translates, for a label, info, placeholder, choice or value.

    A plain string, such as the name of an adapter, is returned unchanged. Raises KeyError for a message whose
    key Gradio does not get.
    """
    if not isinstance(text, Message):
        return text
    if not text.key.startswith(LABEL):
        raise KeyError(text.key)
    return str(_MARKERS(text.key))


def translations() -> gr.I18n:
    """Return the labels in all languages, for the argument ``i18n`` of Gradio's ``launch``."""
    return gr.I18n(
        **{
            locale: {key: text for key, text in catalogue(language).items() if key.startswith(LABEL)}
            for language, locales in GRADIO_LOCALES.items()
            for locale in locales
        }
    )


def catalogue_json(language: str) -> bytes | None:
    """Return the catalogue of a language as the browser fetches it; None for an unknown language."""
    return asset(f"i18n/{language}.json").read_bytes() if language in LANGUAGES else None


_MARKERS = gr.I18n()
