"""``emola fetch``."""

import json

from emola import cli, downloads


def test_prints_the_paths(cache, tmp_path, capsys):
    assert cli.main(["fetch", "face"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'face_landmarker.task'}\n"
    assert err == "Fetching face_landmarker.task (0.0 MB)\n"
    assert cli.main(["fetch", "--json"]) == 0
    paths = json.loads(capsys.readouterr().out)
    restricted = {*downloads.GROUPS["insightface"], *downloads.GROUPS["test-photos"]}
    assert set(paths) == {*downloads.FILES, "SmolLM2-135M-Instruct"} - restricted
    assert paths["SmolLM2-135M-Instruct"] == str(tmp_path / "unpacked")


def test_shows_the_terms_before_fetching_restricted_files(cache, tmp_path, capsys):
    assert cli.main(["fetch", "insightface"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / '2d106det.onnx'}\n"
    terms, fetching = err.splitlines()
    assert "non-commercial" in terms and downloads.FILES["2d106det.onnx"].sha256 in terms
    assert fetching.startswith("Fetching 2d106det.onnx")
