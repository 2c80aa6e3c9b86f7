"""The benchmark of many conversations, with a tiny model."""

from __future__ import annotations

from typing import Any

import pytest
import tiny_models as tiny

from benchmarks import many_at_once
from emola.chat import Engine


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy the faces of the tests, which are no dataclasses."""
    monkeypatch.setattr(many_at_once, "replace", lambda face: tiny.FakeFace(**vars(face)))


@pytest.mark.usefixtures("copies")
def test_measures_each_number_of_conversations() -> None:
    engine, face = Engine(*tiny.chat_parts()), tiny.face()
    figures = many_at_once.measure(engine, face, [], 5, 2, counts=(1, 3))
    rows: dict[int, Any] = figures["conversations"]
    assert list(rows) == [1, 3] and rows[1]["times_one"] == 1.0
    assert rows[1]["slowest_over_median"] == 1.0 <= rows[3]["slowest_over_median"]
    assert rows[3]["cache_bytes"] == 3 * rows[1]["cache_bytes"] > 0
    assert not engine.decoder.caches  # type: ignore[attr-defined]
    assert figures["one_in_whole_tokens_per_second"] > 0
    assert all(row["times_one_in_whole"] > 0 for row in rows.values())
    assert many_at_once.report(figures).count("\n") == 4
