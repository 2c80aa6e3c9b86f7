"""The guide for programs and agents, served as ``/agents.md``."""

from __future__ import annotations

from functools import cache

from emola.files import asset

DEFAULT_ADDRESS = "http://127.0.0.1:7860"
"""The address of the server in the text of the guide."""


def agents_guide(address: str) -> str:
    """Return the guide in Markdown, with the address of this server in its examples."""
    return _guide().replace(DEFAULT_ADDRESS, address.rstrip("/"))


@cache
def _guide() -> str:
    return asset("agents.md").read_text("utf-8")
