"""The application of the Space, with a stand-in for the package ``spaces``."""

from __future__ import annotations

import importlib
import runpy
import sys
from types import SimpleNamespace
from typing import Any

import pytest
import zero_gpu
from forked_gpu import ForkedGpu
from scripted_model import ByteProcessor, ScriptedModel, face, read
from space_files import ROOT

from emola.cli import app

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

SCRIPT = str(ROOT / "spaces" / "space_app.py")


@pytest.fixture
def gpu(monkeypatch):
    stand_in = ForkedGpu()
    monkeypatch.setitem(sys.modules, "spaces", stand_in)
    for name in ("EMOLA_MODEL", "EMOLA_OPTIONS", "EMOLA_FETCH"):
        monkeypatch.delenv(name, raising=False)
    yield stand_in
    stand_in.close()


@pytest.fixture
def commands(monkeypatch):
    """The arguments that the command line gets."""
    given: list[list[str]] = []
    monkeypatch.setattr("emola.cli.main", lambda argv: given.append(argv) or 0)
    return given


def refuse(*_: Any) -> None:
    raise AssertionError("must not load weights for workers")


@pytest.mark.parametrize("hardware", ["true", ""])
def test_nano_answers_on_the_cpu_in_this_process(hardware, gpu, commands, monkeypatch):
    """Guards against ``auto``, which on ZeroGPU finds a GPU that this process does not have."""
    monkeypatch.setenv("SPACES_ZERO_GPU", hardware)
    monkeypatch.setenv("EMOLA_OPTIONS", "--movement-only")
    monkeypatch.setattr(zero_gpu, "load", refuse)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(SCRIPT, run_name="__main__")
    assert ended.value.code == 0
    assert commands == [["app", "--model", "nano", "--device", "cpu", "--movement-only"]]


def test_a_rented_gpu_is_used_in_this_process(gpu, commands, monkeypatch):
    monkeypatch.delenv("SPACES_ZERO_GPU", raising=False)
    monkeypatch.setenv("EMOLA_MODEL", "jane/emola-7b")
    monkeypatch.setenv("EMOLA_FETCH", "insightface")
    monkeypatch.setattr(zero_gpu, "load", refuse)
    with pytest.raises(SystemExit):
        runpy.run_path(SCRIPT, run_name="__main__")
    assert commands == [
        ["fetch", "insightface"],
        ["app", "--model", "jane/emola-7b", "--device", "auto"],
    ]


def test_a_large_model_answers_in_workers(gpu, monkeypatch):
    """Guards against a page whose model is not the one that the workers inherit."""
    network, served = ScriptedModel("yes"), []
    loaded = SimpleNamespace(
        model=network, processor=ByteProcessor(), name="EmoLA-7B", info={"device": "cpu"}
    )
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setenv("EMOLA_MODEL", "jane/emola-7b")
    monkeypatch.setattr(zero_gpu, "load", lambda name: loaded)

    def run(args: Any, loader: Any) -> int:
        served.append((args.model, loader()))
        return 0

    monkeypatch.setattr(app, "run", run)
    monkeypatch.delitem(sys.modules, "space_app", raising=False)
    assert importlib.import_module("space_app").serve() == 0
    ((name, model),) = served
    assert name == "jane/emola-7b"
    assert model.info["device"] == "cuda"
    assert read(model.chat(face()).ask("q")) == "yes"
    assert gpu.yielded == [3] and network.fed == []
    monkeypatch.delitem(sys.modules, "space_app")
