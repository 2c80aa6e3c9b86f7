"""Consistency of the action unit catalogue."""

from emola.faba import ACTION_UNITS, FABA_BENCH_AUS, NANO_AUS


def test_contains_the_units_of_the_benchmark_and_of_nano() -> None:
    assert set(FABA_BENCH_AUS) | set(NANO_AUS) <= ACTION_UNITS.keys()
    assert list(ACTION_UNITS) == sorted(ACTION_UNITS)
    assert len(NANO_AUS) == 20


def test_entries_are_complete() -> None:
    for code, unit in ACTION_UNITS.items():
        assert unit.code == code
        assert unit.appearance[0].isupper() and unit.appearance.endswith("."), code
        assert unit.neighbours, code
        for neighbour in unit.neighbours:
            assert neighbour.code in ACTION_UNITS and neighbour.code != code
            assert unit.label in neighbour.difference and f"AU{neighbour.code}" in neighbour.difference


def test_names_are_unique() -> None:
    names = [name for unit in ACTION_UNITS.values() for name in (unit.name.lower(), *unit.aliases)]
    assert len(names) == len(set(names))
