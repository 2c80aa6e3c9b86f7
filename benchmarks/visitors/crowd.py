"""Visits to a page, alone and many at once."""

from __future__ import annotations

import asyncio
import itertools
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from benchmarks.visitors.browser import Answer, Browser, Failure, address_of
from benchmarks.visitors.figures import COMPARISONS, References, Script, Step, spread, summary
from emola.errors import EmolaError

__all__ = ["QUESTIONS", "Crowd", "Left"]

QUESTIONS = (
    ("Which action units are active?", "Is AU12 active, and how strongly?", "How sure are you about AU12?"),
    ("Which emotion does this face show, and why?", "Which movements speak against it?"),
    ("What do the brows do?", "What does the mouth do?", "Which emotion fits these movements?"),
)
"""The questions of a visit, of which the later ones are follow-ups."""

PATIENCE = 300.0
"""Seconds after which a step has failed."""
RETRY = 10.0
"""Seconds until a visitor tries again what a busy server refused."""
ATTEMPTS = 3

ALONE = 10_000
"""Number of the first visitor that asks alone."""

Pause = Callable[[], float]
"""Returns the seconds for which a visitor looks or thinks."""


class Left(Exception):
    """The visitor left the page."""


class _Visit:
    """One visit. record: receives each step. begun: start of the scenario, by the performance counter."""

    def __init__(
        self,
        url: str,
        script: Script,
        photo: bytes,
        visitor: int,
        begun: float,
        record: Callable[[Step], None],
    ) -> None:
        self._browser = Browser(url, address_of(visitor))
        self._script = script
        self._photo = photo
        self._visitor = visitor
        self._begun = begun
        self._record = record

    async def run(self, pause: Pause, *, attempts: int, until: float) -> None:
        """Open the page, choose a photo, ask the questions of the script, and erase everything.

        attempts: how often a visitor tries what a busy server refuses. until: no question is asked later.
        """
        try:
            if not await self._arrive(attempts):
                return
            for number in range(1, len(self._script.questions) + 1):
                await asyncio.sleep(pause())
                if time.perf_counter() >= until or not await self._ask(number, attempts):
                    break
            await self._take("erase", self._browser.erase)
        finally:
            await self._browser.close()

    async def run_and_leave(self, patience: float) -> None:
        """Ask the first question, and close the page at the first words of the answer, or after a time."""

        def leave() -> None:
            raise Left

        try:
            if await self._arrive(1):
                asked = self._script.until(1)
                ask = partial(self._browser.ask, asked.questions[0], leave)
                await self._take("question", lambda: _left_after(patience, ask()), asked)
        finally:
            await self._browser.close()

    async def _arrive(self, attempts: int) -> bool:
        look = partial(self._browser.look, self._photo, self._script.photo)
        return await self._insist("open", self._browser.open, attempts) and await self._insist(
            "photo", look, attempts
        )

    async def _ask(self, number: int, attempts: int) -> bool:
        asked = self._script.until(number)
        return await self._insist(
            "question", partial(self._browser.ask, asked.questions[-1]), attempts, asked
        )

    async def _insist(
        self, kind: str, action: Callable[[], Awaitable[Any]], attempts: int, asked: Script | None = None
    ) -> bool:
        """Take a step, again while the server is busy; returns whether it was done."""
        for attempt in range(1, attempts + 1):
            step = await self._take(kind, action, asked)
            if step.outcome != "busy" or attempt == attempts:
                break
            await asyncio.sleep(RETRY)
        return step.outcome == "done"

    async def _take(
        self, kind: str, action: Callable[[], Awaitable[Any]], asked: Script | None = None
    ) -> Step:
        begun = time.perf_counter()
        answer: Any = None
        outcome, reason, text = "done", "", ""
        try:
            answer = await asyncio.wait_for(action(), PATIENCE)
        except Failure as failure:
            outcome, reason, text = "busy" if failure.busy else "error", failure.reason, failure.text
        except asyncio.TimeoutError:
            outcome, reason = "error", "no_response"
        except EmolaError as error:  # a page that is not ours, or an unknown edit
            outcome, reason, text = "error", type(error).__name__, str(error)
        except Left:
            outcome = "left"
        seconds = time.perf_counter() - begun
        step = Step(kind, self._visitor, begun - self._begun, seconds, outcome, reason, text, asked=asked)
        if isinstance(answer, Answer):
            step = replace(
                step,
                seconds=answer.seconds,
                first=answer.first,
                queued=answer.queued,
                answer=answer.text,
                shown=answer.shown,
            )
        self._record(step)
        return step


async def _left_after(patience: float, action: Awaitable[Any]) -> Any:
    """Wait for an action. Raises Left after ``patience`` seconds."""
    try:
        return await asyncio.wait_for(action, patience)
    except asyncio.TimeoutError:
        raise Left from None


class Crowd:
    """The visitors of a page.

    photos: contents by file name. think: the mean time in seconds that a visitor looks at a photo or reads an
    answer; the times are distributed exponentially.
    """

    def __init__(self, url: str, photos: Mapping[str, bytes], *, seed: int = 0, think: float = 15.0) -> None:
        self.url = url
        self.photos = photos
        self.references = References()
        self.scripts = [Script(photo, questions) for photo in photos for questions in QUESTIONS]
        self._seed = seed
        self._think = think
        self.restart()

    def restart(self) -> None:
        """Begin a new scenario, without steps."""
        self.steps: list[Step] = []
        self.begun = time.perf_counter()

    async def model(self) -> dict[str, Any]:
        """Return what the page says about its model, from a first visit, which also warms it up.

        Raises EmolaError when the visit fails.
        """
        browser, (script, *_) = Browser(self.url), self.scripts
        try:
            await browser.open()
            await browser.look(self.photos[script.photo], script.photo)
            await browser.ask(script.questions[0])
            model: dict[str, Any] = (await browser.record())["model"]
        except Failure as failure:
            raise EmolaError(f"The first visit failed: {failure}") from failure
        finally:
            await browser.close()
        return model

    async def ask_alone(self) -> dict[str, Any]:
        """Ask every script alone, keep the answers, and ask the first one of each photo again.

        Each script is asked by a visitor of its own, since a page limits what a visitor may ask in a minute.
        A script that the page refuses, such as one about emotions where only movements are described, is
        dropped. Returns the figures of these visits. Raises EmolaError when no script is left.
        """
        self.restart()
        visitors = itertools.count(ALONE)
        for script in self.scripts:
            await self.visit(next(visitors), script)
        refused = [step for step in self.steps if step.kind == "question" and step.outcome != "done"]
        dropped = {step.asked.questions[-1] for step in refused if step.asked}
        self.scripts = [script for script in self.scripts if not dropped & set(script.questions)]
        if not self.scripts:
            told = next((step.text or step.reason for step in [*refused, *self.steps] if step.reason), "")
            raise EmolaError(f"No question was answered: {told}")
        self.references.add(self.steps)
        waits = [step.first for step in self.steps if step.first is not None]
        self.restart()
        for photo in self.photos:
            script = next(script for script in self.scripts if script.photo == photo)
            await self.visit(next(visitors), script)
        again = self.figures()["mixing"]
        return {
            "answers": len(self.references),
            "first_words_seconds": spread(waits),
            "again": {name: again[name] for name in COMPARISONS},
            "refused": sorted(dropped),
        }

    async def visit(
        self,
        visitor: int,
        script: Script,
        pause: Pause = lambda: 0.0,
        *,
        attempts: int = 1,
        until: float = math.inf,
    ) -> None:
        """Follow a script, see ``_Visit.run``."""
        await self._visit(visitor, script).run(pause, attempts=attempts, until=until)

    async def steady(self, visitors: int, minutes: float) -> None:
        """Let visitors come, ask, leave and come back for some minutes."""
        until = time.perf_counter() + 60 * minutes

        async def come_back(visitor: int) -> None:
            random = Random(f"{self._seed} {visitor}")

            def pause() -> float:
                return random.expovariate(1 / self._think) if self._think else 0.0

            await asyncio.sleep(random.uniform(0, self._think))
            while time.perf_counter() < until:
                script = random.choice(self.scripts)
                await self.visit(visitor, script, pause, attempts=ATTEMPTS, until=until)
                await asyncio.sleep(max(pause(), 1.0))  # a page that fails at once is not asked in a loop

        await asyncio.gather(*map(come_back, range(1, visitors + 1)))

    async def burst(self, visitors: int) -> None:
        """Let visitors arrive at the same time; each asks one question and does not try again."""
        await asyncio.gather(
            *(self.visit(each, self._script(each).until(1)) for each in range(1, visitors + 1))
        )

    async def leave(self, visitors: int, patience: float) -> None:
        """Let visitors arrive together and leave, see ``_Visit.run_and_leave``; then let one more ask."""
        visits = [self._visit(each, self._script(each)) for each in range(1, visitors + 1)]
        await asyncio.gather(*(visit.run_and_leave(patience) for visit in visits))
        await self.visit(visitors + 1, self._script(1).until(1))

    def figures(self) -> dict[str, Any]:
        """Return the figures of the steps since the last restart."""
        return summary(self.steps, self.references, time.perf_counter() - self.begun)

    def _script(self, visitor: int) -> Script:
        return self.scripts[visitor % len(self.scripts)]

    def _visit(self, visitor: int, script: Script) -> _Visit:
        photo = self.photos[script.photo]
        return _Visit(self.url, script, photo, visitor, self.begun, self.steps.append)
