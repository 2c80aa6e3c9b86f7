from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from table_fakes import face_table, save_table

from emola.data.hold_out import is_held_out
from emola.train.nano.face_sources import FaceSource, draw


def table(*emotions: str):
    one = face_table(len(emotions))
    one.emotions[:] = emotions
    return one


def source(weight: float = 1.0) -> FaceSource:
    return FaceSource(Path("unused"), weight=weight)


@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_draws_the_requested_number_reproducibly(count):
    tables, sources = [table(*["fear"] * 5), table(*["anger"] * 3)], [source(), source()]
    picks = draw(tables, sources, count, -0.5, seed=3)
    assert len(picks) == count
    assert all(0 <= row < len(tables[t]) for t, row in picks)
    assert picks == draw(tables, sources, count, -0.5, seed=3)
    if count == 1000:
        assert picks != draw(tables, sources, count, -0.5, seed=4)


def test_draws_each_face_by_its_weight_within_one():
    tables, sources = [table(*["fear"] * 6), table(*["fear"] * 4)], [source(), source(4.0)]
    counts = Counter(draw(tables, sources, 500, 0.0, seed=0))
    for (which, _), count in counts.items():
        assert abs(count - 500 * (1.0, 4.0)[which] / 22) <= 1
    assert len(counts) == 10


@pytest.mark.parametrize(("balance", "share"), [(0.0, 0.1), (-0.5, 0.25), (-1.0, 0.5)])
def test_balance_favours_rare_emotions(balance, share):
    """Nine happy faces and one fearful: fear is 1 in 10, 1 to 3 (square root), or one half."""
    picks = draw([table(*["happiness"] * 90, *["fear"] * 10)], [source()], 1000, balance, seed=0)
    assert sum(row >= 90 for _, row in picks) / 1000 == pytest.approx(share, abs=0.01)


def test_balances_each_table_by_itself():
    """Balanced over both, fear would stay rare in one table, and the kind of picture would reveal it."""
    many, few = table(*["fear"] * 100), table(*["happiness"] * 90, *["fear"] * 10)
    picks = draw([many, few], [source(), source()], 1000, -1.0, seed=0)
    from_few = [row for which, row in picks if which == 1]
    assert len(from_few) == pytest.approx(500, abs=2)
    assert sum(row >= 90 for row in from_few) == pytest.approx(250, abs=5)


def test_order_is_random():
    picks = draw([table(*["happiness"] * 50, *["fear"] * 50)], [source()], 100, 0.0, seed=0)
    assert 10 < sum(row < 50 for _, row in picks[:50]) < 40


def test_held_out_people_are_fixed():
    """A change of the hash would move people from training to testing."""
    out = [name for name in map("S{:03d}".format, range(30)) if is_held_out(name, 3)]
    assert out == "S000 S008 S009 S014 S016 S018 S021 S022 S023 S026".split()
    assert not any(is_held_out(name, 0) for name in out) and not is_held_out("", 3)
    assert 250 < sum(is_held_out(f"person {i}", 4) for i in range(1200)) < 350


def test_split_is_disjoint_by_person(tmp_path):
    whole = face_table(120, people=30)
    folder = save_table(tmp_path / "faces", whole)
    shown, held_out = whole.split(3)
    assert len(shown) + len(held_out) == 120 and len(shown) and len(held_out)
    assert not set(shown.groups) & set(held_out.groups)
    np.testing.assert_array_equal(whole.where(~whole.held_out(3)).images, shown.images)
    np.testing.assert_array_equal(FaceSource(folder, hold_out=3).load().images, shown.images)
    assert len(FaceSource(folder).load()) == 120
