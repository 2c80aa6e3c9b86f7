"""Two processes of ``accelerate launch`` on the CPU give the results of a single one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import launched
import pytest
from PIL import Image

import emola
from emola import cli
from emola.cli.processes import device_for, join_process_group

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
LAUNCH = [
    *(sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes=2"),
    *("--num_machines=1", "--mixed_precision=no", "--dynamo_backend=no", "--main_process_port=0"),
]


def arguments(out: Path, pictures: Path) -> list[str]:
    return ["annotate", str(pictures), "--task", "au", "--out", str(out)]


def launch(out: Path, pictures: Path) -> str:
    """Run the command in two processes and return their log."""
    process = subprocess.run(
        [*LAUNCH, str(HERE / "launched.py"), *arguments(out, pictures)],
        cwd=HERE.parents[1],
        env={
            **os.environ,
            "PYTHONPATH": str(HERE.parents[1]),
            "OMP_NUM_THREADS": "1",
            "CUDA_VISIBLE_DEVICES": "",
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout.count(str(out)) == 1
    return process.stderr


def test_two_processes_share_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for level in range(1, 12):
        Image.new("L", (30, 30), 20 * level).save(pictures / f"{level:02}.png")
    monkeypatch.setitem(vars(emola), "load", launched.load)
    monkeypatch.setattr("emola.chat.batch.answer_batch", launched.answer_batch)
    assert cli.main(arguments(tmp_path / "one.jsonl", pictures)) == 0
    assert capsys.readouterr().out.count("one.jsonl") == 1
    log = launch(tmp_path / "two.jsonl", pictures)
    assert "process 0 of 2 answers 6" in log
    assert "process 1 of 2 answers 5" in log
    single, shared = (
        [
            {name: value for name, value in json.loads(line).items() if name != "seconds"}
            for line in (tmp_path / file).read_text("utf-8").splitlines()
        ]
        for file in ("one.jsonl", "two.jsonl")
    )
    assert shared == single
    assert len(shared) == 11
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        *("one.jsonl", "one.summary.json", "pictures"),
        *("two.jsonl", "two.summary.json"),
    ]


def test_a_single_process_is_a_team_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with join_process_group() as group:
        assert (group.rank, group.size) == (0, 1)
        assert device_for(group, "auto") == "auto"


def test_assigns_one_gpu_to_each_process(monkeypatch: pytest.MonkeyPatch) -> None:
    from emola.bench import ProcessGroup

    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert device_for(ProcessGroup(5, 8), "auto") == "cuda:3"
    assert device_for(ProcessGroup(5, 8), "cpu") == "cpu"
