"""The guide for programs and agents."""

from __future__ import annotations

from emola.limits import DEFAULT, MIB
from emola.ui.serving.agents import DEFAULT_ADDRESS, agents_guide


def test_the_examples_name_the_server() -> None:
    """Guards against examples that call another server."""
    guide = agents_guide("https://faces.example/")
    assert DEFAULT_ADDRESS not in guide
    assert 'Client("https://faces.example"' in guide and "SERVER=https://faces.example\n" in guide
    assert "https://faces.example/gradio_api/mcp" in guide


def test_the_guide_states_the_limits_of_the_server() -> None:
    guide = agents_guide(DEFAULT_ADDRESS)
    assert f"up to {DEFAULT.upload_bytes // MIB} MB" in guide
    assert f"request {DEFAULT.request_bytes // 1024} KB" in guide
    assert f"after {DEFAULT.idle / 60:.0f} minutes without a request" in guide
