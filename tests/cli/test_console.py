"""What a command writes to the console when nothing is wrong: its own lines, and no library's."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

import tiny_models as tiny

from emola import downloads
from emola.face.prior import PRIOR_DIM

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
def test_commands_say_nothing_but_their_own_lines(tmp_path):
    """One process for all of them, because loading the libraries takes longest; file descriptors and all."""
    model = tiny.save_checkpoint(tmp_path / "model", tiny.resnet_config(prior_dim=PRIOR_DIM), ("tiny",))
    two = tiny.save_checkpoint(tmp_path / "two", tiny.resnet_config(prior_dim=PRIOR_DIM), ("au", "emotion"))
    photo, group = downloads.path("surprise.jpg"), downloads.path("group.jpg")
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "1.jpg").write_bytes(photo.read_bytes())
    (folder / "labels.csv").write_text("image,emotion,action_units\n1.jpg,surprise,1+2\n", "utf-8")
    few = "--max-new-tokens|4"
    expected = {
        f"ask|{photo}|Why?|--model|{model}": [],
        f"ask|{group}|Why?|--model|{two}|--json": [],
        f"ask|{photo}|Why?|--model|{model}|--quantize|nf4": [],
        f"ask|{photo}|Why?|--model|{model}|--quantize|int8": [],
        f"annotate|{folder}/1.jpg|--task|au|--out|{tmp_path}/a.jsonl|--model|{model}|{few}": [
            "Asking pictures"
        ],
        f"bench|--data|{folder}|--task|au|--json|{tmp_path}/b.json|--model|{two}|{few}|--report|"
        f"{tmp_path}/report": ["Asking faces"],
        f"score|{tmp_path}/b.answers.jsonl|--task|au|--report|{tmp_path}/report": [],
        f"data|stats|{folder}": [],
        f"convert|--base|{PUBLISHED}/llava-v1.5-tiny|--vision-tower|{PUBLISHED}/clip-tiny|--adapter|"
        f"au={PUBLISHED}/llava-v1.5-tiny-lora-emola-au|--out|{tmp_path}/converted": ["Writing weights"],
        "fetch|face": [],
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN], input="\n".join(expected), cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    said, ours = done.stderr.split("> ")[1:], ("Asking", "Checking", "Reading", "Writing")
    assert len(said) == len(expected)
    for part, (command, lines) in zip(said, expected.items(), strict=True):
        found = part.splitlines()[1:]
        assert [line for line in found if not line.startswith(ours)] == [], command
        assert set(lines) <= set(found), command
