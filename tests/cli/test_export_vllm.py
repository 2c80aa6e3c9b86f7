"""``emola export-vllm``."""

import json
import shlex

import pytest
import tiny_models as tiny

from emola import cli


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkpoint")
    return tiny.save_checkpoint(folder, tiny.resnet_config(title="EmoLA-Tiny"), ("one", "two"))


def export(checkpoint, out, *flags):
    return cli.main(["export-vllm", "--model", str(checkpoint), "--out", str(out), *flags])


def test_prints_the_command_that_serves_each_export(checkpoint, tmp_path, capsys):
    out = tmp_path / "two words"
    assert export(checkpoint, out) == 0
    commands = [shlex.split(line) for line in capsys.readouterr().out.splitlines()]
    folders = sorted(str(path) for path in out.iterdir())
    assert sorted(words[2] for words in commands) == folders and len(folders) == 2
    for words in commands:
        assert words[:2] == ["vllm", "serve"]
        assert words[3:] == shlex.split(
            "--enable-prompt-embeds --dtype bfloat16 --max-model-len 512 --host 127.0.0.1"
        )


def test_prints_json(checkpoint, tmp_path, capsys):
    flags = ("--adapter", "two", "--dtype", "float32", "--json")
    assert export(checkpoint, tmp_path / "out", *flags) == 0
    (facts,) = json.loads(capsys.readouterr().out)
    assert (facts["adapter"], facts["dtype"], facts["context"]) == ("two", "float32", 512)
    assert (tmp_path / "out" / facts["name"] / "config.json").is_file()


def test_fetches_the_language_model_of_nano(checkpoint, tmp_path, monkeypatch, capsys):
    fetched = []
    monkeypatch.setattr("emola.cli.fetch.fetch_groups", fetched.append)
    monkeypatch.setattr("emola.model.loading.NANO", checkpoint)
    assert cli.main(["export-vllm", "--out", str(tmp_path / "out")]) == 0
    assert fetched == [("nano",)]
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_an_unknown_adapter_is_one_line(checkpoint, tmp_path, capsys):
    assert export(checkpoint, tmp_path / "out", "--adapter", "three") == 2
    assert capsys.readouterr().err == f"emola: {checkpoint} has no adapter 'three'; it has one, two.\n"
