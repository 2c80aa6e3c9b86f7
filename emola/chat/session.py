"""Conversations about one face."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from emola.chat.adapter_selection import check_adapter
from emola.chat.engine import Engine
from emola.chat.faces import FaceLike, require_face
from emola.chat.plan import Plan, checked_question, plan_answer
from emola.chat.reading import Reading
from emola.chat.sampler import Sampling, is_whole
from emola.chat.streaming import TextStream
from emola.chat.turns import Turn
from emola.errors import ChatError

RETRY_TEMPERATURE = 0.7
RETRY_TOP_P = 0.9


class ChatSession:
    """A conversation about one face with streamed answers; each prompt reuses the cached prefix.

    ::

        for piece in chat.ask("Which action units are active?"):
            print(piece, end="", flush=True)

    :meth:`ask`, :meth:`retry` and :meth:`edit` return an iterator of text pieces and generate while it is
    read. A turn is appended to :attr:`turns` when its stream ends: at the end of the answer, by :meth:`stop`
    or by closing the iterator. An exception during generation leaves the turns unchanged.

    Every method may be called from any thread. A session generates one answer at a time: starting a second
    one or changing the turns meanwhile raises ChatError. :meth:`stop`, :meth:`set_face` and :meth:`close` are
    allowed at any time and end the current answer within one token.

    A model that reads a face before it answers does so at the first question, or earlier in :meth:`read`; the
    reading opens every prompt about the face.

    max_new_tokens: limit of one answer. temperature, top_p, no_repeat, seed: see :class:`Sampling`; with
    temperature 0 :meth:`retry` samples nevertheless, since greedy decoding would repeat the answer. adapter:
    name of the adapter that answers, "auto", or None for the model's setting. A change of adapter encodes the
    face with its projectors and recomputes the prompt.

    Raises ChatError for an invalid face or option.
    """

    def __init__(
        self,
        engine: Engine,
        face: FaceLike,
        *,
        max_new_tokens: int = 320,
        temperature: float = 0.0,
        top_p: float = 1.0,
        no_repeat: int = 0,
        seed: int | None = None,
        adapter: str | None = None,
    ) -> None:
        require_face(face)
        if not (is_whole(max_new_tokens) and max_new_tokens >= 1):
            raise ChatError(f"max_new_tokens must be a whole number of at least 1, not {max_new_tokens!r}.")
        self._sampling = Sampling(temperature, top_p, no_repeat, seed)
        self._max_new_tokens = max_new_tokens
        self._engine = engine
        self._adapter = None if adapter is None else check_adapter(adapter, engine.adapters)
        self._owner = engine.new_owner()
        self._free = weakref.finalize(self, engine.release, self._owner)
        self._lock = threading.Lock()  # guards the attributes below; never held during a forward pass
        self._face = face
        self._turns: tuple[Turn, ...] = ()
        self._run: threading.Event | None = None  # the current answer; set to end it
        self._closed = False
        self._retries = 0

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{len(self._turns)} turns"
        return f"<ChatSession: {state}>"

    @property
    def face(self) -> FaceLike:
        """The face that the conversation is about."""
        return self._face

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The completed turns, oldest first."""
        return self._turns

    @property
    def reads(self) -> bool:
        """Whether the model reads the face before it answers."""
        return self._engine.reads

    @property
    def reading(self) -> Reading | None:
        """What the model has read in the face; None until it has, and for a model that answers at once."""
        return self._engine.readings.known(self._face, self._reader())

    def read(self) -> Reading | None:
        """Let the model read the face now, so that the first question need not wait for it.

        May be called during an answer, and repeatedly. Returns the reading; None for a model that answers at
        once, and when :meth:`set_face` or :meth:`close` ended the reading.
        """
        self._check_open()
        face = self._face

        def ended() -> bool:
            return self._closed or self._face is not face

        try:
            return self._engine.read(self._owner, face, self._reader(), ended)
        finally:
            if ended():
                self._engine.forget(face)
                self._engine.release(self._owner)

    def ask(self, question: str) -> Iterator[str]:
        """Ask a question. Raises ChatError at once when it is empty or too long."""
        before = self._idle_turns()
        return self._answer(self._plan(question, before), before, self._sampling)

    def retry(self) -> Iterator[str]:
        """Answer the last question again by sampling; the new answer replaces the old one at its end."""
        before = self._idle_turns("retry")
        sampling = self._sampling
        if sampling.temperature == 0.0:
            sampling = replace(sampling, temperature=RETRY_TEMPERATURE, top_p=RETRY_TOP_P)
        if sampling.seed is not None:  # each retry differs, but is repeatable
            self._retries += 1
            sampling = replace(sampling, seed=sampling.seed + self._retries)
        return self._answer(self._plan(before[-1].question, before[:-1]), before, sampling)

    def edit(self, question: str) -> Iterator[str]:
        """Replace the last question and its answer."""
        before = self._idle_turns("edit")
        return self._answer(self._plan(question, before[:-1]), before, self._sampling)

    def undo(self) -> Turn:
        """Remove the last turn and return it."""
        with self._lock:
            *kept, last = self._check_idle("undo")
            self._turns = tuple(kept)
        return last

    def use(self, adapter: str | None) -> None:
        """Set the adapter from the next question on: a name, "auto", or None for the model's setting.

        Raises ChatError for an unknown name.
        """
        self._adapter = None if adapter is None else check_adapter(adapter, self._engine.adapters)

    def stop(self) -> None:
        """End the current answer, if any, and keep its text so far."""
        with self._lock:
            if self._run is not None:
                self._run.set()

    def set_face(self, face: FaceLike) -> None:
        """Start a new conversation about a face, which may be the same one; discard the current answer.

        Raises ChatError for anything but a face.
        """
        require_face(face)
        with self._lock:
            self._check_open()
            self._abandon()
            before, self._face = self._face, face
            self._turns = ()
        if before is not face:
            self._engine.forget(before)
        self._engine.release(self._owner)

    def close(self) -> None:
        """Free the memory of the session; :attr:`turns` stays readable. May be called repeatedly."""
        with self._lock:
            self._closed = True
            self._abandon()
        self._engine.forget(self._face)
        self._engine.release(self._owner)

    def _answer(self, plan: Plan, before: tuple[Turn, ...], sampling: Sampling) -> Iterator[str]:
        run, face = self._enter(before)
        text = TextStream(self._engine.decode, self._engine.stop_strings)
        count, complete, failed = 0, False, True
        try:
            plan = self._after_reading(plan, face, run)
            encoded = self._engine.encode(face, plan.adapter)
            tokens = self._engine.generate(
                self._owner,
                encoded,
                plan.prompt,
                max_new_tokens=plan.max_new_tokens,
                sampling=sampling,
                stopped=run.is_set,
            )
            with closing(tokens):  # returns the prefix cache before the turn ends
                for count, token in enumerate(tokens, start=1):  # noqa: B007 (read after the loop)
                    if piece := text.push(token):
                        yield piece
                    if text.stop_found:
                        break
            if piece := text.finish():
                yield piece
            complete, failed = not run.is_set(), False
        except GeneratorExit:
            failed = False
            raise
        finally:
            turn = Turn(
                plan.question,
                text.text,
                stopped=not complete,
                dropped=plan.dropped,
                cut=complete and not text.stop_found and count >= plan.max_new_tokens,
                adapter=plan.adapter,
            )
            self._leave(run, face, None if failed else (*plan.history, turn))

    def _enter(self, before: tuple[Turn, ...]) -> tuple[threading.Event, FaceLike]:
        with self._lock:
            self._check_idle()
            if self._turns is not before:
                raise ChatError("The conversation has changed since this question was asked; ask it again.")
            self._run = threading.Event()
            return self._run, self._face

    def _leave(self, run: threading.Event, face: FaceLike, turns: tuple[Turn, ...] | None) -> None:
        with self._lock:
            if self._run is run:  # else set_face() or close() discarded this answer
                self._run = None
                replaces = turns is not None and len(turns) == len(self._turns)
                if turns is not None and not (replaces and not turns[-1].answer):
                    self._turns = turns
            deleted = self._closed or self._face is not face
            abandoned = self._closed or (self._run is None and not self._turns)
        # The answer may have stored the face and its cache after close() or set_face() had freed them.
        if deleted:
            self._engine.forget(face)
        if abandoned:
            self._engine.release(self._owner)

    def _reader(self) -> str | None:
        """Return the adapter that reads the face before any question."""
        return self._engine.adapter_for("", self._adapter, None)

    def _after_reading(self, plan: Plan, face: FaceLike, run: threading.Event) -> Plan:
        """Return the plan with the reading of the face, which is written if that was not done."""
        reading = self._engine.read(self._owner, face, plan.adapter, run.is_set)
        return plan if reading is plan.reading else self._plan(plan.question, plan.history, reading)

    def _plan(self, question: str, history: tuple[Turn, ...], reading: Reading | None = None) -> Plan:
        """Return the plan of an answer. reading: by default the known one."""
        question = checked_question(self._engine, question)
        adapter = self._engine.adapter_for(question, self._adapter, history[-1].adapter if history else None)
        reading = reading or self._engine.readings.known(self._face, adapter)
        return plan_answer(self._engine, question, history, adapter, reading, self._max_new_tokens)

    def _idle_turns(self, action: str = "") -> tuple[Turn, ...]:
        with self._lock:
            return self._check_idle(action)

    def _check_idle(self, action: str = "") -> tuple[Turn, ...]:
        """Return the turns. Raises ChatError during an answer and, given an action, without any turn."""
        self._check_open()
        if self._run is not None:
            raise ChatError("An answer is still being written; wait for it or stop it.")
        if action and not self._turns:
            raise ChatError(f"There is nothing to {action}: no question has been asked yet.")
        return self._turns

    def _check_open(self) -> None:
        if self._closed:
            raise ChatError("This conversation is closed; start a new one.")

    def _abandon(self) -> None:
        if self._run is not None:
            self._run.set()
            self._run = None
