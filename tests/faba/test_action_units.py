"""Consistency of the action unit catalogue."""

import pytest

from emola.faba import ACTION_UNITS, FABA_BENCH_AUS, NANO_AUS


def test_contains_the_units_of_the_benchmark_and_of_nano() -> None:
    assert set(FABA_BENCH_AUS) | set(NANO_AUS) <= ACTION_UNITS.keys()
    assert list(ACTION_UNITS) == sorted(ACTION_UNITS)
    assert len(NANO_AUS) == 20


@pytest.mark.parametrize("unit", ACTION_UNITS.values(), ids=lambda unit: unit.label)
def test_entries_are_complete(unit) -> None:
    assert ACTION_UNITS[unit.code] is unit
    assert unit.appearance[0].isupper() and unit.appearance.endswith(".")
    assert unit.neighbours
    for neighbour in unit.neighbours:
        assert neighbour.code in ACTION_UNITS and neighbour.code != unit.code
        assert unit.label in neighbour.difference and f"AU{neighbour.code}" in neighbour.difference


def test_names_are_unique() -> None:
    names = [name for unit in ACTION_UNITS.values() for name in (unit.name.lower(), *unit.aliases)]
    assert len(names) == len(set(names))
