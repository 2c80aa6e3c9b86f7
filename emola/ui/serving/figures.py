"""Figures for logs and metrics: of an ended question and of the server, without texts and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AskedQuestion:
    """How a question ended, without its text.

    outcome: "answered", "stopped" (by the visitor), "timed_out", "left" (the page was closed), "not_asked"
    (stopped in the queue), "refused" or "failed" (by the model or its servers). reason: key of the message of
    a refusal. first_token: seconds from the question to the first piece of its answer, the queue included;
    None without one. tokens, seconds: length of the answer, and the time for writing it.
    """

    outcome: str
    reason: str = ""
    first_token: float | None = None
    tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens_per_second(self) -> float | None:
        """The rate of the answer; None for an answer that is too short for one."""
        return self.tokens / self.seconds if self.tokens > 1 and self.seconds > 0 else None


@dataclass(frozen=True)
class Figures:
    """The state of the server. memory: bytes that visits hold, by kind, see ``HOLDINGS``."""

    ready: bool
    open_pages: int
    visits: int
    questions_waiting: int
    questions_running: int
    uploads_waiting: int
    memory: Mapping[str, int] = field(default_factory=dict)
