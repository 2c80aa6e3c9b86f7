"""The queue of questions waiting for an answer."""

from __future__ import annotations

import re
import threading
from contextlib import ExitStack, suppress

import pytest

from emola.errors import ChatError
from emola.ui.shared import failures
from emola.ui.visits.answer_queue import AnswerQueue


def test_serves_in_the_order_of_arrival() -> None:
    """Guards against serving the last question first, and exceeding the concurrency."""
    queue = AnswerQueue(2)
    with ExitStack() as first, ExitStack() as others:
        early = first.enter_context(queue.enter())
        waits = [others.enter_context(queue.enter()) for _ in range(3)]
        assert [wait(0.0) for wait in (early, *waits)] == [0, 0, 1, 2]
        first.close()
        assert [wait(0.0) for wait in waits] == [0, 0, 1]


def test_a_failed_answer_frees_its_slot_at_once() -> None:
    """Guards against losing a slot after a failure, and delays in passing it on."""
    queue = AnswerQueue(1)
    entered = threading.Event()
    positions: list[int] = []

    def wait_in_queue() -> None:
        with queue.enter() as wait:
            entered.set()
            positions.append(wait(60.0))

    thread = threading.Thread(target=wait_in_queue)
    with suppress(RuntimeError), queue.enter():
        thread.start()
        assert entered.wait(10)
        raise RuntimeError
    thread.join(10)
    assert positions == [0]


def test_rejects_a_question_when_the_queue_is_full() -> None:
    """Guards against waiting questions that occupy all server threads, including that of Stop."""
    queue = AnswerQueue(1, max_waiting=1)
    with (
        queue.enter(),
        queue.enter(),
        pytest.raises(ChatError, match=re.escape(failures.queue_full(1))),
        queue.enter(),
    ):
        pass
    with queue.enter() as wait:
        assert wait(0.0) == 0
