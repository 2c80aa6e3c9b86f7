"""The application of the Space, with a stand-in for the package ``spaces``."""

from __future__ import annotations

import importlib
import runpy
import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import zero_gpu
from forked_gpu import ForkedGpu
from scripted_model import ByteProcessor, ScriptedModel, face
from scripted_model import read as read_answer
from space_files import ROOT

from emola.cli import app
from emola.errors import CheckpointError
from emola.limits import Limits
from emola.settings import read

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

SCRIPT = str(ROOT / "spaces" / "space_app.py")


@pytest.fixture
def gpu(monkeypatch):
    stand_in = ForkedGpu()
    monkeypatch.setitem(sys.modules, "spaces", stand_in)
    for name in ("EMOLA_MODEL", "EMOLA_FETCH", "SPACES_ZERO_GPU"):
        monkeypatch.delenv(name, raising=False)
    yield stand_in
    stand_in.close()


@pytest.fixture
def served(monkeypatch):
    """The arguments of the pages that are served, and the models that are loaded for them."""
    pages: list[tuple[Any, Any]] = []

    def run(args: Any, loader: Any = None) -> int:
        pages.append((args, loader and loader()))
        return 0

    monkeypatch.setattr(app, "run", run)
    return pages


def refuse(*_: Any) -> None:
    raise AssertionError("must not load weights for workers")


def run_script() -> int:
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(SCRIPT, run_name="__main__")
    return int(ended.value.code)


@pytest.mark.parametrize("hardware", ["true", ""])
def test_nano_answers_on_the_cpu_in_this_process(hardware, gpu, served, monkeypatch):
    """Guards against ``auto``, which on ZeroGPU finds a GPU that this process does not have."""
    monkeypatch.setenv("SPACES_ZERO_GPU", hardware)
    monkeypatch.setattr(zero_gpu, "load", refuse)
    assert run_script() == 0
    ((args, model),) = served
    assert (args.model, args.device, args.public, model) == ("nano", "cpu", True, None)


def test_a_rented_gpu_is_used_in_this_process(gpu, served, monkeypatch):
    fetched: list[list[str]] = []
    monkeypatch.setenv("EMOLA_MODEL", "jane/emola-7b")
    monkeypatch.setenv("EMOLA_FETCH", "insightface")
    monkeypatch.setattr("emola.cli.main", lambda argv: fetched.append(argv) or 0)
    monkeypatch.setattr(zero_gpu, "load", refuse)
    assert run_script() == 0
    assert fetched == [["fetch", "insightface"]]
    ((args, model),) = served
    assert (args.model, args.device, model) == ("jane/emola-7b", "auto", None)


def test_the_variables_of_the_operator_apply(gpu, monkeypatch):
    """Guards against a flag of this file that overrides them."""
    settings = []
    monkeypatch.setenv("EMOLA_MOVEMENT_ONLY", "1")
    monkeypatch.setenv("EMOLA_TURNS", "7")
    monkeypatch.setattr(app, "run", lambda args: settings.append(app._settings(args)) or 0)
    assert run_script() == 0
    ((operation, limits),) = settings
    assert operation.public and operation.movement_only
    assert limits.turns == 7
    assert limits.question_length == read(Limits, {}, {}, public=True).question_length


def test_a_large_model_answers_in_workers(gpu, served, monkeypatch):
    """Guards against a page whose model is not the one that the workers inherit."""
    network = ScriptedModel("yes")
    network.config.title, network.config.reading, network.dtype = "EmoLA-7B", None, torch.bfloat16
    loaded = SimpleNamespace(model=network, processor=ByteProcessor(), _evidence=None, _quantize=None)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setenv("EMOLA_MODEL", "jane/emola-7b")
    monkeypatch.setattr(zero_gpu, "load", lambda name, answer: zero_gpu.ZeroGpuModel(loaded, answer))
    monkeypatch.delitem(sys.modules, "space_app", raising=False)
    assert importlib.import_module("space_app").serve() == 0
    ((args, model),) = served
    assert args.model == "jane/emola-7b"
    assert read_answer(model.chat(face()).ask("q")) == "yes"
    assert gpu.yielded == [3] and network.fed == []
    monkeypatch.delitem(sys.modules, "space_app")


def test_a_model_that_cannot_be_loaded_is_one_line(gpu, served, monkeypatch, capsys):
    """Guards against a traceback in the log of the Space."""

    def fail(*_: Any) -> None:
        raise CheckpointError("There is no model 'jane/emola-7b'; give another.")

    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setenv("EMOLA_MODEL", "jane/emola-7b")
    monkeypatch.setattr(zero_gpu, "load", fail)
    assert run_script() == 2
    assert capsys.readouterr().err == "emola: There is no model 'jane/emola-7b'; give another.\n"
    assert served == []
