"""The regions of the face and their action units."""

import pytest

from emola.faba import ACTION_UNITS, REGIONS
from emola.faba.face_map import FACE_REGIONS, regions_of
from emola.faba.regions import PARTS

TWELVE = "inner_brow outer_brow glabella upper_lid lower_lid cheek nose upper_lip lips lip_corner chin jaw"


def test_there_are_twelve_regions():
    assert list(FACE_REGIONS) == TWELVE.split()
    assert all(region.key == key for key, region in FACE_REGIONS.items())


def test_every_unit_has_regions_and_each_of_them_holds_it():
    for code in ACTION_UNITS:
        regions = regions_of(code)
        assert regions and len(set(regions)) == len(regions), code
        assert all(code in FACE_REGIONS[key].units for key in regions), code


def test_a_region_holds_no_other_units():
    for key, region in FACE_REGIONS.items():
        assert sorted(region.units) == [code for code in ACTION_UNITS if key in regions_of(code)]


def test_units_whose_main_region_it_is_come_first():
    for key, region in FACE_REGIONS.items():
        main = [regions_of(code)[0] == key for code in region.units]
        assert main[0] and main == sorted(main, reverse=True)


@pytest.mark.parametrize(
    ("code", "key"), [(1, "inner_brow"), (4, "glabella"), (6, "cheek"), (12, "lip_corner"), (26, "jaw")]
)
def test_main_regions(code, key):
    assert regions_of(code)[0] == key


def test_an_unknown_unit_has_no_region():
    with pytest.raises(KeyError):
        regions_of(3)


def test_sides():
    assert FACE_REGIONS["cheek"].sides == ("right", "left")
    assert FACE_REGIONS["nose"].sides == (None,)


def test_a_region_is_hidden_on_the_hidden_side():
    lid = FACE_REGIONS["upper_lid"]
    assert lid.is_hidden("left", {"eye_left"}) and not lid.is_hidden("right", {"eye_left"})
    assert not FACE_REGIONS["inner_brow"].is_hidden("left", {"eye_left"})


def test_a_region_in_the_middle_is_hidden_only_with_both_sides():
    lips = FACE_REGIONS["lips"]
    assert not lips.is_hidden(None, {"mouth_left"})
    assert lips.is_hidden(None, {"mouth_left", "mouth_right"})
    assert FACE_REGIONS["nose"].is_hidden(None, {"nose"})


def test_everything_is_hidden_with_all_regions_and_nothing_with_none():
    for region in FACE_REGIONS.values():
        for side in region.sides:
            assert region.is_hidden(side, REGIONS) and not region.is_hidden(side, ())


def test_the_main_units_of_a_region_are_in_one_part_of_the_face():
    """The leading unit decides whether a region is hidden, so the others must agree."""
    for key, region in FACE_REGIONS.items():
        assert len({PARTS[code] for code in region.units if regions_of(code)[0] == key}) == 1
