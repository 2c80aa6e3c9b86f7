"""The examples for programs, in the guide of the server and in docs/programs.md, run against a server."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import pytest
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.ui.serving.agents import DEFAULT_ADDRESS
from emola.ui.serving.server import PageServer
from emola.ui.shared.model_handle import ModelHandle

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "assets" / "agents.md", ROOT / "docs" / "programs.md"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = PageServer(ModelHandle.of(FakeModel(answers=ANSWERS[:1])), {})
    yield server.launch(quiet=True)
    server.close()


def blocks(page: Path, language: str, url: str) -> list[str]:
    """Return the blocks of a page in a language, with the address of a server."""
    text = page.read_text("utf-8").replace(DEFAULT_ADDRESS, url.rstrip("/"))
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.S | re.M)


def run(page: Path, url: str) -> dict[str, Any]:
    """Run the Python blocks of a page and return their names."""
    names: dict[str, Any] = {}
    for block in blocks(page, "python", url):
        exec(compile(block, page.name, "exec", dont_inherit=True), names)
    return names


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of an example."""
    save(drawing(), tmp_path, "portrait.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_examples_run(page: Path, url: str, folder: Path) -> None:
    names = run(page, url)
    assert names["answer"] == ANSWERS[0]
    assert len(names["found"]["faces"]) == 1
    assert names["evidence"]["measured"] is True


def test_the_results_have_the_documented_types(url: str, folder: Path) -> None:
    """Guards against documented keys that a result lacks, and results that the page does not mention."""
    names = run(ROOT / "docs" / "programs.md", url)
    assert faults(names["found"], names["Look"]) == []
    assert faults(names["evidence"], names["Evidence"]) == []


def faults(value: Any, hint: Any, where: str = "") -> list[str]:
    """Return the places where a JSON value differs from a type."""
    kind = get_origin(hint)
    if is_typeddict(hint):
        hints = get_type_hints(hint)
        if set(value) != set(hints):
            return [f"{where}: {sorted(set(value) ^ set(hints))}"]
        return [fault for key in hints for fault in faults(value[key], hints[key], f"{where}.{key}")]
    if kind in (UnionType, Union):
        return [] if any(not faults(value, part) for part in get_args(hint)) else [where]
    if kind is Literal:
        return [] if value in get_args(hint) else [where]
    if kind is list:
        if not isinstance(value, list):
            return [where]
        return [fault for item in value for fault in faults(item, get_args(hint)[0], where)]
    expected = (int, float) if hint is float else kind or hint
    fits = isinstance(value, expected) and (hint is bool or not isinstance(value, bool))
    return [] if fits else [where]


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="there is no curl")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_curl_examples_run(page: Path, url: str, folder: Path) -> None:
    """Guards against a session that is lost between two calls."""
    (script,) = blocks(page, "sh", url)
    done = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    results = re.findall(r"^event: complete\ndata: (.*)$", done.stdout, flags=re.M)
    assert len(results) == 3 and "event: error" not in done.stdout
    assert '"faces"' in results[0] and "AU12" in results[1] and '"agree"' in results[2]
