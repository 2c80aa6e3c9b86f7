"""The admission of questions and photos: limits of a visitor, time of an answer, end of the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from emola.errors import ChatError, EmolaError, ImageError
from emola.limits import DEFAULT, Limits
from emola.ui.serving.events import Events
from emola.ui.serving.figures import AskedQuestion
from emola.ui.serving.rate import RateLimiter
from emola.ui.serving.visitors import current_visitor
from emola.ui.shared import messages
from emola.ui.shared.message import Message, message_of

if TYPE_CHECKING:
    from emola.chat import ChatSession

PHOTOS = 2
"""Photos that are read at the same time; each takes the cores and much memory."""

LAST_UPDATE = 0.5
"""Time for sending the last update of an answer to its page before the server ends, in seconds."""


class RunningAnswer:
    """A question that waits for its turn, or whose answer is being written.

    limit: seconds for writing the answer, 0 for no limit.
    """

    def __init__(self, chat: ChatSession, limit: float, clock: Callable[[], float]) -> None:
        self._chat = chat
        self._limit = limit
        self._clock = clock
        self._asked = clock()
        self._before = chat.turns
        self.writing = False
        """Whether the question has its turn."""
        self.timed_out = False
        """Whether the answer was ended at its limit."""
        self.first_token: float | None = None
        """Seconds from the question to the first piece of its answer."""
        self._lock = threading.Lock()  # so that the timer never stops a later answer
        self._watched = False

    def watch(self, pieces: Iterator[str]) -> Iterator[str]:
        """Yield the pieces of the answer, which is stopped at its limit and keeps its text.

        A timer stops it: before the first piece, while the face is read and the prompt is computed, nothing
        else would.
        """
        self.writing = self._watched = True
        timer = threading.Timer(self._limit, self._time_out)
        timer.daemon = True
        if self._limit:
            timer.start()
        try:
            for piece in pieces:
                if self.first_token is None:
                    self.first_token = self._clock() - self._asked
                yield piece
        finally:
            timer.cancel()
            with self._lock:
                self._watched = False

    def _time_out(self) -> None:
        with self._lock:
            if self._watched:
                self.timed_out = True
                self._chat.stop()

    @property
    def notice(self) -> str:
        """The text for the visitor after the answer; empty unless it was ended at its limit."""
        return messages.answer_timed_out(self._limit) if self.timed_out else ""

    def ended(self, outcome: str = "", reason: str = "") -> AskedQuestion:
        """Return how the question ended. outcome, reason: of an error; empty without one."""
        turns = self._chat.turns
        turn = turns[-1] if turns and turns[-1] is not (self._before[-1] if self._before else None) else None
        if not outcome:
            stopped = "stopped" if turn is None or turn.stopped else "answered"
            outcome = "timed_out" if self.timed_out else stopped if self.writing else "not_asked"
        tokens, seconds = (turn.tokens, turn.seconds) if turn else (0, 0.0)
        return AskedQuestion(outcome, reason, self.first_token, tokens, seconds)


class Questions:
    """Admits questions, readings and photos, and observes the answers. Thread-safe."""

    def __init__(
        self,
        limits: Limits = DEFAULT,
        events: Events | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self._events = events or Events()
        self._clock = clock
        self.rate = RateLimiter(limits.questions_per_minute, clock)
        """The limit on questions, for the tools of language models too."""
        self._readings = RateLimiter(limits.questions_per_minute, clock)
        self._photos = RateLimiter(limits.photos_per_minute, clock)
        self.reading_photo = threading.BoundedSemaphore(PHOTOS)
        """To be held while a photo is read, whether for a page, a program or a language model."""
        self._changed = threading.Condition()
        self._answers: set[RunningAnswer] = set()
        self.stopping = False
        """Whether no more questions are admitted, because the server is about to end."""

    @property
    def waiting(self) -> int:
        """Number of questions that wait for their turn."""
        with self._changed:
            return sum(not answer.writing for answer in self._answers)

    @property
    def running(self) -> int:
        """Number of questions that are being answered."""
        with self._changed:
            return sum(answer.writing for answer in self._answers)

    def admit(self, question: str | None) -> None:
        """Count a question of the current visitor, before any work is done for it. Raises ChatError.

        question: None to answer the last one again.
        """
        if self.stopping:
            self._refuse(messages.SERVER_STOPS)
        limit = self.limits.question_length
        if isinstance(question, str) and len(question) > limit:
            self._refuse(messages.question_too_long(len(question), limit))
        visitor = current_visitor()
        if visitor and (seconds := self.rate.wait(visitor)):
            self._refuse(messages.too_many_questions(self.limits.questions_per_minute, seconds))

    def admit_photo(self) -> None:
        """Count a photo that the current visitor has chosen. Raises ImageError."""
        visitor = current_visitor()
        if visitor and (seconds := self._photos.wait(visitor)):
            self._events.refused_upload("too_many")
            raise ImageError(messages.too_many_photos(self.limits.photos_per_minute, seconds))

    def admit_reading(self) -> bool:
        """Return whether the model may read a face for the current visitor before a question.

        Readings have a limit of their own, as high as that of the questions.
        """
        return not self.stopping and not self._readings.wait(current_visitor())

    def admit_turn(self, turns: int) -> None:
        """Check that a conversation of so many turns may have another one. Raises ChatError."""
        if self.limits.turns and turns >= self.limits.turns:
            self._refuse(messages.turns_full(self.limits.turns))

    @contextmanager
    def answering(self, chat: ChatSession) -> Iterator[RunningAnswer]:
        """Observe an admitted question inside the block, from the queue to the end of its answer.

        Raises ChatError if the server is about to end.
        """
        answer = RunningAnswer(chat, self.limits.answer_seconds, self._clock)
        outcome = reason = ""
        with self._changed:  # the server waits for every answer that begins before stop()
            if begins := not self.stopping:
                self._answers.add(answer)
        if not begins:
            self._refuse(messages.SERVER_STOPS)
        try:
            yield answer
        except GeneratorExit:
            outcome = "left"
            raise
        except EmolaError as error:
            text = message_of(error)  # the errors of the engine are no messages of the page
            outcome, reason = ("refused", text.key) if isinstance(text, Message) else ("failed", "")
            raise
        except BaseException:
            outcome = "failed"
            raise
        finally:
            try:
                self._events.question(answer.ended(outcome, reason))
            finally:
                with self._changed:
                    self._answers.discard(answer)
                    self._changed.notify_all()

    def stop(self, grace: float) -> bool:
        """Admit no more questions, and wait for the admitted ones.

        grace: longest wait, in seconds. Returns whether all of them have ended.
        """
        with self._changed:
            self.stopping = True
            busy = bool(self._answers)
            done = self._changed.wait_for(lambda: not self._answers, grace)
        if busy and done:
            time.sleep(min(LAST_UPDATE, grace))
        return done

    def _refuse(self, reason: Message) -> NoReturn:
        self._events.question(AskedQuestion("refused", reason.key))
        raise ChatError(reason)
