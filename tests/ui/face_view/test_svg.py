"""The overlay as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np
import pytest
from mean_face import mean_face, mean_face_106

from emola.faba.face_map import FACE_REGIONS
from emola.face import AUEstimate, Face, Visibility
from emola.ui.face_view import texts
from emola.ui.face_view.svg import face_svg, interactive_svg, ranked_units

SIZE = (640, 480)
MEASURED = {
    1: AUEstimate(0.2, 0.1, False, 0.1, 0.1),
    4: AUEstimate(0.4, 0.1, False, 0.1, 0.1),
    6: AUEstimate(0.7, 0.5, True, 0.5, 0.4),
    12: AUEstimate(0.97, 0.8, True, 0.9, 0.7),
    15: AUEstimate(0.01, 0.0, False, 0.0, 0.0),
    24: AUEstimate(0.3, 0.1, False, 0.1, 0.1),
    25: AUEstimate(0.6, 0.4, True, None, None),
}
STYLES = ("points", "mesh", "regions", "off")


def hidden(*regions: str) -> Visibility:
    return Visibility(200, 0.5, 0.2, 0.3, 0, 0, covered=frozenset(regions))


def draw(
    faces: Sequence[Face] = (), selected: int = 0, measured: dict | None = MEASURED, style: str = "regions"
) -> ElementTree.Element:
    text = face_svg("data:image/jpeg;base64,AA", SIZE, faces or [mean_face()], selected, measured, style)
    return ElementTree.fromstring(text.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def interactive(
    faces: Sequence[Face] = (), selected: int = 0, measured: dict | None = MEASURED
) -> ElementTree.Element:
    return ElementTree.fromstring(
        interactive_svg("visit/t/photo", SIZE, faces or [mean_face()], selected, measured)
    )


def region(svg: ElementTree.Element, key: str, side: str = "") -> ElementTree.Element:
    (found,) = svg.findall(f".//g[@data-region='{key}'][@data-side='{side}']")
    return found


def lead(group: ElementTree.Element) -> ElementTree.Element:
    (found,) = (path for path in group.findall("path") if "lead" in path.get("class", ""))
    return found


@pytest.mark.parametrize("style", STYLES)
def test_the_image_is_one_layer_over_the_photo(style: str) -> None:
    svg = draw(style=style)
    image = svg.find("image")
    assert image is not None and image.get("href") == "data:image/jpeg;base64,AA"
    assert [layer.get("class") for layer in svg.findall("g")] == (
        [] if style == "off" else [f"layer {style}"]
    )
    assert svg.get("viewBox") == "0 0 640 480" and svg.findtext("title")


def test_the_address_of_the_photo_is_escaped() -> None:
    text = face_svg('x"><script>', SIZE, [mean_face()], 0, None, "points")
    assert "<script>" not in text and ElementTree.fromstring(text) is not None


def test_the_photo_can_be_left_out() -> None:
    text = face_svg("", SIZE, [mean_face()], 0, MEASURED, "regions")
    assert "<image" not in text and "href" not in text and 'data-region="lips"' in text


def test_all_styles_are_drawn_for_the_page() -> None:
    assert [layer.get("class") for layer in interactive().findall("g")] == [
        "layer mesh",
        "layer points",
        "layer regions",
    ]


@pytest.mark.parametrize("face", [mean_face(), mean_face_106()], ids=["mediapipe", "insightface"])
def test_each_region_holds_its_units_with_the_likeliest_on_top(face: Face) -> None:
    svg = interactive([face])
    groups = svg.findall(".//g[@data-region]")
    assert len(groups) == sum(len(region.sides) for region in FACE_REGIONS.values())
    for group in groups:
        units = [path for path in group.findall("path") if path.get("data-au")]
        codes = [int(path.get("data-au", "")) for path in units]
        expected = ranked_units(FACE_REGIONS[group.get("data-region", "")], MEASURED)
        assert tuple(reversed(codes)) == expected
        assert [path.get("class", "").split()[1] for path in units] == ["under"] * (len(units) - 1) + ["lead"]


def test_units_are_ranked_by_probability_and_those_without_one_come_last() -> None:
    assert ranked_units(FACE_REGIONS["lip_corner"], MEASURED)[:2] == (12, 15)
    assert ranked_units(FACE_REGIONS["inner_brow"], MEASURED) == (4, 1)
    assert ranked_units(FACE_REGIONS["lips"], MEASURED)[:3] == (25, 24, 23)
    assert ranked_units(FACE_REGIONS["lips"], {}) == FACE_REGIONS["lips"].units


def test_the_opacity_grows_with_the_probability() -> None:
    svg = draw()
    shades = [
        float(lead(region(svg, key, side)).get("fill-opacity", ""))
        for key, side in (("upper_lid", "left"), ("inner_brow", "left"), ("lips", ""), ("lip_corner", "left"))
    ]
    assert shades == sorted(set(shades)) and shades[0] > 0 and shades[-1] < 0.6
    assert "active" in region(svg, "lip_corner", "right").get("class", "").split()
    assert "inactive" in region(svg, "inner_brow", "right").get("class", "").split()


def test_units_below_the_likeliest_are_not_seen() -> None:
    for path in interactive().iter("path"):
        if "under" in path.get("class", ""):
            assert path.get("fill-opacity") == "0"
    assert not any("under" in path.get("class", "") for path in draw().iter("path"))


def test_a_region_is_a_button_named_in_words() -> None:
    group = region(interactive(), "lip_corner", "left")
    assert group.get("role") == "button"
    assert group.get("aria-label") == "Left lip corner: AU12 Lip Corner Puller, 97 %"
    assert region(interactive(measured=None), "chin").get("aria-label") == "Chin: AU17 Chin Raiser"


def test_one_region_and_one_face_can_be_reached_with_tab() -> None:
    faces = [mean_face((50, 50, 200, 230)), mean_face((300, 50, 450, 230))]
    svg = interactive(faces, selected=1)
    assert [group.get("tabindex") for group in svg.findall(".//g[@data-face]")] == ["-1", "0"]
    assert [group.get("tabindex") for group in svg.findall(".//g[@data-region]")].count("0") == 1


def test_a_hidden_region_is_hatched_and_says_so() -> None:
    svg = interactive([mean_face(visibility=hidden("mouth_left", "eye_left"))])
    corner = region(svg, "lip_corner", "left")
    assert "covered" in corner.get("class", "") and lead(corner).get("fill") == "url(#face-hatch)"
    assert (
        corner.get("aria-describedby") == "face-covered"
        and svg.find(".//pattern[@id='face-hatch']") is not None
    )
    assert "97" not in corner.get("aria-label", "")
    assert "active" in region(svg, "lip_corner", "right").get("class", "").split()
    assert "covered" not in region(svg, "lips").get("class", ""), "its right half is seen"


def test_landmarks_of_hidden_regions_are_not_drawn() -> None:
    covered = mean_face(visibility=hidden("mouth_left", "mouth_right"))
    for style in ("points", "mesh"):
        seen, all_drawn = (ElementTree.tostring(draw([face], style=style)) for face in (covered, mean_face()))
        assert len(seen) < 0.9 * len(all_drawn)


@pytest.mark.parametrize("style", STYLES)
def test_a_face_without_landmarks_has_no_overlay(style: str) -> None:
    face = Face(
        np.array([10, 10, 100, 100], np.float32), np.zeros((0, 2), np.float32), None, mean_face().crop
    )
    svg = draw([face], style=style)
    assert svg.findall(".//g[@data-region]") == []
    assert interactive([face]).findall(".//g[@data-region]") == []


def test_several_faces_are_framed_and_numbered() -> None:
    faces = [mean_face((50, 50, 200, 230)), mean_face((300, 50, 450, 230)), mean_face((470, 50, 620, 230))]
    assert [text.text for text in draw(faces).iter("text")] == ["1", "2", "3"]
    assert list(draw(faces[:1]).iter("text")) == []
    svg = interactive(faces, selected=1)
    frames = svg.findall(".//g[@data-face]")
    assert [frame.get("aria-pressed") for frame in frames] == ["false", "true", "false"]
    assert frames[2].get("aria-label") == "Face 3 of 3"
    assert svg.get("aria-label") == texts.photo(3, 2)


@pytest.mark.parametrize("box", [(100, 50, 340, 330), (0, 0, 60, 70), (500, 300, 640, 480), (0, 0, 640, 480)])
def test_the_zoom_has_the_shape_of_the_photo_holds_the_face_and_stays_inside(box: tuple[int, ...]) -> None:
    x, y, width, height = map(float, interactive([mean_face(box)]).get("data-zoom", "").split())
    assert width / height == pytest.approx(SIZE[0] / SIZE[1], rel=0.01)
    assert x >= 0 and y >= 0 and x + width <= SIZE[0] + 0.2 and y + height <= SIZE[1] + 0.2
    assert (
        x <= box[0] + 0.1 and y <= box[1] + 0.1 and x + width >= box[2] - 0.1 and y + height >= box[3] - 0.1
    )


def test_the_drawing_of_the_page_is_small() -> None:
    """It travels once for each photo and face."""
    size = (1400, 1100)
    face = mean_face((300, 100, 1100, 1000))
    assert len(interactive_svg("visit/t/photo", size, [face], 0, MEASURED)) < 90_000
