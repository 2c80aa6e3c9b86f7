"""The thread that runs the model: order, results, errors, and its end."""

from __future__ import annotations

import gc
import os
import threading
import weakref

import pytest

from emola.chat.model_thread import ModelThread


def test_functions_run_in_the_order_of_their_arrival() -> None:
    """Guards against one conversation overtaking another."""
    thread, order, go_on = ModelThread(), [], threading.Event()
    thread.post(lambda: go_on.wait(10) and order.append(0))
    for number in (1, 2, 3):
        thread.post(lambda number=number: order.append(number))
    go_on.set()
    assert thread.call(lambda: [*order]) == [0, 1, 2, 3]


def test_a_call_returns_the_result_or_raises_the_error() -> None:
    thread = ModelThread()
    assert thread.call(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        thread.call(lambda: 1 // 0)
    assert thread.call(threading.current_thread) is thread.call(threading.current_thread)


def test_the_thread_ends_with_its_owner() -> None:
    """Guards against a thread per deleted model."""
    thread = ModelThread()
    worker = thread.call(threading.current_thread)
    gone = weakref.ref(thread)
    del thread
    gc.collect()
    worker.join(10)
    assert gone() is None and not worker.is_alive()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_has_a_thread_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against waiting forever for a thread that was not copied."""
    thread = ModelThread()
    first = thread.call(threading.current_thread)
    monkeypatch.setattr("emola.chat.model_thread.os.getpid", lambda: -1)  # as in the copy
    assert thread.call(threading.current_thread) is not first
