"""A lock that serves in the order of arrival."""

from __future__ import annotations

import threading
import time

import pytest

from emola.chat.turnstile import Turnstile


def test_first_come_first_served() -> None:
    """A bug guarded: the thread that gives the lock up taking it again before those that wait."""
    turnstile = Turnstile()
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with turnstile:
            order.append("second")

    thread = threading.Thread(target=second)
    with turnstile:
        thread.start()
        waiting.wait()
        time.sleep(0.05)  # it stands in the queue now
        order.append("first")
    with turnstile:
        order.append("first again")
    thread.join()
    assert order == ["first", "second", "first again"]


def test_only_one_at_a_time() -> None:
    """A bug guarded: every waiter let in by one notify_all."""
    turnstile = Turnstile()
    inside, most = 0, 0

    def visit() -> None:
        nonlocal inside, most
        for _ in range(20):
            with turnstile:
                inside += 1
                most = max(most, inside)
                time.sleep(0.0002)
                inside -= 1

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_an_exception_inside_lets_the_next_one_in() -> None:
    """A bug guarded: a failed forward pass locking everybody else out."""
    turnstile = Turnstile()
    with pytest.raises(RuntimeError), turnstile:
        raise RuntimeError
    with turnstile:
        pass


def test_one_who_leaves_the_queue_does_not_block_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug guarded: Ctrl-C while waiting leaves a ticket that is never served."""
    turnstile = Turnstile()
    with turnstile:
        wait_for = turnstile._changed.wait_for

        def interrupted(predicate: object, timeout: object = None) -> bool:
            monkeypatch.setattr(turnstile._changed, "wait_for", wait_for)
            raise KeyboardInterrupt

        monkeypatch.setattr(turnstile._changed, "wait_for", interrupted)
        with pytest.raises(KeyboardInterrupt):
            turnstile.__enter__()
    done = threading.Event()

    def later() -> None:
        with turnstile:
            done.set()

    threading.Thread(target=later, daemon=True).start()
    assert done.wait(5)
