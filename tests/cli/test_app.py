"""``emola app`` up to the page itself."""

import socket

import pytest

from emola import cli, downloads
from emola.errors import DownloadError


def test_help_lists_the_flags(capsys):
    with pytest.raises(SystemExit):
        cli.main(["app", "--help"])
    text = capsys.readouterr().out
    for flag in ("--model", "--quantize", "--host", "--port", "--share", "--concurrency"):
        assert flag in text


def test_fetches_its_files_and_opens_without_examples(cache, monkeypatch, capsys):
    served = []
    monkeypatch.setattr("emola.cli.app.serve", lambda args: served.append((args.model, args.port)) or 0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert cli.main(["app", "--port", str(port)]) == 0
    assert set(cache) == {*downloads.FILES} - {"2d106det.onnx"}
    fetch = downloads.path

    def without_examples(name, progress=None):
        if name in downloads.GROUPS["examples"]:
            raise DownloadError(f"{name} could not be fetched.")
        return fetch(name, progress)

    monkeypatch.setattr(downloads, "path", without_examples)
    capsys.readouterr()
    assert cli.main(["app"]) == 0
    assert "opens without example photos" in capsys.readouterr().err
    assert served == [("nano", port), ("nano", None)]
