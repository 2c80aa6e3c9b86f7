"""Who a visitor is, behind proxies."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from gradio.context import LocalContext

from emola.ui.serving.visitors import PRIVATE_PROXIES, UNKNOWN, current_visitor, visitor_of


def visitor(peer: str | None, *forwarded: str, proxies: int = 0) -> str:
    headers = [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]
    scope: dict[str, Any] = {"client": None if peer is None else (peer, 1), "headers": headers}
    return visitor_of(scope, proxies)


def test_the_header_is_ignored_without_trusted_proxies() -> None:
    """Guards against a visitor who counts as another one with each request."""
    assert visitor("192.0.2.1", "203.0.113.9") == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "found"),
    [
        (["203.0.113.9"], 1, "203.0.113.9"),
        (["10.9.9.9, 203.0.113.9"], 1, "203.0.113.9"),
        (["10.9.9.9", "203.0.113.9"], 1, "203.0.113.9"),
        (["10.9.9.9, 203.0.113.9, 198.51.100.2"], 2, "203.0.113.9"),
        (["203.0.113.9:5000"], 1, "203.0.113.9"),
        (["[2001:db8:1:2:3:4:5:6]:443"], 1, "2001:db8:1:2::"),
        (["::ffff:203.0.113.9"], 1, "203.0.113.9"),
    ],
)
def test_counts_the_trusted_proxies_from_the_right(forwarded: list[str], proxies: int, found: str) -> None:
    """Guards against entries that the visitor made up, which are on the left."""
    assert visitor("192.0.2.1", *forwarded, proxies=proxies) == found


@pytest.mark.parametrize("forwarded", [[], [""], ["unknown"], ["a b\x00"], [","]])
def test_a_request_past_the_proxies_counts_by_its_connection(forwarded: list[str]) -> None:
    assert visitor("192.0.2.1", *forwarded, proxies=1) == "192.0.2.1"


def test_fewer_entries_than_proxies_are_not_believed() -> None:
    assert visitor("192.0.2.1", "203.0.113.9", proxies=2) == "192.0.2.1"


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("8.8.8.8", "8.8.8.8"),
        ("1.1.1.1, 8.8.8.8, 10.16.3.80, 192.168.0.1", "8.8.8.8"),
        ("2a00:1450:4001:800::200e, 10.16.3.80", "2a00:1450:4001:800::"),
        ("10.16.3.80", "10.0.0.7"),
        ("", "10.0.0.7"),
    ],
)
def test_the_last_public_address_counts_behind_private_proxies(forwarded: str, found: str) -> None:
    """Guards against a Space whose visitors share one limit, however many proxies it has."""
    assert visitor("10.0.0.7", forwarded, proxies=PRIVATE_PROXIES) == found


def test_an_ipv6_visitor_is_a_network() -> None:
    """Guards against one visitor with 2**64 addresses."""
    first, second = visitor("2001:db8:1:2:3:4:5:6"), visitor("2001:db8:1:2:ffff::1")
    assert first == second == "2001:db8:1:2::" != visitor("2001:db8:1:3::1")
    assert visitor("fe80::1%eth0") == "fe80::"


@pytest.mark.parametrize("peer", [None, "", "testclient", "x" * 60_000, "1.2.3.4, 5.6.7.8", "١.2.3.4", "\n"])
def test_connections_without_an_address_are_one_visitor(peer: str | None) -> None:
    """Guards against a header that makes many visitors of one, and fills the memory of the limits.

    Uvicorn puts the last entry of the header in place of the address of a connection from this machine.
    """
    assert visitor(peer) == visitor(peer, "junk", proxies=1) == UNKNOWN != ""


def test_the_visitor_of_an_event_comes_from_its_request() -> None:
    assert current_visitor() == ""
    token = LocalContext.request.set(gr.Request(client={"host": "192.0.2.1", "port": 0}))
    try:
        assert current_visitor() == "192.0.2.1"
    finally:
        LocalContext.request.reset(token)


@pytest.mark.parametrize("request_", [[], gr.Request(), gr.Request(client=None)])
def test_an_event_without_an_address_is_limited(request_: Any) -> None:
    """Guards against a form of request that has no limits: only code outside of events has none."""
    token = LocalContext.request.set(request_)
    try:
        assert current_visitor() == UNKNOWN
    finally:
        LocalContext.request.reset(token)
