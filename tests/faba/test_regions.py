import pytest

from emola.faba import ACTION_UNITS
from emola.faba.regions import PARTS, REGIONS, SIDES, region


def test_every_action_unit_has_its_region_on_both_sides():
    assert set(PARTS) == set(ACTION_UNITS)
    assert {region(au, side) for au in ACTION_UNITS for side in SIDES} == set(REGIONS)


@pytest.mark.parametrize(
    ("au", "right", "left"),
    [(4, "brow_right", "brow_left"), (43, "eye_right", "eye_left"), (9, "nose", "nose")],
)
def test_a_unit_has_a_region_per_side(au, right, left):
    assert (region(au, "right"), region(au, "left")) == (right, left)


def test_an_unknown_unit_has_no_region():
    with pytest.raises(KeyError):
        region(99, "left")
