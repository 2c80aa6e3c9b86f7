"""The HTML fragments of the page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from emola.face import AUEstimate, Face, Visibility
from emola.face.detection import Levels
from emola.ui.shared import fragments, messages


def test_a_notice_is_escaped() -> None:
    """Guards against rendering markup in a file name."""
    assert (
        fragments.notice('<b>"x"</b>') == '<p class="notice notice-info">&lt;b&gt;&quot;x&quot;&lt;/b&gt;</p>'
    )
    assert fragments.notice("") == ""


@pytest.mark.parametrize(
    ("parameters", "text"),
    [(142_300_000, "142 million"), (7_100_000_000, "7.1 billion"), (9_512_000, "9.5 million")],
)
def test_formats_sizes_in_millions_and_billions(parameters: int, text: str) -> None:
    """Guards against a size off by a thousand."""
    assert fragments.in_millions(parameters) == text


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


def make_face(**changes: Any) -> Face:
    return replace(Face.whole(Image.new("RGB", (64, 64))), **changes)


def test_shows_the_crop_by_its_address() -> None:
    """Guards against a visitor's face in a file or in Gradio's session state."""
    figure = fragments.face_details(make_face(), "visit/token/face?face=0", {})
    assert 'src="visit/token/face?face=0"' in figure
    assert "alt=" in figure
    assert "<details" not in figure, "a model without evidence shows no table"
    assert "notice" not in figure and "brightened" not in figure


def test_warns_about_a_poorly_visible_face() -> None:
    """Guards against confident statements about a covered mouth without a warning."""
    clear = Visibility(size=90, brightness=0.5, contrast=0.2, sharpness=0.2, yaw=0, pitch=0)
    assert fragments.caution(make_face(visibility=clear)) == ""
    masked = make_face(visibility=replace(clear, covered=frozenset(("mouth_left", "mouth_right"))))
    figure = fragments.face_details(masked, "a", {})
    assert f'<p class="notice notice-caution">The mouth is covered. {messages.UNSURE}</p>' in figure
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
