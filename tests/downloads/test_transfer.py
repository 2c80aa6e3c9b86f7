"""Finding pip in environments without it."""

import subprocess
from pathlib import Path

import pytest

from emola.downloads import transfer


def test_uv_runs_pip_in_an_environment_without_it(tmp_path, monkeypatch):
    monkeypatch.setattr(transfer.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(transfer.shutil, "which", lambda name: "/opt/uv")
    assert transfer._pip_command(tmp_path)[:3] == ["/opt/uv", "tool", "run"]


@pytest.mark.parametrize("returncode", [0, 1])
def test_a_new_environment_provides_pip_without_uv(tmp_path, monkeypatch, returncode):
    commands = []

    def run(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, returncode)

    monkeypatch.setattr(transfer.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(transfer.shutil, "which", lambda name: None)
    monkeypatch.setattr(transfer.subprocess, "run", run)
    if returncode:
        with pytest.raises(transfer.TransferError, match="neither pip nor uv"):
            transfer._pip_command(tmp_path)
    else:
        assert Path(transfer._pip_command(tmp_path)[0]).is_relative_to(commands[0][3])
    assert commands[0][1:3] == ["-m", "venv"]
