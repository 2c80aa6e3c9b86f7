"""Limits on events per minute."""

from __future__ import annotations

import pytest
from ui_clock import Clock

from emola.ui.serving import rate
from emola.ui.serving.rate import RateLimiter


def test_admits_a_minutes_events_at_once_and_then_one_by_one() -> None:
    clock = Clock()
    limiter = RateLimiter(3, clock)
    assert [limiter.wait("a") for _ in range(5)] == [0, 0, 0, 20, 20]
    clock.now = 19.9
    assert limiter.wait("a") == 1
    clock.now = 20
    assert [limiter.wait("a") for _ in range(2)] == [0, 20]
    clock.now = 1000
    assert [limiter.wait("a") for _ in range(4)] == [0, 0, 0, 20]


@pytest.mark.parametrize("per_minute", [1, 7, 12, 59, 600])
def test_the_number_is_exact(per_minute: int) -> None:
    """Guards against rounding that admits one event fewer."""
    clock = Clock()
    clock.now = 12345.678
    limiter = RateLimiter(per_minute, clock)
    assert [limiter.wait("a") for _ in range(per_minute)] == [0] * per_minute
    assert limiter.wait("a") >= 1


def test_visitors_are_counted_apart() -> None:
    limiter = RateLimiter(1, Clock())
    assert limiter.wait("a") == limiter.wait("b") == 0
    assert limiter.wait("a") == 60


def test_there_is_no_limit_with_0() -> None:
    limiter = RateLimiter(0, Clock())
    assert [limiter.wait("a") for _ in range(1000)] == [0] * 1000
    assert len(limiter) == 0


def test_remembers_a_bounded_number_of_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against memory that grows with made-up addresses."""
    monkeypatch.setattr(rate, "MAX_VISITORS", 3)
    limiter = RateLimiter(1, Clock())
    for visitor in "abcde":
        limiter.wait(visitor)
    assert len(limiter) == 3
    assert limiter.wait("e") == 60 and limiter.wait("a") == 0
