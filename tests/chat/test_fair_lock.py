"""A lock that is granted in order of arrival."""

from __future__ import annotations

import threading
import time

import pytest

from emola.chat.fair_lock import FairLock


def test_grants_the_lock_in_order_of_arrival() -> None:
    """Guards against a thread reacquiring the lock before waiting threads."""
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
        time.sleep(0.05)  # until the thread is in the queue
        order.append("first")
    with lock:
        order.append("first again")
    thread.join()
    assert order == ["first", "second", "first again"]


def test_admits_one_thread_at_a_time() -> None:
    """Guards against notify_all admitting all waiting threads."""
    lock = FairLock()
    inside, maximum = 0, 0

    def enter_repeatedly() -> None:
        nonlocal inside, maximum
        for _ in range(20):
            with lock:
                inside += 1
                maximum = max(maximum, inside)
                time.sleep(0.0002)
                inside -= 1

    threads = [threading.Thread(target=enter_repeatedly) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert maximum == 1


def test_an_exception_releases_the_lock() -> None:
    """Guards against a failed forward pass that keeps the lock."""
    lock = FairLock()
    with pytest.raises(RuntimeError), lock:
        raise RuntimeError
    with lock:
        pass


def test_an_interrupted_waiter_does_not_block_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a ticket that is never served after Ctrl-C."""
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
