"""A model thread whose work a test runs step by step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from emola.chat.model_thread import ModelThread


class ManualThread(ModelThread):
    """Keeps posted functions until :meth:`step`; runs called ones at once."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: deque[Callable[[], None]] = deque()

    def post(self, function: Callable[[], None]) -> None:
        self.posted.append(function)

    def call(self, function: Callable[[], Any]) -> Any:
        return function()

    def step(self) -> bool:
        """Run the oldest function; returns whether there was one."""
        if self.posted:
            self.posted.popleft()()
            return True
        return False

    def finish(self, most: int = 1000) -> None:
        """Run everything; fails when there is no end."""
        for _ in range(most):
            if not self.step():
                return
        raise AssertionError("the work has no end")
