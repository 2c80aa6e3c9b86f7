"""The settings with which an operator runs the page, besides its limits."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from emola.settings import choice, count, seconds, setting, switch

__all__ = ["Operation", "host_and_port"]


def host_and_port(text: str) -> str:
    """Check ``PORT`` or ``HOST:PORT`` and return it as ``HOST:PORT``; the host is 127.0.0.1 by default.

    An IPv6 address has brackets, as in ``[::1]:9090``.
    """
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdecimal() and len(port) < 6 and 0 < int(port) < 65536):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not a port or host:port such as 127.0.0.1:9464")
    return f"{host or '127.0.0.1'}:{port}"


@dataclass(frozen=True)
class Operation:
    """How the page is run. The help texts describe the settings."""

    public: bool = setting(False, "use the stricter limits of a page that anyone can open", switch)
    movement_only: bool = setting(
        False,
        "describe movements of the face only: refuse questions about emotions, and mask emotion words",
        switch,
    )
    mcp: bool = setting(
        False,
        "offer the tools look, ask and evidence to language models (MCP) at /gradio_api/mcp",
        switch,
    )
    trusted_proxies: int = setting(
        0,
        "number of reverse proxies in front of the server; each adds an address to X-Forwarded-For",
        count,
        largest=10,
    )
    metrics: str = setting("", "port or host:port that serves metrics for Prometheus", host_and_port)
    log_format: str = setting(
        "plain",
        "format of the log on stderr: plain, or json with one object per line",
        choice("plain", "json"),
    )
    grace: float = setting(
        25.0, "seconds for finishing the accepted questions after SIGTERM", seconds, largest=3600.0
    )
