"""The HTML fragments of the page."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from typing import Any

from PIL import Image

from emola.face import AUEstimate, Face
from emola.face.detection import Levels
from emola.ui.shared import fragments, messages
from emola.ui.shared.message import message


def test_a_notice_is_escaped() -> None:
    """Guards against rendering markup in a file name."""
    assert (
        fragments.notice('<b>"x"</b>') == '<p class="notice notice-info">&lt;b&gt;&quot;x&quot;&lt;/b&gt;</p>'
    )
    assert fragments.notice("") == ""


def test_a_message_is_marked_for_translation() -> None:
    """Guards against texts that stay English, and markup in a value."""
    assert fragments.text("<b>") == "&lt;b&gt;"
    assert fragments.text(messages.ERASED) == f'<span data-i18n="erased">{messages.ERASED}</span>'
    shown = fragments.text(message("example_photo", name='"><script>'))
    assert "<script" not in shown and shown.count('"') == 4
    values = re.search('data-values="([^"]*)"', shown)
    assert values and json.loads(unescape(values[1])) == {"name": '"><script>'}
    assert unescape(re.sub("<[^>]*>", "", shown)) == 'Example photo: "><script>'


def test_an_attribute_is_marked_for_translation() -> None:
    assert (
        fragments.attribute("alt", messages.SEEN_ALT) == f'alt="{messages.SEEN_ALT}" data-i18n-alt="seen_alt"'
    )
    assert fragments.attribute("title", '"') == 'title="&quot;"'


def test_the_header_shows_model_size_and_limits() -> None:
    """Guards against hiding the identity or the limits of the model."""
    nano = fragments.header("EmoLA-Nano", {"parameters": 142_300_000, "device": "cpu", "quantize": None})
    assert "EmoLA-Nano" in nano and "142 million parameters" in nano and "on the CPU" in nano
    assert messages.LIMIT in nano and messages.NANO_LIMIT in nano
    large = fragments.header("EmoLA-7B", {"parameters": 7e9, "device": "cuda:0", "quantize": "nf4"})
    assert "on a GPU" in large and "NF4" in large
    assert messages.LIMIT in large and messages.NANO_LIMIT not in large


def test_the_header_omits_unknown_facts() -> None:
    """Guards against a crash, or "None", for missing metadata."""
    assert "None" not in fragments.header("x", {})


def plain(html: str) -> str:
    return re.sub("<[^>]*>", "", html)


def make_face(**changes: Any) -> Face:
    return replace(Face.whole(Image.new("RGB", (64, 64))), **changes)


def test_shows_the_crop_by_its_address() -> None:
    """Guards against a visitor's face in a file or in Gradio's session state."""
    figure = fragments.face_details(make_face(), "visit/token/face?face=0", {})
    assert 'src="visit/token/face?face=0"' in figure
    assert "alt=" in figure
    assert "<details" not in figure, "a model without evidence shows no table"
    assert "notice" not in figure and "brightened" not in figure


def test_a_conversation_is_saved_by_links() -> None:
    """Guards against a download that opens in place of the page."""
    html = fragments.exports({"md": "visit/t/conversation.md", "html": 'visit/"t"/conversation.html'})
    assert re.findall(r'<a href="([^"]*)" download>', html) == [
        "visit/t/conversation.md",
        "visit/&quot;t&quot;/conversation.html",
    ]
    assert plain(html) == "Save: Markdown Report"


def test_warns_about_a_poorly_visible_face() -> None:
    """Guards against confident statements about a covered mouth without a warning."""
    assert "caution" not in fragments.face_details(make_face(), "a", {})
    figure = fragments.face_details(make_face(), "a", {}, ["It is dark."])
    notice = re.search(r'<p class="notice notice-caution">(.*?)</p>', figure)
    assert notice and plain(notice[1]) == f"It is dark. {messages.UNSURE}"
    assert "brightened" in fragments.face_details(make_face(levels=Levels(0, 80)), "a", {})


def test_the_table_shows_sides_and_hidden_units() -> None:
    """Guards against hiding an asymmetry, and showing "under 1 %" for a covered unit."""
    measured = {
        12: AUEstimate(0.97, 0.5, True, 0.74, 0.21),
        4: AUEstimate(0.6, 0.5, True, None, 0.5),
        25: AUEstimate(None, None, False, None, None),
    }
    rows = re.findall(
        r'<tr class="\w+" data-au="(\d+)">(.*?)</tr>', fragments.face_details(make_face(), "a", measured)
    )
    cells = {au: re.findall(r"<td[^>]*>(?:<span[^>]*>)?([^<]*)", row)[1:] for au, row in rows}
    assert cells == {
        "12": ["97 %", "74", "21"],
        "4": ["60 %", "–", "50"],
        "25": ["not visible"],
    }


def test_lists_action_units_by_probability() -> None:
    """Guards against showing inactive units like active ones."""
    measured = {
        au: AUEstimate(p, p, p >= 0.5, None, None) for au, p in {4: 0.002, 12: 0.97, 25: 0.49}.items()
    }
    figure = fragments.face_details(make_face(), "a", measured)
    assert "1 of 3 action units active" in figure
    rows = re.findall(
        r'<tr class="(\w+)" data-au="\d+"><th scope="row">(AU\d+)</th><td>([\w ]+)</td>.*?>([\w ]+%)<', figure
    )
    assert rows == [
        ("active", "AU12", "Lip Corner Puller", "97 %"),
        ("inactive", "AU25", "Lips Part", "49 %"),
        ("inactive", "AU4", "Brow Lowerer", "under 1 %"),
    ]
