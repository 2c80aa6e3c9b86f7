"""``emola score``."""

import json

import pytest

from emola import cli


def test_scores_a_file_of_answers(tmp_path, capsys):
    file = tmp_path / "answers.jsonl"
    sample = {"label": "4", "prediction": "AU4 is active, AU9 is not.", "reference": "AU4 is active."}
    file.write_text(json.dumps(sample) + "\n")
    assert cli.main(["score", str(file), "--task", "au", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["n"], figures["f1"], figures["per_au"]["4"]) == (1, 1.0, {"f1": 1.0, "support": 1})
    assert figures["rege"] == pytest.approx(1 + figures["rouge_l"])
    out, report = tmp_path / "out.json", tmp_path / "report"
    command = ["score", str(file), "--task", "au", "--action-units", "4,9", "--json", str(out)]
    assert cli.main([*command, "--report", str(report)]) == 0
    assert list(json.loads(out.read_text())["per_au"]) == ["4", "9"]
    assert "rege" in capsys.readouterr().out
    assert (report / "report.html").exists()
