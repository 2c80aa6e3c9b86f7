"""Admission of questions, limits of answers, and the end of the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from ui_clock import Clock

from emola.chat import Turn
from emola.errors import ChatError, ImageError
from emola.limits import Limits
from emola.ui.serving import questions as module
from emola.ui.serving.events import Events
from emola.ui.serving.figures import AskedQuestion
from emola.ui.serving.questions import Questions, RunningAnswer
from emola.ui.shared import failures, messages


class Recording(Events):
    """Events that a test can read."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[AskedQuestion] = []
        self.photos: list[str] = []

    def question(self, asked: AskedQuestion) -> None:
        self.asked.append(asked)

    def refused_upload(self, reason: str) -> None:
        self.photos.append(reason)


SILENCE = "-"
"""In place of a piece: the answer goes on when it is stopped."""


class Chat:
    """A conversation that writes pieces, one in each second of a clock."""

    def __init__(self, clock: Clock) -> None:
        self.turns: tuple[Turn, ...] = ()
        self._clock = clock
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def ask(self, pieces: str = "abc") -> Iterator[str]:
        written = ""
        for piece in pieces:
            self._clock.now += 1
            if piece == SILENCE:
                assert self._stopped.wait(20)
            if self._stopped.is_set():
                break
            written += piece
            yield piece
        stopped = self._stopped.is_set()
        self.turns += (Turn("q", written, stopped=stopped, seconds=2.0, tokens=len(written)),)


class Asker:
    """A visitor who asks."""

    def __init__(self, **limits: Any) -> None:
        self.clock, self.events = Clock(), Recording()
        self.questions = Questions(Limits(**limits), self.events, self.clock)
        self.chat: Any = Chat(self.clock)

    def ask(self, pieces: str = "abc") -> tuple[str, RunningAnswer]:
        with self.questions.answering(self.chat) as answer:
            return "".join(answer.watch(self.chat.ask(pieces))), answer


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The address of the current visitor, which a test can change."""
    current = SimpleNamespace(address="192.0.2.1")
    monkeypatch.setattr(module, "current_visitor", lambda: current.address)
    return current


def test_an_answer_is_observed_without_its_text() -> None:
    asker = Asker()
    text, answer = asker.ask()
    assert text == "abc" and answer.notice == ""
    assert asker.events.asked == [AskedQuestion("answered", "", 1.0, 3, 2.0)]
    assert asker.events.asked[0].tokens_per_second == 1.5


def test_an_answer_ends_at_its_time_limit_and_keeps_its_text() -> None:
    """Guards against an answer that holds the model for minutes."""
    asker = Asker(answer_seconds=0.05)
    text, answer = asker.ask("ab-def")
    assert text == "ab" == asker.chat.turns[0].answer
    assert answer.notice == messages.answer_timed_out(0.05)
    assert asker.events.asked[0].outcome == "timed_out"


def test_an_answer_ends_at_its_time_limit_before_its_first_piece() -> None:
    """Guards against a prompt that is computed for minutes: the limit was checked after each piece only."""
    asker = Asker(answer_seconds=0.05)
    text, answer = asker.ask("-abc")
    assert text == "" and answer.timed_out and asker.chat.turns[0].stopped


def test_the_time_limit_of_an_answer_does_not_stop_the_next_one() -> None:
    """Guards against a timer that fires after its answer has ended."""
    asker = Asker(answer_seconds=0.05)
    _, answer = asker.ask("ab")
    answer._time_out()  # as a timer does that has just fired
    assert not answer.timed_out and asker.ask("cd")[0] == "cd"


def test_an_answer_without_a_time_limit_is_complete() -> None:
    assert Asker(answer_seconds=0).ask("x" * 1000)[0] == "x" * 1000


def test_limits_the_questions_of_a_visitor(visitor: SimpleNamespace) -> None:
    asker = Asker(questions_per_minute=2)
    asker.questions.admit("q")
    asker.questions.admit(None)
    with pytest.raises(ChatError) as raised:
        asker.questions.admit("q")
    assert raised.value.args[0] == messages.too_many_questions(2, 30)
    assert asker.events.asked == [AskedQuestion("refused", "too_many_questions")]
    visitor.address = "192.0.2.2"
    asker.questions.admit("q")
    visitor.address = ""  # a program in the same process, such as the server of the tools
    for _ in range(5):
        asker.questions.admit("q")


def test_limits_the_photos_of_a_visitor(visitor: SimpleNamespace) -> None:
    """Guards against a visitor who keeps the face detector busy."""
    asker = Asker(photos_per_minute=1)
    asker.questions.admit_photo()
    with pytest.raises(ImageError) as raised:
        asker.questions.admit_photo()
    assert raised.value.args[0] == messages.too_many_photos(1, 60)
    assert asker.events.photos == ["too_many"]
    visitor.address = "192.0.2.2"
    asker.questions.admit_photo()


def test_limits_the_readings_of_a_visitor(visitor: SimpleNamespace) -> None:
    """Guards against a visitor who keeps the model busy without a question."""
    asker = Asker(questions_per_minute=2)
    assert [asker.questions.admit_reading() for _ in range(3)] == [True, True, False]
    asker.questions.admit("q")  # counted apart
    visitor.address = "192.0.2.2"
    assert asker.questions.admit_reading()


def test_limits_the_length_of_a_question() -> None:
    asker = Asker(question_length=20)
    asker.questions.admit("x" * 20)
    with pytest.raises(ChatError, match="it has 21 characters, and at most 20"):
        asker.questions.admit("x" * 21)
    assert asker.events.asked[0].reason == "question_too_long"


def test_limits_the_turns_of_a_conversation() -> None:
    asker = Asker(turns=2)
    asker.questions.admit_turn(1)
    with pytest.raises(ChatError, match="at most 2 questions"):
        asker.questions.admit_turn(2)
    Asker(turns=0).questions.admit_turn(1000)


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (ChatError(failures.queue_full(3)), "refused", "queue_full_at"),
        (ChatError("a secret of the engine"), "failed", ""),
        (RuntimeError("a secret"), "failed", ""),
        (GeneratorExit(), "left", ""),
    ],
)
def test_errors_are_counted_without_their_text(error: BaseException, outcome: str, reason: str) -> None:
    asker = Asker()
    with pytest.raises(type(error)), asker.questions.answering(asker.chat):
        raise error
    assert asker.events.asked == [AskedQuestion(outcome, reason)]
    assert asker.questions.waiting == asker.questions.running == 0


def test_a_question_that_left_the_queue_was_not_asked() -> None:
    asker = Asker()
    with asker.questions.answering(asker.chat):
        assert (asker.questions.waiting, asker.questions.running) == (1, 0)
    assert asker.events.asked[0].outcome == "not_asked"


def test_a_stopped_answer_is_told_apart() -> None:
    asker = Asker()
    with asker.questions.answering(asker.chat) as answer:
        pieces = answer.watch(asker.chat.ask())
        next(pieces)
        assert (asker.questions.waiting, asker.questions.running) == (0, 1)
        asker.chat.stop()
        assert list(pieces) == []
    assert asker.events.asked[0].outcome == "stopped"


def test_a_stopping_server_admits_nothing_and_finishes_its_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against an answer that breaks off when the server is updated."""
    monkeypatch.setattr(module, "LAST_UPDATE", 0.0)
    asker, begun, go_on, stopped = Asker(), threading.Event(), threading.Event(), []

    def answer() -> None:
        with asker.questions.answering(asker.chat):
            begun.set()
            assert go_on.wait(20)

    threads = [
        threading.Thread(target=answer),
        threading.Thread(target=lambda: stopped.append(asker.questions.stop(20))),
    ]
    threads[0].start()
    assert begun.wait(20)
    threads[1].start()
    while not asker.questions.stopping:
        time.sleep(0.001)
    with pytest.raises(ChatError) as raised:
        asker.questions.admit("q")
    assert raised.value.args[0] is messages.SERVER_STOPS and stopped == []
    go_on.set()
    for thread in threads:
        thread.join()
    assert stopped == [True]


def test_a_question_that_was_admitted_just_before_the_end_is_refused() -> None:
    """Guards against an answer that nobody waits for: it would break off when the visits are deleted."""
    asker = Asker()
    asker.questions.admit("q")
    assert asker.questions.stop(0.0) is True
    with pytest.raises(ChatError) as raised, asker.questions.answering(asker.chat):
        pytest.fail("the answer began")
    assert raised.value.args[0] is messages.SERVER_STOPS
    assert asker.events.asked == [AskedQuestion("refused", "server_stops")]
    assert not asker.questions.admit_reading()


def test_an_event_that_fails_does_not_keep_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a server that waits for its whole grace, because an answer was never taken off."""
    asker = Asker()

    def fail(_: object) -> None:
        raise OSError("the log is full")

    monkeypatch.setattr(asker.events, "question", fail)
    with pytest.raises(OSError, match="the log is full"), asker.questions.answering(asker.chat):
        pass
    assert asker.questions.stop(20) is True and asker.questions.waiting == 0


def test_a_stopping_server_does_not_wait_longer_than_its_grace() -> None:
    asker = Asker()
    with asker.questions.answering(asker.chat):
        assert asker.questions.stop(0.01) is False
    assert Asker().questions.stop(20) is True


def test_the_texts_of_the_limits_are_kept_apart_from_the_log() -> None:
    """Guards against a question in an event: its class has no field for one."""
    fields = set(AskedQuestion.__dataclass_fields__)
    assert fields == {"outcome", "reason", "first_token", "tokens", "seconds"}
