"""Commands print their own lines only; libraries print nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
import tiny_models as tiny

from emola import downloads
from emola.face.prior import PRIOR_DIM

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "tests" / "fixtures" / "published"
RUN = """
import sys
from emola import cli
for line in sys.stdin.read().splitlines():
    print(">", line, file=sys.stderr, flush=True)
    assert cli.main(line.split("|")) == 0, line
    sys.stderr.flush()
"""


@pytest.mark.network
def test_commands_print_their_own_lines_only(tmp_path):
    """Runs all commands in one new process, because libraries print while they are imported."""
    model = tiny.save_checkpoint(tmp_path / "model", tiny.resnet_config(prior_dim=PRIOR_DIM), ("tiny",))
    two = tiny.save_checkpoint(tmp_path / "two", tiny.resnet_config(prior_dim=PRIOR_DIM), ("au", "emotion"))
    photo, group = downloads.path("surprise.jpg"), downloads.path("group.jpg")
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(photo.read_bytes())
    (folder / "labels.csv").write_text("image,emotion,action_units\n1.jpg,surprise,1+2\n", "utf-8")
    few = "--max-new-tokens|4"
    annotate = f"annotate|{folder}/1.jpg|--task|au|--model|{model}|{few}"
    expected = {
        f"ask|{photo}|Why?|--model|{model}": [],
        f"ask|{group}|Why?|--model|{two}|--json": [],
        f"{annotate}|--out|{tmp_path}/a.jsonl": ["Asking pictures"],
        f"{annotate}|--out|{tmp_path}/b.jsonl|--quantize|nf4": ["Asking pictures"],
        f"{annotate}|--out|{tmp_path}/c.jsonl|--quantize|int8": ["Asking pictures"],
        f"bench|--data|{folder}|--task|au|--json|{tmp_path}/b.json|--model|{two}|{few}|--report|"
        f"{tmp_path}/report": ["Asking faces"],
        f"score|{tmp_path}/b.answers.jsonl|--task|au|--report|{tmp_path}/report": [],
        f"data|stats|{folder}": [],
        f"convert|--base|{PUBLISHED}/llava-v1.5-tiny|--vision-tower|{PUBLISHED}/clip-tiny|--adapter|"
        f"au={PUBLISHED}/llava-v1.5-tiny-lora-emola-au|--out|{tmp_path}/converted": ["Writing weights"],
        "fetch|face": [],
    }
    process = subprocess.run(
        [sys.executable, "-c", RUN], input="\n".join(expected), cwd=ROOT, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    outputs, own_verbs = process.stderr.split("> ")[1:], ("Asking", "Checking", "Reading", "Writing")
    assert len(outputs) == len(expected)
    for output, (command, required) in zip(outputs, expected.items(), strict=True):
        lines = output.splitlines()[1:]
        assert [line for line in lines if not line.startswith(own_verbs)] == [], command
        assert set(required) <= set(lines), command
