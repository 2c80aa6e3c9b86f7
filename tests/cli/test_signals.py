"""Signals: cleanup, exit codes, inherited handlers."""

import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from cli_fakes import Model

from emola import cli
from emola.files import replacing


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [
        ("SIGINT", 130, "emola: interrupted\n"),
        ("SIGTERM", 143, "emola: terminated\n"),
        ("SIGHUP", 129, "emola: terminated\n"),
    ],
)
def test_a_signal_runs_cleanup_and_sets_the_exit_code(
    loaded, photo, tmp_path, capsys, monkeypatch, name, code, line
):
    number, target, cleaned = getattr(signal, name), tmp_path / "out.txt", []

    def look(self, picture):
        try:
            with replacing(target) as partial:
                partial.write_text("half")
                signal.raise_signal(number)
                time.sleep(5)
        finally:
            if number != signal.SIGINT:
                signal.raise_signal(number)  # a second signal does not interrupt the cleanup
            cleaned.append(True)

    monkeypatch.setattr(Model, "look", look)
    # a test run in the background inherits ignored signals
    handler = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
    inherited = signal.signal(number, handler)
    try:
        assert cli.main(["ask", photo(1), "Which emotion?"]) == code
        assert signal.getsignal(number) == handler
    finally:
        signal.signal(number, inherited)
    assert capsys.readouterr().err == line
    assert cleaned and [path.name for path in tmp_path.iterdir()] == ["1.png"]


def test_a_signal_swallowed_by_a_library_still_sets_the_exit_code(loaded, photo, monkeypatch):
    def look(self, picture):
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            return [SimpleNamespace(box=np.zeros(4), landmarks=np.zeros((0, 2)), visibility=None)]

    monkeypatch.setattr(Model, "look", look)
    assert cli.main(["ask", photo(1), "Which emotion?"]) == 143


def test_an_ignored_signal_stays_ignored(loaded, photo, monkeypatch):
    """As nohup does with SIGHUP."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(Model, "look", lambda *_: signal.raise_signal(signal.SIGHUP) or [])
        assert cli.main(["ask", photo(1), "Which emotion?"]) == 2, "no face"
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminated_process_leaves_no_partial_file(tmp_path):
    """Sends a real signal to a real process while it writes a file."""
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom emola import cli\nfrom emola.cli import fetch\n"
        "from emola.files import replacing\n"
        "def run(args):\n"
        "    with replacing(Path(sys.argv[1])) as partial:\n"
        "        partial.write_text('half')\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(60)\n"
        "fetch.run = run\nsys.exit(cli.main(['fetch']))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, "emola: terminated\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_process_ends_with_its_exit_code_while_a_model_is_loading(tmp_path):
    """Guards against exit code 134: the end of Python aborts a thread that is inside PyTorch."""
    script = (
        "import atexit, threading\nimport torch\nfrom emola.cli.exit_codes import end_process\n"
        "from emola.ui.shared.model_handle import ModelHandle\n"
        "matrix, begun = torch.ones(500, 500), threading.Event()\n"
        "def load():\n"
        "    while True:\n"
        "        matrix @ matrix\n"
        "        begun.set()\n"
        "ModelHandle(load, name='m').start()\n"
        "begun.wait()\n"
        "atexit.register(print, 'cleaned up')\n"
        "end_process(143)\n"
    )
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (process.returncode, process.stdout, process.stderr) == (143, "cleaned up\n", "")
