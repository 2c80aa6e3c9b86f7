"""A lock that serves in the order of arrival."""

from __future__ import annotations

import threading
import time

import pytest

from emola.chat.fair_lock import FairLock


def test_first_come_first_served() -> None:
    """Guards against the thread that gives the lock up taking it again before those that wait."""
    lock = FairLock()
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with lock:
            order.append("second")

    thread = threading.Thread(target=second)
    with lock:
        thread.start()
        waiting.wait()
        time.sleep(0.05)  # it stands in the queue now
        order.append("first")
    with lock:
        order.append("first again")
    thread.join()
    assert order == ["first", "second", "first again"]


def test_only_one_at_a_time() -> None:
    """Guards against every waiter let in by one notify_all."""
    lock = FairLock()
    inside, most = 0, 0

    def visit() -> None:
        nonlocal inside, most
        for _ in range(20):
            with lock:
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
    """Guards against a failed forward pass locking everybody else out."""
    lock = FairLock()
    with pytest.raises(RuntimeError), lock:
        raise RuntimeError
    with lock:
        pass


def test_one_who_leaves_the_queue_does_not_block_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against Ctrl-C while waiting leaves a ticket that is never served."""
    lock = FairLock()
    with lock:
        wait_for = lock._changed.wait_for

        def interrupted(predicate: object, timeout: object = None) -> bool:
            monkeypatch.setattr(lock._changed, "wait_for", wait_for)
            raise KeyboardInterrupt

        monkeypatch.setattr(lock._changed, "wait_for", interrupted)
        with pytest.raises(KeyboardInterrupt):
            lock.__enter__()
    done = threading.Event()

    def later() -> None:
        with lock:
            done.set()

    threading.Thread(target=later, daemon=True).start()
    assert done.wait(5)
