"""Invalid values of every argument give one line and exit code 2; the arguments come from the parser."""

import argparse
import json
import re
import shutil
import socket
from pathlib import Path

import pytest
import tiny_models as tiny
from PIL import Image

from emola import cli, downloads
from emola.cli import options
from emola.face.prior import PRIOR_DIM
from emola.model import loading

ROOT = Path(__file__).parents[2]

EMPTY = ["", "  ", "\n"]
WORDS = ["nonsense", "two\nlines", "ünïcödé", "\x1b[31mred", "x" * 5000]
NUMBERS = ["-1", "1.5", "1e3", "x", "٣", "99999999999999999999", "9" * 5000, "nan", "two\nlines"]
LONG = ["x" * 300, "a/" * 3000]
MISSING = ["gone", "gone/below", "two\nlines", "ünïcödé", "answers.jsonl/below", *LONG]

BY_TYPE = {
    options.positive_int: [*NUMBERS, "0"],
    options.non_negative_int: NUMBERS,
    options.action_unit_codes: [
        *("99", "1,99", "AU1", "1;2", "1,,2", "1,1", "-1", ",", "1.5", "two\nlines", "9" * 5000)
    ],
    options.plots_dir: ["answers.jsonl", "answers.jsonl/below", *LONG],
}
MODELS = [
    *MISSING,
    *("answers.jsonl", "/dev/null", "empty", "llama", "nobody/nothing", "https://host/a/b", "nano2"),
]
DEVICES = ["gpu", "cuda:99", "cuda:-1", "cuda:x", "mps:3", "xpu:9", "meta", "CPU", "cpu,cuda", *WORDS]
DATA = [*MISSING, "empty", "answers.jsonl", "portrait.png", "broken.zip"]
BY_NAME = {
    "--model": MODELS,
    "--device": DEVICES,
    "--data": DATA,
    "PATH": DATA,
    "IMAGE": [*MISSING, "empty", "answers.jsonl", "black.png"],
    "IMAGES": [*MISSING, "empty"],
    "QUESTION": ["word " * 3000],
    "--question": ["word " * 3000],
    "FILE": [*MISSING, "portrait.png", "empty"],
    "RECIPE.yaml": [*MISSING, "portrait.png", "answers.jsonl", "empty"],
    "--set": [
        *("nonsense", "=3", "out", "seed=x", "seed=-1", "seed=.nan", "stage=[", "nothing=1", "out="),
        *("faces=3", "hold_out=two\nlines", "folds=[]", "strength=.inf", "strength=-1"),
        *(f"seed={'9' * 5000}", f"faces={'[' * 5000}"),
    ],
    "--stage": [*WORDS, "Evidence", "two\nlines"],
    "--out": [],
    "--answers": ["empty", "portrait.png/below"],
    "--from-answers": [*MISSING, "portrait.png", "empty"],
    "--json": ["empty", "portrait.png/below"],
    "--features": [*MISSING, "answers.jsonl"],
    "--parser": WORDS,
    "--network": ["answers.jsonl", "empty", *MISSING],
    "--base": [*MISSING, "answers.jsonl", "empty", "llama", "nobody/nothing"],
    "--adapter": ["au", "=x", "au=", "au=gone", "au=answers.jsonl", "au=empty", "a b=empty", "auto=empty",
                  "two\nlines=empty"],
    "--vision-tower": [*MISSING, "empty", "nobody/nothing"],
    "--host": ["nonsense", "256.1.1.1", "two\nlines", "a..b", "x" * 300, "8.8.8.8"],
    "--port": ["0", "99999", "BUSY", *(number for number in NUMBERS if number.isascii())],
    "--concurrency": ["0", "-1", "1.5", "x", "two\\nlines"],
    "--allow-host": [],
    "--embed": ["nonsense", "ftp://a", "https://"],
    "--engine-url": ["gpu1:8000", "ftp://a", "http://user:key@a", "http://a:99999", "http://a:1", *WORDS],
}  # fmt: skip
"""Invalid values besides the empty ones; an empty list if there are none."""

OUT = {
    "annotate": ["empty", "portrait.png/below", "/dev/null/below", *LONG],
    "convert": ["portrait.png", "portrait.png/below", "llama", *LONG],
    "export-vllm": ["portrait.png", "portrait.png/below", "llama", *LONG],
    "features": ["portrait.png/below"],
    "faces": ["portrait.png", "portrait.png/below"],
}
"""Invalid values of --out by command."""

VALID = {
    "annotate": "annotate portrait.png --task au --out out.jsonl --max-new-tokens 2",
    "app": "app",
    "ask": "ask portrait.png Why?",
    "bench": "bench --data faces --task emotion --max-new-tokens 2",
    "check-exchanges": "check-exchanges faces",
    "convert": f"convert --base {ROOT}/tests/fixtures/published/llava-v1.5-tiny --vision-tower "
    f"{ROOT}/tests/fixtures/published/clip-tiny --adapter "
    f"au={ROOT}/tests/fixtures/published/llava-v1.5-tiny-lora-emola-au --out converted",
    "data check": "data check faces",
    "data stats": "data stats faces",
    "data features": "data features faces --out features --network gone.onnx",
    "data frames": "data frames faces",
    "export-vllm": "export-vllm --out exported",
    "fetch": "fetch face",
    "score": "score answers.jsonl --task au",
    "train": "train recipe.yaml",
}
"""A valid command line of each command, in which the tests replace one value."""


def walk(parser, words=()):
    """Yield the words and the parser of every command."""
    subparsers = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not subparsers:
        yield " ".join(words), parser
    for action in subparsers:
        for name, child in action.choices.items():
            yield from walk(child, (*words, name))


def invalid_values(command, action):
    """Return the invalid values of an argument, or None if this file lists none."""
    if action.choices:
        return WORDS
    if action.type in BY_TYPE:
        return BY_TYPE[action.type]
    name = action.option_strings[-1] if action.option_strings else action.metavar or action.dest
    if name == "--out":
        return OUT.get(command.split()[-1])
    return BY_NAME.get(name)


COMMANDS = dict(walk(cli.build_parser()))
ARGUMENTS = [
    (command, action)
    for command, parser in COMMANDS.items()
    for action in parser._actions
    if action.nargs != 0 and not isinstance(action, argparse._SubParsersAction)
]


def case_id(case):
    command, action = case
    return f"{command} {action.option_strings[-1] if action.option_strings else action.dest}"


def test_every_command_has_a_valid_line():
    assert VALID.keys() == COMMANDS.keys()
    for line in VALID.values():
        cli.build_parser().parse_args(line.split())


def test_this_file_lists_invalid_values_of_every_argument():
    assert [case_id(case) for case in ARGUMENTS if invalid_values(*case) is None] == []


@pytest.fixture(scope="module")
def nano(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nano")
    return tiny.save_checkpoint(folder, tiny.resnet_config(prior_dim=PRIOR_DIM), ("tiny",))


@pytest.fixture(scope="module")
def workspace(nano, tmp_path_factory):
    """A folder with the files of the valid command lines and with unsuitable files."""
    folder = tmp_path_factory.mktemp("workspace")
    shutil.copy(downloads.path("surprise.jpg"), folder / "portrait.png")
    Image.new("RGB", (64, 64)).save(folder / "black.png")
    (folder / "faces").mkdir()
    shutil.copy(downloads.path("surprise.jpg"), folder / "faces" / "1.jpg")
    (folder / "faces" / "labels.csv").write_text("image,emotion,action_units\n1.jpg,surprise,1+2\n", "utf-8")
    (folder / "answers.jsonl").write_text('{"label": "1", "prediction": "AU1 is active."}\n', "utf-8")
    (folder / "recipe.yaml").write_text("stage: evidence\nfaces: f\neveryday: e\nout: o\n", "utf-8")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 cut off")
    (folder / "empty").mkdir()
    llama = folder / "llama"
    llama.mkdir()
    (llama / "config.json").write_text(json.dumps({"model_type": "llama", "hidden_size": 64}))
    (llama / "preprocessor_config.json").write_text("{}")
    return folder


@pytest.fixture(scope="module")
def busy():
    """A port in use."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def in_workspace(workspace, nano, monkeypatch):
    """Enters the workspace, replaces Nano by a tiny model, and disables network, page and training."""
    resolve = socket.getaddrinfo

    def numeric(host, port, **how):
        return resolve(host, port, **how, flags=socket.AI_NUMERICHOST)

    monkeypatch.chdir(workspace)
    monkeypatch.setattr(loading, "NANO", nano)
    monkeypatch.setattr(downloads, "language_model_dir", lambda *_: nano)
    monkeypatch.setattr(socket, "getaddrinfo", numeric)
    monkeypatch.setattr("emola.cli.app.serve", lambda args, *_: load_model(args) and 0)
    monkeypatch.setattr("emola.train.nano.evidence.train_evidence", lambda recipe: None)


def load_model(args):
    import emola

    return emola.load(args.model, device=args.device, quantize=args.quantize)


PROGRESS = re.compile(r"(Asking|Checking|Reading|Writing) [\w ]+")
"""Progress lines before errors that only the model or the complete data set can reveal."""


def replace_value(line, action, value):
    """Return the words of a command line with another value of one argument."""
    words = line.split()
    if not action.option_strings:
        positionals = [word for word in words if not word.startswith("-")]
        position = {"IMAGE": 1, "QUESTION": 2}.get(action.metavar, 1 + words[0].startswith("data"))
        words[words.index(positionals[position])] = value
        return words
    flag = action.option_strings[-1]
    if flag in words:
        words[words.index(flag) + 1] = value
        return words
    return [*words, f"{flag}={value}"]


@pytest.mark.network
@pytest.mark.parametrize("case", ARGUMENTS, ids=case_id)
def test_an_invalid_value_gives_one_line_and_exit_code_2(case, in_workspace, busy, capsys):
    command, action = case
    for value in [*EMPTY, *(invalid_values(command, action) or ())]:
        line = replace_value(VALID[command], action, str(busy) if value == "BUSY" else value)
        try:
            code = cli.main(line)
        except SystemExit as exit_:  # raised by the parser
            code = exit_.code
        _, err = capsys.readouterr()
        details = f"{value[:50]!r} ended with {code}: {err[-2000:]}"
        assert code == 2, details
        *progress, line = err.splitlines()
        assert line.startswith("emola") and line.isprintable() and err.endswith("\n"), details
        assert all(PROGRESS.fullmatch(line) for line in progress), details


def test_an_unknown_flag_gives_one_line_and_exit_code_2(capsys):
    for command in COMMANDS:
        for extra in (["--nonsense"], ["--nonsense=a\nb"], ["--non\x1b[1msense"]):
            with pytest.raises(SystemExit) as exit_:
                cli.main([*VALID[command].split(), *extra])
            err = capsys.readouterr().err
            assert exit_.value.code == 2, command
            assert err.count("\n") == 1 and err[:-1].isprintable(), command
