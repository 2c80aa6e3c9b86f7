"""The settings of the operator."""

from __future__ import annotations

import argparse

import pytest

from emola.cli.operation import Operation, host_and_port
from emola.settings import read


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("9090", "127.0.0.1:9090"),
        ("0.0.0.0:80", "0.0.0.0:80"),
        ("[::]:9090", "[::]:9090"),
        (":1", "127.0.0.1:1"),
    ],
)
def test_metrics_are_served_on_this_machine_by_default(text: str, address: str) -> None:
    """Guards against metrics that everybody can read."""
    assert host_and_port(text) == address


@pytest.mark.parametrize("text", ["0", "65536", "x", "1.2.3.4", "1.2.3.4:", "host:-1", "9" * 5000])
def test_rejects_what_is_no_port(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        host_and_port(text)


def test_everything_is_off_by_default() -> None:
    """Guards against metrics, tools or trust in a header without being asked."""
    operation = read(Operation, {}, {})
    assert not (operation.public or operation.mcp or operation.metrics or operation.trusted_proxies)
