"""What happens on the server, for its log and its metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emola.ui.serving import logs
from emola.ui.serving.figures import AskedQuestion

if TYPE_CHECKING:
    from emola.ui.serving.metrics import Metrics


class Events:
    """Receives the events of the server. metrics: None if there are none."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self._metrics = metrics

    def request(self, route: str, status: int) -> None:
        """Count a request. route: its kind, see ``operations.route_of``. It is not logged."""
        if self._metrics:
            self._metrics.count_request(route, status)

    def question(self, asked: AskedQuestion) -> None:
        """Count and log a question that has ended."""
        if self._metrics:
            self._metrics.count_question(asked)
        first = None if asked.first_token is None else round(asked.first_token, 3)
        logs.event(
            "question",
            outcome=asked.outcome,
            reason=asked.reason,
            first_token_seconds=first,
            tokens=asked.tokens or None,
            seconds=round(asked.seconds, 3) or None,
        )

    def refused_upload(self, reason: str) -> None:
        """Count and log a refused photo. reason: "too_large", "malformed", "full", "broken" or "too_many"."""
        if self._metrics:
            self._metrics.count_refused_upload(reason)
        logs.event("upload refused", reason=reason)
