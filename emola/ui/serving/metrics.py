"""Metrics of the server in the format of Prometheus, on a port of their own.

Labels are words of ours: kinds of routes, outcomes and keys of messages. No visitor can add one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from emola.errors import EmolaError
from emola.ui.serving.figures import AskedQuestion, Figures

LATENCIES = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 80, 160)
"""Bounds of the latency of the first token, in seconds."""
RATES = (1, 2, 5, 10, 20, 40, 60, 80, 120, 200)
"""Bounds of the tokens per second of an answer."""


class Metrics:
    """The counters of a server, and the figures of its state when they are scraped."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        ProcessCollector(registry=registry)
        self._requests = Counter(
            "emola_requests", "Requests by route and status.", ["route", "status"], registry=registry
        )
        self._questions = Counter(
            "emola_questions", "Questions by outcome.", ["outcome", "reason"], registry=registry
        )
        self._uploads = Counter("emola_refused_uploads", "Refused uploads.", ["reason"], registry=registry)
        self._first_token = Histogram(
            "emola_first_token_seconds",
            "Time from a question to the first piece of its answer.",
            buckets=LATENCIES,
            registry=registry,
        )
        self._rate = Histogram(
            "emola_tokens_per_second", "Tokens per second of an answer.", buckets=RATES, registry=registry
        )

    def serve(self, host: str, port: int, figures: Callable[[], Figures]) -> None:
        """Serve the metrics in a thread, until the process ends. Raises EmolaError if the port is in use.

        figures: returns the state of the server, at each scrape.
        """
        self.watch(figures)
        try:
            start_http_server(port, addr=host.strip("[]"), registry=self.registry)
        except OSError as error:
            reason = error.strerror or "it is not an address"
            raise EmolaError(
                f"The metrics cannot be served at {host}:{port} ({reason}); choose another --metrics."
            ) from error

    def watch(self, figures: Callable[[], Figures]) -> None:
        """Add the state of a server."""
        self.registry.register(_State(figures))

    def count_request(self, route: str, status: int) -> None:
        """Count a request."""
        self._requests.labels(route, str(status)).inc()

    def count_question(self, asked: AskedQuestion) -> None:
        """Count a question that has ended."""
        self._questions.labels(asked.outcome, asked.reason).inc()
        if asked.first_token is not None:
            self._first_token.observe(asked.first_token)
        if (rate := asked.tokens_per_second) is not None:
            self._rate.observe(rate)

    def count_refused_upload(self, reason: str) -> None:
        """Count a refused upload."""
        self._uploads.labels(reason).inc()


class _State(Collector):
    """Collects the figures of a server."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        """Yield the figures as gauges."""
        figures = self._figures()
        for name, documentation, value in (
            ("ready", "1 if questions are answered.", float(figures.ready)),
            ("open_pages", "Pages that are open.", figures.open_pages),
            ("visits", "Visits in memory.", figures.visits),
            ("questions_waiting", "Questions that wait for their turn.", figures.questions_waiting),
            ("questions_running", "Questions that are being answered.", figures.questions_running),
            ("uploads_waiting", "Uploads that wait to be read.", figures.uploads_waiting),
        ):
            yield GaugeMetricFamily(f"emola_{name}", documentation, value=value)
        memory = GaugeMetricFamily("emola_memory_bytes", "Memory that visits hold.", labels=["kind"])
        for kind, size in figures.memory.items():
            memory.add_metric([kind], size)
        yield memory
