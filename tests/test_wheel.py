"""The installed package: a wheel in an environment without the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from emola import downloads

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
BIN = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the package and its assets."""
    source = tmp_path_factory.mktemp("source")
    for name in ("emola", "assets"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    out = source / "dist"
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", out, source)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; its dependencies are those of the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / BIN / Path(sys.executable).name
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    run(*command)
    return python


def run(*command: object, cwd: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_asset_and_nothing_else(wheel: Path) -> None:
    """Guards against a package without weights, style sheet or script; tests or a screenshot in it."""
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {
        f"emola/assets/{file.relative_to(ROOT / 'assets').as_posix()}"
        for file in (ROOT / "assets").rglob("*")
        if file.is_file() and file.name != "screenshot.png"
    }
    assert {name for name in names if name.startswith("emola/assets/")} == shipped
    modules = {
        f"emola/{file.relative_to(ROOT / 'emola').as_posix()}" for file in (ROOT / "emola").rglob("*.py")
    }
    assert modules <= names and "emola/py.typed" in names
    assert {f"emola/bench/trust/{kind}.txt" for kind in ("declined", "on_topic")} <= names
    assert "emola/bench/asked/questions.txt" in names
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"emola"}


@pytest.mark.network
def test_the_installed_package_answers(python: Path, tmp_path: Path) -> None:
    """Guards against `emola ask` that works only beside the checkout."""
    photo = downloads.path("astronaut.png")
    command = python.parent / "emola"
    answered = json.loads(run(command, "ask", photo, "Which emotion is it?", "--json", cwd=tmp_path))
    assert answered["turns"][0]["emotion"] == "happiness"
    where = run(python, "-c", "import emola; print(emola.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(python.parents[1])


@pytest.mark.network
def test_the_installed_package_serves_the_page(python: Path, tmp_path: Path) -> None:
    """Guards against a page without its style, or none at all, from another folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        [python.parent / "emola", "app"],
        cwd=tmp_path,
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        line = next(line for line in process.stdout if "http://" in line)
        url = line[line.index("http://") :].split()[0]
        page = httpx.get(url, trust_env=False)
        assert page.status_code == 200 and "--accent" in page.text
        assert httpx.get(f"{url}/favicon.ico", trust_env=False).status_code == 200
    finally:
        process.terminate()
        process.wait(timeout=30)
