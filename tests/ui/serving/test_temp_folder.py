"""The private temporary folder, after normal and abnormal exits."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

from emola.errors import EmolaError
from emola.ui.serving import temp_folder

pytestmark = pytest.mark.slow

PROGRAM = """
import runpy, sys, time
folder = runpy.run_path(sys.argv[1])["temp_folder"]()  # without the import of Gradio
(folder / "photo.jpg").write_bytes(b"photo")
print(folder, flush=True)
time.sleep(60 if sys.argv[2:] else 0)
"""


def start(root: Path, *wait: str) -> tuple[subprocess.Popen[str], Path]:
    environment = {**os.environ, "TMPDIR": str(root), "TEMP": str(root), "TMP": str(root)}
    environment["PYTHONPATH"] = str(Path(temp_folder.__file__).parents[3])
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, temp_folder.__file__, *wait],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def folders_in(root: Path) -> list[Path]:
    return sorted(root.glob(f"{temp_folder.PREFIX}*"))


def test_the_folder_is_private_and_removed_at_exit(tmp_path: Path) -> None:
    """Guards against photos that other users can read or that remain after exit."""
    process, folder = start(tmp_path, "wait")
    assert folder.parent == tmp_path.resolve()
    if os.name == "posix":
        assert folder.stat().st_mode & 0o777 == 0o700
    process.kill()
    process.wait()
    process, folder = start(tmp_path)
    process.wait()
    assert folders_in(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_removes_the_folder_of_a_killed_process(tmp_path: Path) -> None:
    """Guards against keeping photos after ``kill -9``, and deleting those of a running server."""
    killed, killed_folder = start(tmp_path, "wait")
    alive, alive_folder = start(tmp_path, "wait")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert (killed_folder / "photo.jpg").exists()
    sweeping, _ = start(tmp_path)
    sweeping.wait()
    assert folders_in(tmp_path) == [alive_folder]
    assert (alive_folder / "photo.jpg").exists()
    alive.kill()
    alive.wait()


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_sweeps_only_folders_of_this_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against links and folders that another user planted in a shared temporary folder."""
    target = tmp_path / "precious"
    target.mkdir()
    (target / "file").touch()
    link = tmp_path / f"{temp_folder.PREFIX}link"
    link.symlink_to(target)
    temp_folder.sweep(tmp_path)
    assert (target / "file").exists()
    foreign = tmp_path / f"{temp_folder.PREFIX}foreign"
    foreign.mkdir()
    monkeypatch.setattr(os, "getuid", lambda: foreign.stat().st_uid + 1)
    temp_folder.sweep(tmp_path)
    assert foreign.exists()


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("gettempdir", FileNotFoundError(errno.ENOENT, "No usable temporary directory found")),
        ("mkdtemp", OSError(errno.ENOSPC, "No space left on device", "/tmp/emola-page-x")),
        ("mkdtemp", OSError(errno.EROFS, "Read-only file system", "/tmp/emola-page-x")),
    ],
)
def test_a_system_without_a_writable_folder_is_reported(
    function: str, error: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a traceback in a container with a read-only root and no tmpfs."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(tempfile, function, fail)
    with pytest.raises(EmolaError, match=f"temporary folder that can be written \\({error.strerror}\\)"):
        temp_folder.temp_folder.__wrapped__()


def test_keeps_the_folder_of_a_running_process(tmp_path: Path) -> None:
    """Guards against servers that delete each other's files."""
    folder = tmp_path / f"{temp_folder.PREFIX}used"
    folder.mkdir()
    with FileLock(folder / temp_folder._LOCK):
        temp_folder.sweep(tmp_path)
        assert folder.exists()
    temp_folder.sweep(tmp_path)
    assert not folder.exists()
