"""The upload button of session files."""

from __future__ import annotations

import asyncio

from gradio.data_classes import FileData

from emola.ui.shared.upload_inputs import SessionFile


def test_opens_no_file_that_a_request_names() -> None:
    """Guards against reading or downloading what a forged request names."""
    button = SessionFile("Import")
    assert button.preprocess(FileData(path="/etc/passwd")) == "/etc/passwd"
    assert button.preprocess(None) is None
    moved = asyncio.run(button.async_move_resource_to_block_cache("http://127.0.0.1/x"))
    assert moved == "http://127.0.0.1/x"


def test_is_shown_as_an_upload_button() -> None:
    assert SessionFile("Import").get_block_name() == "uploadbutton"
