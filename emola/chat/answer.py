"""One answer while it is generated."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from threading import Event

from emola.chat.engine import Engine
from emola.chat.faces import FaceLike
from emola.chat.plan import Plan, plan_answer
from emola.chat.sampler import Sampling
from emola.chat.streaming import TextStream
from emola.chat.turns import Turn


class Answer:
    """The answer to a planned question about a face.

    owner: the conversation, see ``Engine``. stopped: set to end the answer.
    """

    def __init__(self, engine: Engine, owner: int, face: FaceLike, plan: Plan, stopped: Event) -> None:
        self._engine = engine
        self._owner = owner
        self._face = face
        self._plan = plan
        self._stopped = stopped
        self._text = TextStream(engine.decode, engine.stop_strings)
        self._started: float | None = None
        self._tokens = 0
        self._complete = False

    def pieces(self) -> Iterator[str]:
        """Yield the text while it is generated. The face is read first, if that was not done."""
        engine, settings = self._engine, self._plan.request.settings
        reading = engine.read(self._owner, self._face, settings.adapter, self._stopped.is_set)
        if reading is not self._plan.reading:
            self._plan = plan_answer(engine, self._plan.request, reading)
        encoded = engine.encode(self._face, settings.adapter)
        self._started = time.perf_counter()
        tokens = engine.generate(
            self._owner,
            encoded,
            self._plan.prompt,
            max_new_tokens=self._plan.room,
            sampling=Sampling(settings.temperature, settings.top_p, settings.no_repeat, settings.seed),
            stopped=self._stopped.is_set,
        )
        with closing(tokens):
            for token in tokens:
                self._tokens += 1
                if piece := self._text.push(token):
                    yield piece
                if self._text.stop_found:
                    break
        if piece := self._text.finish():
            yield piece
        self._complete = not self._stopped.is_set()

    def turn(self) -> Turn:
        """Return the turn with the text so far."""
        cut = self._complete and not self._text.stop_found and self._tokens >= self._plan.room
        return Turn(
            self._plan.request.question,
            self._text.text,
            stopped=not self._complete,
            dropped=self._plan.dropped,
            cut=cut,
            settings=self._plan.request.settings,
            seconds=0.0 if self._started is None else time.perf_counter() - self._started,
            tokens=self._tokens,
        )
