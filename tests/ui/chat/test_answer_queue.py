"""The line in which questions wait for a place."""

from __future__ import annotations

import threading
from contextlib import ExitStack, suppress

import pytest

from emola.errors import ChatError
from emola.ui import messages
from emola.ui.chat.answer_queue import AnswerQueue


def test_serves_in_the_order_of_arrival() -> None:
    """Guards against the last one served first, or more answers at once than there are places."""
    queue = AnswerQueue(2)
    with ExitStack() as first, ExitStack() as others:
        early = first.enter_context(queue.enter())
        waits = [others.enter_context(queue.enter()) for _ in range(3)]
        assert [wait(0.0) for wait in (early, *waits)] == [0, 0, 1, 2]
        first.close()
        assert [wait(0.0) for wait in waits] == [0, 0, 1]


def test_a_place_is_passed_on_at_once_even_after_a_failure() -> None:
    """Guards against a place lost for ever with an answer that failed; waiting longer than needed."""
    queue = AnswerQueue(1)
    here = threading.Event()
    numbers: list[int] = []

    def wait_for_it() -> None:
        with queue.enter() as wait:
            here.set()
            numbers.append(wait(60.0))

    thread = threading.Thread(target=wait_for_it)
    with suppress(RuntimeError), queue.enter():
        thread.start()
        assert here.wait(10)
        raise RuntimeError
    thread.join(10)
    assert numbers == [0]


def test_rejects_a_question_when_the_queue_is_full() -> None:
    """Guards against every thread of the server held by one that waits, so that not even Stop works."""
    queue = AnswerQueue(1, most_waiting=1)
    with queue.enter(), queue.enter(), pytest.raises(ChatError, match=messages.QUEUE_FULL), queue.enter():
        pass
    with queue.enter() as wait:
        assert wait(0.0) == 0
