"""``emola convert`` on tiny files in the published layout."""

import json
from pathlib import Path

from emola import cli

PUBLISHED = Path(__file__).parents[1] / "fixtures" / "published"


def convert_command(out, *flags):
    return [
        *("convert", "--base", str(PUBLISHED / "llava-v1.5-tiny")),
        *("--vision-tower", str(PUBLISHED / "clip-tiny")),
        *("--adapter", f"au={PUBLISHED / 'llava-v1.5-tiny-lora-emola-au'}"),
        *("--out", str(out), *flags),
    ]


def test_converts_and_prints_a_report(tmp_path, capsys):
    assert cli.main(convert_command(tmp_path / "out")) == 0
    out, _ = capsys.readouterr()
    assert "llava-v1.5-tiny/pytorch_model.bin: 34 tensors used\n" in out
    assert "llava-v1.5-tiny/pytorch_model.bin: 3 skipped, computed from the configuration\n" in out
    assert out.endswith(f"adapter au: rank 8, trained on llava-v1.5-tiny\n{tmp_path / 'out'} is ready.\n")
    assert cli.main(convert_command(tmp_path / "again", "--json")) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((tmp_path / "out" / "conversion.json").read_text())
    assert cli.main(convert_command(tmp_path / "out")) == 2
    out, err = capsys.readouterr()
    assert out == "" and err == (
        f"emola: {tmp_path / 'out'} already exists; choose another folder or remove it.\n"
    )
