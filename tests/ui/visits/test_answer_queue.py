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


def test_one_visitor_with_many_questions_does_not_hold_up_others() -> None:
    """Guards against ten pages of one visitor that come before the question of everybody else."""
    queue = AnswerQueue(1)
    with ExitStack() as running, ExitStack() as others:
        running.enter_context(queue.enter("a"))
        second, third = (others.enter_context(queue.enter("a")) for _ in range(2))
        b, c = (others.enter_context(queue.enter(visitor)) for visitor in "bc")
        assert [wait(0.0) for wait in (b, c, second, third)] == [1, 2, 3, 4]
        running.close()
        assert [wait(0.0) for wait in (b, c, second, third)] == [0, 1, 2, 3]


def test_the_questions_of_one_visitor_are_served_in_the_order_of_arrival() -> None:
    """Guards against a class behind one router whose later questions overtake the earlier ones."""
    queue = AnswerQueue(1)
    with ExitStack() as first, ExitStack() as others:
        first.enter_context(queue.enter("a"))
        waits = [others.enter_context(queue.enter("a")) for _ in range(3)]
        first.close()
        waits.append(others.enter_context(queue.enter("a")))
        assert [wait(0.0) for wait in waits] == [0, 1, 2, 3]


def test_a_second_question_is_not_overtaken_forever() -> None:
    """Guards against a question that waits as long as new visitors arrive."""
    queue = AnswerQueue(1, max_waiting=2)
    with ExitStack() as first, ExitStack() as other, ExitStack() as rest:
        first.enter_context(queue.enter("a"))
        second = rest.enter_context(queue.enter("a"))
        other.enter_context(queue.enter("b"))
        first.close()
        c = rest.enter_context(queue.enter("c"))
        assert (c(0.0), second(0.0)) == (1, 2)
        other.close()
        d = rest.enter_context(queue.enter("d"))
        assert (c(0.0), second(0.0), d(0.0)) == (0, 1, 2)


def test_unknown_visitors_are_served_in_the_order_of_arrival() -> None:
    """Guards against programs in this process that count as one visitor."""
    queue = AnswerQueue(1)
    with ExitStack() as stack:
        waits = [stack.enter_context(queue.enter(visitor)) for visitor in ("", "", "a", "", "b")]
        assert [wait(0.0) for wait in waits] == [0, 1, 2, 3, 4]


def test_one_visitor_cannot_fill_the_queue() -> None:
    """Guards against a visitor because of whom all others are refused."""
    queue = AnswerQueue(1, max_waiting=4)
    with ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(queue.enter("a"))
        with pytest.raises(ChatError), queue.enter("a"):
            pass
        stack.enter_context(queue.enter("b"))
        with pytest.raises(ChatError), queue.enter("c"):
            pass


def test_a_parked_question_has_a_place_but_no_slot() -> None:
    """Guards against slots that nobody uses while photos are read."""
    queue = AnswerQueue(1, max_waiting=1)
    with queue.enter("a", parked=True), queue.enter("b") as wait:
        assert wait(0.0) == 0
        with pytest.raises(ChatError), queue.enter("c"):
            pass


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
