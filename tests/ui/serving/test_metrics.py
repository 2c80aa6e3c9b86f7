"""Metrics in the format of Prometheus."""

from __future__ import annotations

import socket
import sys

import httpx
import pytest
from prometheus_client import generate_latest

from emola.errors import EmolaError
from emola.ui.serving.events import Events
from emola.ui.serving.figures import AskedQuestion, Figures
from emola.ui.serving.metrics import Metrics

FIGURES = Figures(
    ready=True,
    open_pages=3,
    visits=2,
    questions_waiting=1,
    questions_running=2,
    uploads_waiting=0,
    memory={"photo": 1000, "prefix_caches": 50},
)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def samples(metrics: Metrics) -> dict[str, float]:
    lines = generate_latest(metrics.registry).decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_counts_requests_and_refused_uploads(metrics: Metrics) -> None:
    events = Events(metrics)
    for status in (200, 200, 429):
        events.request("queue", status)
    events.refused_upload("too_large")
    found = samples(metrics)
    assert found['emola_requests_total{route="queue",status="200"}'] == 2
    assert found['emola_requests_total{route="queue",status="429"}'] == 1
    assert found['emola_refused_uploads_total{reason="too_large"}'] == 1


def test_measures_answers(metrics: Metrics) -> None:
    events = Events(metrics)
    events.question(AskedQuestion("answered", "", 0.3, 40, 2.0))
    events.question(AskedQuestion("refused", "queue_full_at"))
    found = samples(metrics)
    assert found['emola_questions_total{outcome="answered",reason=""}'] == 1
    assert found['emola_questions_total{outcome="refused",reason="queue_full_at"}'] == 1
    assert found["emola_first_token_seconds_count"] == found["emola_tokens_per_second_count"] == 1
    assert found["emola_tokens_per_second_sum"] == 20
    assert found['emola_first_token_seconds_bucket{le="0.2"}'] == 0
    assert found['emola_first_token_seconds_bucket{le="0.5"}'] == 1


def test_reads_the_state_at_each_scrape(metrics: Metrics) -> None:
    metrics.watch(lambda: FIGURES)
    found = samples(metrics)
    assert found["emola_ready"] == 1 and found["emola_open_pages"] == 3 and found["emola_visits"] == 2
    assert found["emola_questions_waiting"] == 1 and found["emola_questions_running"] == 2
    assert found['emola_memory_bytes{kind="prefix_caches"}'] == 50
    assert ("process_resident_memory_bytes" in found) is (sys.platform == "linux")


def test_is_served_on_a_port_of_its_own(metrics: Metrics) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    metrics.serve("127.0.0.1", port, lambda: FIGURES)
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False, timeout=20)
    assert answer.status_code == 200 and "emola_visits 2.0" in answer.text


def test_a_port_in_use_is_reported(metrics: Metrics) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmolaError, match="choose another --metrics"):
            metrics.serve("127.0.0.1", port, lambda: FIGURES)


def test_is_served_at_an_ipv6_address(metrics: Metrics) -> None:
    """Guards against brackets that no resolver knows."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            port = probe.getsockname()[1]
    except OSError:
        pytest.skip("this machine has no IPv6")
    metrics.serve("[::1]", port, lambda: FIGURES)
    assert httpx.get(f"http://[::1]:{port}/metrics", trust_env=False, timeout=20).status_code == 200
