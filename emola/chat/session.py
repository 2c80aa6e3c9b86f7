"""Conversations about one face."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence

from emola.chat.adapter_selection import check_adapter
from emola.chat.answer import Answer
from emola.chat.engine import Engine
from emola.chat.faces import FaceLike, Subject
from emola.chat.history import History
from emola.chat.options import Options
from emola.chat.plan import Plan, Request, checked_question, plan_answer
from emola.chat.reading import Reading
from emola.chat.sampler import Sampling
from emola.chat.turns import DEFAULT_MAX_NEW_TOKENS, Turn


class ChatSession:
    """A conversation about one face with streamed answers; each prompt reuses the cached prefix.

    ::

        for piece in chat.ask("Which action units are active?"):
            print(piece, end="", flush=True)

    :meth:`ask`, :meth:`retry` and :meth:`edit` return an iterator of text pieces. The answer is generated
    from the first read on, ahead of the reader. A turn is appended to :attr:`turns` when its stream ends: at
    the end of the answer, by :meth:`stop` or by closing the iterator. An exception during generation leaves
    the turns unchanged.

    Every method may be called from any thread. A session generates one answer at a time: starting a second
    one or changing the turns meanwhile raises ChatError. :meth:`stop`, :meth:`clear` and :meth:`close`
    are allowed at any time and end the current answer within one token.

    A model that reads a face before it answers does so at the first question, or earlier in :meth:`read`; the
    reading opens every prompt about the face.

    max_new_tokens: limit of one answer. temperature, top_p, no_repeat, seed: see :class:`Sampling`; without a
    seed, each answer draws one and records it in :attr:`Turn.settings`. adapter: name of the adapter that
    answers, "auto", or None for the model's setting. A change of adapter encodes the face with its projectors
    and recomputes the prompt. :meth:`configure` changes these options.

    Raises ChatError for an invalid face or option.
    """

    def __init__(
        self,
        engine: Engine,
        face: FaceLike,
        *,
        max_new_tokens: int = DEFAULT_MAX_NEW_TOKENS,
        temperature: float = 0.0,
        top_p: float = 1.0,
        no_repeat: int = 0,
        seed: int | None = None,
        adapter: str | None = None,
    ) -> None:
        self._subject = Subject(face)
        self._history = History()
        if adapter is not None:
            check_adapter(adapter, engine.adapters)
        sampling = Sampling(temperature, top_p, no_repeat, seed)
        self._defaults = self._options = Options(sampling, max_new_tokens, adapter)
        self._draws = 0  # answers to the last question that were sampled with the seed of the options
        self._engine = engine
        self._owner = engine.new_owner()
        self._free = weakref.finalize(self, engine.release, self._owner)

    def __repr__(self) -> str:
        state = "closed" if self._history.closed else f"{len(self.turns)} turns"
        return f"<ChatSession: {state}>"

    @property
    def face(self) -> FaceLike:
        """The face that the conversation is about."""
        return self._subject.face

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The completed turns, oldest first."""
        return self._history.turns

    @property
    def reads(self) -> bool:
        """Whether the model reads the face before it answers."""
        return self._engine.reads

    @property
    def reading(self) -> Reading | None:
        """What the model has read in the face; None until it has, and for a model that answers at once.

        The face has a reading for each adapter, with and without its prior; this is the one of the options.
        """
        return self._engine.readings.known(self._seen(self._options), self._reader())

    def configure(
        self,
        *,
        temperature: float | None = None,
        top_p: float | None = None,
        max_new_tokens: int | None = None,
        seed: int | None = None,
        adapter: str | None = None,
        prior: bool = True,
    ) -> None:
        """Set the options from the next question on; None stands for the option given to the constructor.

        prior: whether the model is given the prior of the face. Without it, the model sees the pixels alone:
        it reads and encodes the face again and is told that there are no landmarks.

        Raises ChatError for an invalid option, and then changes none.
        """
        if adapter is not None:
            check_adapter(adapter, self._engine.adapters)
        options = self._defaults.changed(
            temperature=temperature,
            top_p=top_p,
            max_new_tokens=max_new_tokens,
            seed=seed,
            adapter=adapter,
            prior=prior,
        )
        if options.sampling.seed != self._options.sampling.seed:
            self._draws = 0
        self._options = options

    def read(self) -> Reading | None:
        """Let the model read the face now, so that the first question need not wait for it.

        May be called during an answer, and repeatedly. Returns the reading; None for a model that answers at
        once, and when :meth:`close` ended the reading.
        """
        self._history.check_open()

        def ended() -> bool:
            return self._history.closed

        try:
            return self._engine.read(self._owner, self._seen(self._options), self._reader(), ended)
        finally:
            if ended():
                self._free_memory()

    def ask(self, question: str) -> Iterator[str]:
        """Ask a question. Raises ChatError at once when it is empty or too long."""
        before = self._history.idle_turns()
        return self._answer(self._first(question, before), before)

    def retry(self) -> Iterator[str]:
        """Answer the last question again with another seed; the new answer replaces the old one at its end.

        With temperature 0 the new answer is sampled nevertheless, since greedy decoding would repeat the old
        one. The settings of the turn say how the answer was made, seed included.
        """
        before = self._history.idle_turns("retry")
        options, last = self._options, before[-1]
        sampling = options.next_draw(self._draws, last.settings.seed)
        self._draws += 1
        return self._answer(self._plan(last.question, before[:-1], options, sampling), before)

    def edit(self, question: str) -> Iterator[str]:
        """Replace the last question and its answer."""
        before = self._history.idle_turns("edit")
        return self._answer(self._first(question, before[:-1]), before)

    def undo(self) -> Turn:
        """Remove the last turn and return it."""
        return self._history.undo()

    def clear(self) -> None:
        """Remove all turns; discard the current answer."""
        self._history.clear()
        self._engine.release(self._owner)

    def back(self) -> None:
        """Bring back the turns before the last undo, edit, retry or clear; a second call reverts the first.

        Raises ChatError if there are none, see :attr:`can_go_back`.
        """
        self._history.back()

    @property
    def can_go_back(self) -> bool:
        """Whether :meth:`back` has turns to bring back. A new question drops them."""
        return self._history.removed is not None

    def restore(self, turns: Sequence[Turn]) -> None:
        """Replace the conversation with turns of an earlier one, from which it continues.

        Raises ChatError during an answer.
        """
        self._history.replace(turns)

    def stop(self) -> None:
        """End the current answer, if any, and keep its text so far."""
        self._history.stop()

    def close(self) -> None:
        """Free the memory of the session; :attr:`turns` stays readable. May be called repeatedly."""
        self._history.close()
        self._free_memory()

    def holdings(self) -> dict[str, int]:
        """Return what is held in memory for the conversation, in bytes.

        The keys are "conversations" (the text of the turns, and of those that can be brought back),
        "readings", "encodings" and "prefix_caches".
        """
        kept = dict.fromkeys((*self._history.turns, *(self._history.removed or ())))
        text = sum(len((turn.question + turn.answer).encode()) for turn in kept)
        return {"conversations": text, **self._engine.memory(self._owner, self._subject.views)}

    def _answer(self, plan: Plan, before: tuple[Turn, ...]) -> Iterator[str]:
        run = self._history.begin(before)
        seen = self._subject.seen(plan.request.settings.prior)
        answer, failed = Answer(self._engine, self._owner, seen, plan, run), True
        try:
            yield from answer.pieces()
            failed = False
        except GeneratorExit:
            failed = False
            raise
        finally:
            turns = None if failed else (*plan.request.history, answer.turn())
            self._history.end(run, turns)
            # The answer may have stored the face and its cache after close() had freed them.
            if self._history.closed:
                self._free_memory()
            elif self._history.unused:
                self._engine.release(self._owner)

    def _first(self, question: str, history: tuple[Turn, ...]) -> Plan:
        """Return the plan of the first answer to a question."""
        options = self._options
        sampling = options.first_draw()
        plan = self._plan(question, history, options, sampling)
        self._draws = 0 if sampling.seed is None else 1
        return plan

    def _plan(self, question: str, history: tuple[Turn, ...], options: Options, sampling: Sampling) -> Plan:
        question = checked_question(self._engine, question)
        current = history[-1].adapter if history else None
        adapter = self._engine.adapter_for(question, options.adapter, current)
        request = Request(question, history, options.settings(adapter, sampling))
        reading = self._engine.readings.known(self._seen(options), adapter)
        return plan_answer(self._engine, request, reading)

    def _seen(self, options: Options) -> FaceLike:
        """Return the face as the model sees it."""
        return self._subject.seen(options.prior)

    def _reader(self) -> str | None:
        """Return the adapter that reads the face before any question."""
        return self._engine.adapter_for("", self._options.adapter, None)

    def _free_memory(self) -> None:
        """Free the encodings, the readings and the prefix cache."""
        for face in self._subject.views:
            self._engine.forget(face)
        self._engine.release(self._owner)
