"""Exit codes and error messages of the command line."""

import subprocess
import sys
from pathlib import Path

import pytest
from cli_fakes import Model
from PIL import Image

from emola import cli


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["ask", "gone.png", "Hm?"], "emola: There is no picture at gone.png."),
        (["ask", "PHOTO0", "Hm?"], "emola: No face was found in PHOTO0."),
        (
            ["ask", "PHOTO1", "Hm?", "--model", "broken"],
            "emola: The folder broken has no config.json: is it a checkpoint?",
        ),
        (["ask", "PHOTO1"], "emola ask: the following arguments are required: QUESTION; --help shows"),
        (["bench", "--data", "gone", "--task", "au"], "emola: There is no data set at gone."),
        (["score", "gone.json", "--task", "au"], "emola: There is no file gone.json."),
        (
            ["score", "x", "--task", "au", "--parser", "lax"],
            "emola score: argument --parser: 'lax' is not one of",
        ),
        (["annotate", "gone.png", "--task", "au", "--out", "x"], "emola: There is no picture at gone.png."),
        (
            ["annotate", "gone.png", "--task", "au"],
            "emola annotate: the following arguments are required: --out",
        ),
        (["bench", "--data", "x", "--task", "age"], "emola bench: argument --task: invalid choice: 'age'"),
        (
            ["bench", "--data", "x", "--task", "au", "--limit", "0"],
            "emola bench: argument --limit: '0' is not a",
        ),
        (
            ["bench", "--data", "x", "--task", "au", "--action-units", "AU1"],
            "emola bench: argument --action-units: 'AU1' is not a list",
        ),
        (["fetch", "everything"], "emola fetch: argument what: invalid choice: 'everything'"),
        (
            ["convert", "--base", "b", "--adapter", "au", "--out", "o"],
            "emola convert: argument --adapter: 'au' is",
        ),
        (
            ["convert", "--base", "b", "--adapter", "au=a", "--adapter", "au=c", "--out", "o"],
            "emola: Two adapters have the same name; give each a name of its own.",
        ),
        (
            ["convert", "--base", "b", "--adapter", "au=gone", "--out", "o"],
            "emola: There is no adapter at gone.",
        ),
        (["dance"], "emola: argument COMMAND: invalid choice: 'dance'"),
        ([], "emola: the following arguments are required: COMMAND"),
    ],
)
def test_invalid_input_gives_one_line_and_exit_code_2(loaded, photo, capsys, command, line):
    command = [photo(int(word[-1])) if word.startswith("PHOTO") else word for word in command]
    try:
        code = cli.main(command)
    except SystemExit as exit_:  # raised by argparse
        code = exit_.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith(line.replace("PHOTO0", photo(0)))


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("matplotlib", "matplotlib", "plots"), ("sklearn", "scikit-learn", "train")],
)
def test_names_a_missing_optional_package(loaded, photo, capsys, monkeypatch, module, package, extra):
    """Handled centrally, wherever the package is imported."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(Model, "look", lambda *_: __import__(module))
    assert cli.main(["ask", photo(1), "Which emotion?"]) == 2
    assert capsys.readouterr().err == (
        f"emola: This needs {package}, which is not installed: pip install {package}, or pip install "
        f'"emola[{extra}]".\n'
    )


def test_an_unknown_missing_module_is_raised(loaded, photo, monkeypatch):
    monkeypatch.setattr(Model, "look", lambda *_: __import__("no_such_module"))
    with pytest.raises(ModuleNotFoundError):
        cli.main(["ask", photo(1), "Which emotion?"])


def test_reports_missing_matplotlib_before_asking(labelled, capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    command = ["bench", "--data", str(labelled), "--task", "au", "--report", str(tmp_path / "report")]
    assert cli.main(command) == 2
    assert "pip install matplotlib" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_gives_one_line(labelled):
    command = [sys.executable, "-m", "emola", "data", "stats", str(labelled), "--json"]
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert process.returncode == 2
    assert process.stderr == "emola: The output cannot be written: No space left on device.\n"


def test_names_an_unwritable_folder(tmp_path, capsys, monkeypatch):
    def read_only(*_, **__):
        raise OSError(30, "Read-only file system", "plots")

    Image.new("RGB", (24, 24)).save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("image,emotion\na.png,anger\n", "utf-8")
    monkeypatch.setattr("emola.data.plots.plot_statistics", read_only)
    assert cli.main(["data", "stats", str(tmp_path), "--plots", str(tmp_path / "plots")]) == 2
    assert capsys.readouterr().err == "emola: plots cannot be used: Read-only file system.\n"


def test_a_closed_pipe_gives_no_traceback(tmp_path):
    Image.new("L", (20, 20)).save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("image,emotion\na.png,fear\n")
    command = [sys.executable, "-m", "emola", "data", "stats", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 141


def test_every_command_has_help(capsys):
    for command in ("", *cli.COMMANDS):
        with pytest.raises(SystemExit) as exit_:
            cli.main([*command.split(), "--help"])
        assert exit_.value.code == 0, command
        assert f"usage: emola {command}".strip() in capsys.readouterr().out
