"""The benchmark of the published size, on a small model without a GPU."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import gpu_7b


def test_says_that_there_is_no_gpu(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["gpu_7b.py"])
    assert gpu_7b.main() == 2
    errors = capsys.readouterr().err
    assert errors.startswith("gpu_7b: There is no CUDA device") and errors.count("\n") == 1


@pytest.mark.slow
def test_measures_a_small_model(tmp_path: Path) -> None:
    """The figures of a GPU are missing here; the others are those of a real run."""
    args = argparse.Namespace(shape="tiny", folder=tmp_path, quantize=["bf16"], at_once=3, tokens=4)
    figures = gpu_7b.measure(args, "cpu")
    assert json.loads(json.dumps(figures)) == figures
    values = figures["kinds"]["bf16"]
    assert values["load_seconds"] > 0 and values["tokens_per_second"] > 0
    assert set(values["at_once"]) == {"one adapter", "both adapters"}
    for together in values["at_once"].values():
        assert together["tokens_per_second"] > 0 and together["slowest_first_token_seconds"] > 0
    assert list(tmp_path.iterdir()) == []
    assert any(line.startswith("bf16") for line in gpu_7b.report(figures))
