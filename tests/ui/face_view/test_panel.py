"""The panels of the regions, and the face in words."""

from __future__ import annotations

import re
from html import unescape

from mean_face import mean_face

from emola.faba import ACTION_UNITS
from emola.faba.face_map import FACE_REGIONS
from emola.face import AUEstimate, Face, Visibility
from emola.face.evidence import HIDDEN
from emola.ui.face_view import texts
from emola.ui.face_view.panel import in_words, panels

MEASURED = {
    6: AUEstimate(0.7, 0.5, True, 0.5, None),
    12: AUEstimate(0.973, 0.8, True, 0.9, 0.72),
    15: AUEstimate(0.001, 0.0, False, 0.0, 0.0),
    10: HIDDEN,
    25: AUEstimate(0.6, 0.4, True, None, None),
}


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def panel(html: str, key: str) -> str:
    (found,) = re.findall(rf'<section class="face-panel" data-region="{key}" hidden>.*?</section>', html)
    return found


def row(html: str, code: int) -> str:
    (found,) = re.findall(rf'<button[^>]*data-au="{code}">.*?</button>', html)
    return found


def test_every_region_has_a_hidden_panel_with_its_units() -> None:
    html = panels(mean_face(), MEASURED)
    for key, region in FACE_REGIONS.items():
        codes = [int(code) for code in re.findall(r'data-au="(\d+)"', panel(html, key))]
        assert sorted(codes) == sorted(region.units)
        for code in codes:
            assert ACTION_UNITS[code].appearance in words(row(panel(html, key), code))
            assert ACTION_UNITS[code].name in words(row(panel(html, key), code))


def test_the_hint_tells_how_to_reach_the_regions() -> None:
    assert f"{texts.HINT} {texts.HINT_KEYS}" in words(panels(mean_face(), MEASURED))
    without = words(panels(Face.whole(mean_face().crop), MEASURED))
    assert texts.NO_REGIONS in without and texts.HINT_KEYS not in without


def test_the_likeliest_unit_comes_first() -> None:
    corner = panel(panels(mean_face(), MEASURED), "lip_corner")
    assert re.findall(r'data-au="(\d+)"', corner)[:2] == ["12", "15"]
    assert words(corner).startswith("Lip corner")


def test_a_row_gives_the_probability_and_the_strength_on_both_sides() -> None:
    corner = panel(panels(mean_face(), MEASURED), "lip_corner")
    assert "97 % right 72 left 90" in words(row(corner, 12))
    assert "<1 % right 0 left 0" in words(row(corner, 15))


def test_a_unit_without_sides_gives_the_probability_alone() -> None:
    lips = row(panel(panels(mean_face(), MEASURED), "lips"), 25)
    assert "60 %" in words(lips) and "right" not in words(lips)


def test_a_side_that_is_not_visible_has_no_number() -> None:
    assert "right – left 50" in words(row(panel(panels(mean_face(), MEASURED), "cheek"), 6))


def test_units_that_are_hidden_or_not_measured_say_so() -> None:
    lip = panel(panels(mean_face(), MEASURED), "upper_lip")
    assert texts.HIDDEN in words(row(lip, 10))
    assert texts.NOT_MEASURED in words(row(lip, 11))


def test_a_model_without_evidence_says_so_in_each_panel() -> None:
    html = panels(mean_face(), None)
    assert all(texts.NO_EVIDENCE in words(panel(html, key)) for key in FACE_REGIONS)
    assert "%" not in words(html)


def test_a_region_that_is_hidden_says_so() -> None:
    mouth = Visibility(200, 0.5, 0.2, 0.3, 0, 0, covered=frozenset({"mouth_left", "mouth_right"}))
    html = panels(mean_face(visibility=mouth), MEASURED)
    assert 'class="note"' in panel(html, "lips") and 'class="note"' not in panel(html, "cheek")


def test_the_face_in_words_lists_active_units_with_their_regions() -> None:
    text = words(in_words(mean_face(), MEASURED))
    assert text == (
        "3 action units are measured as active: Lip corner : AU12 Lip Corner Puller, 97 %; right 72, left 90 "
        "Cheek : AU6 Cheek Raiser, 70 %; left 50 Lips : AU25 Lips Part, 60 %"
    )


def test_the_face_in_words_names_the_hidden_regions() -> None:
    turned = Visibility(200, 0.5, 0.2, 0.3, 40, 0)
    text = words(in_words(mean_face(visibility=turned), MEASURED))
    assert texts.HIDDEN_REGIONS in text
    assert "Left cheek" in text and "Right cheek" not in text


def test_without_evidence_the_words_say_so() -> None:
    assert words(in_words(mean_face(), None)) == texts.NO_EVIDENCE
