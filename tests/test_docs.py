"""Commands in the README and the guides: a shell accepts their syntax, and the programs their arguments.

The commands run in a real shell in which every program is a script that records its arguments. The recorded
arguments are then parsed by the real parsers, and run by the real commands if there is test data for them.
"""

import ast
import functools
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tiny_models as tiny

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from emola import cli, downloads
from emola.faba import NANO_AUS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM
from emola.model import hub, loading
from emola.train.recipe import load_recipe

ROOT = Path(__file__).parents[1]
ASSETS = [ROOT / "assets/agents.md", ROOT / "assets/emola-nano/README.md"]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *ASSETS]
PUBLISHED = ROOT / "tests" / "fixtures" / "published"
PROGRAMS = ("accelerate", "apt-get", "emola", "hf", "pip", "pytest", "python", "tensorboard")
INLINE = re.compile(rf"`((?:{'|'.join(PROGRAMS)}) [^`]*)`")
END = "\x1e"


def blocks(page):
    """Yield the commands of a page: its indented blocks, then inline code. Fenced blocks hold no commands."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.S | re.M)
    for block in re.findall(r"(?:^ {4,}\S.*\n?)+", text, flags=re.M):
        if any(re.match(rf" +(for|{'|'.join(PROGRAMS)})\b", line) for line in block.splitlines()):
            yield block
    yield from INLINE.findall(text)


def literal(block):
    """Return a block with synopses such as ``--task au|emotion [--json OUT]`` made valid commands."""
    block = re.sub(r"\[(--[^\]]*)\]", r"\1", block)
    return re.sub(r"\b(\w+)(?:\|\w+)+", r"\1", block).replace("IMAGES...", "IMAGES")


@functools.cache
def calls(page):
    """Return the calls of programs on a page, each as a list of words."""
    script = "\n".join(f"(\n{literal(block)}\n)" for block in blocks(page))
    return recorded_calls(script) if script else []


def recorded_calls(script):
    """Run a script in a shell whose programs record their arguments, and return the calls."""
    with tempfile.TemporaryDirectory() as folder:
        for name in PROGRAMS:
            program = Path(folder, name)
            program.write_text(f"#!/bin/sh\nprintf '%s\\0' {name} \"$@\" '{END}' >> '{folder}/calls'\n")
            program.chmod(0o755)
        command = ["/bin/bash", "-euc", script]
        done = subprocess.run(command, cwd=ROOT, env={"PATH": folder}, capture_output=True, text=True)
        assert done.returncode == 0, f"{script}\n{done.stderr}"
        words = Path(folder, "calls").read_text("utf-8").split("\0")
    records = "\0".join(words).split(f"{END}\0")
    return [record.strip("\0").split("\0") for record in records if record]


def emola_arguments(words):
    """Return the arguments of a call of ``emola``, None for a call of another program."""
    if words[0] == "emola":
        return words[1:]
    if words[0] in ("python", "accelerate") and "emola" in words:
        index = words.index("emola")
        assert words[index - 1] == "-m"
        return words[index + 1 :]
    return None


def all_calls():
    return [words for page in PAGES for words in calls(page)]


def emola_calls():
    """Return the arguments of all calls of ``emola``."""
    return [arguments for words in all_calls() if (arguments := emola_arguments(words)) is not None]


def test_the_pages_have_commands():
    assert len(emola_calls()) > 30
    assert {arguments[0] for arguments in emola_calls()} == set(cli.COMMANDS)


NAMES_ONLY = (["convert"], ["data", "features"])
"""Commands that a sentence mentions without arguments."""


def parses(arguments):
    try:
        return callable(cli.build_parser().parse_args(arguments).run)
    except SystemExit:
        return False


def test_emola_commands_parse():
    commands = [arguments for arguments in emola_calls() if arguments not in NAMES_ONLY]
    assert [" ".join(arguments) for arguments in commands if not parses(arguments)] == []


def test_files_and_options_of_other_programs_exist(monkeypatch):
    others = [words for words in all_calls() if emola_arguments(words) is None]
    assert [" ".join(words) for words in others if not exists(words, monkeypatch)] == []


def exists(words, monkeypatch):
    """Return whether the files and options of a call of another program exist."""
    program, *rest = words
    if program == "python":
        script = ROOT / rest[0]
        source = script / "__main__.py" if script.is_dir() else script
        shared = (ROOT / "emola" / "cli" / "options.py", ROOT / "benchmarks" / "arguments.py")
        files = [*source.parent.glob("*.py"), *shared]
        text = "".join(file.read_text("utf-8") for file in files)
        return all(f'"{flag}"' in text for flag in rest if flag.startswith("--"))
    if program == "pip":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        extras = re.fullmatch(r"(?:emola|\.)\[([\w,]+)\]", rest[1])
        if rest[:2] == ["install", "-r"]:
            return (ROOT / rest[2]).is_file()
        names = extras[1].split(",") if extras else [rest[1]]
        return rest[0] == "install" and project["optional-dependencies"].keys() >= set(names)
    if program == "pytest":
        return all((ROOT / path).exists() for path in rest)
    if program == "hf":
        return set(downloaded(rest, monkeypatch)) >= wanted(rest)
    return program in ("apt-get", "tensorboard")


CLIP = ["config.json", "preprocessor_config.json", "pytorch_model.bin", "tf_model.h5", "README.md"]


def wanted(rest):
    """Return the files that ``emola convert`` reads from the downloaded repository."""
    files = {"config.json", "pytorch_model.bin"}
    return files | {"preprocessor_config.json"} if "openai" in rest[1] else files


def downloaded(rest, monkeypatch):
    """Return the files of a repository with the files of ``CLIP`` that the hub's command would download."""
    from huggingface_hub.cli import download, hf
    from huggingface_hub.utils import filter_repo_objects

    asked = []

    def snapshot_download(repo_id, *, allow_patterns=None, ignore_patterns=None, **options):
        chosen = filter_repo_objects(CLIP, allow_patterns=allow_patterns, ignore_patterns=ignore_patterns)
        asked.extend(chosen)
        return options["local_dir"]

    monkeypatch.setattr(download, "snapshot_download", snapshot_download)
    monkeypatch.setattr(download, "hf_hub_download", lambda *_, filename, **options: asked.append(filename))
    monkeypatch.setattr(sys, "argv", ["hf", *rest])
    for name in ("check_cli_update", "check_skill_update"):
        monkeypatch.setattr(hf, name, lambda *_: None)
    try:
        hf.main()
    except SystemExit as end:
        asked = asked if end.code in (0, None) else []
    return asked


def test_file_names_after_include_replace_the_pattern(monkeypatch):
    """Guards against a command with ``--include A B``: the hub takes B for a file name, and ignores A."""
    rest = (
        "download openai/clip --local-dir x --include config.json preprocessor_config.json pytorch_model.bin"
    )
    with pytest.warns(UserWarning, match="Ignoring"):
        assert downloaded(rest.split(), monkeypatch) == ["preprocessor_config.json", "pytorch_model.bin"]


def test_python_blocks_are_python():
    for page in PAGES:
        for block in re.findall(r"^```python\n(.*?)^```", page.read_text("utf-8"), flags=re.S | re.M):
            for node in ast.walk(ast.parse(block, page.name)):
                if isinstance(node, ast.ImportFrom) and node.module.startswith("emola"):
                    module = __import__(node.module, fromlist=["x"])
                    assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == [], page


@pytest.fixture(scope="module")
def nano(tmp_path_factory):
    """A tiny model with evidence, which replaces Nano."""
    folder = tmp_path_factory.mktemp("nano")
    tiny.save_checkpoint(folder, tiny.resnet_config(prior_dim=PRIOR_DIM), ("tiny",))
    count, rng = len(NANO_AUS), np.random.default_rng(0)
    AUEvidence(rng.normal(size=(count, PRIOR_DIM)), *rng.normal(size=(3, count))).save(folder / EVIDENCE_NAME)
    return folder


@pytest.fixture
def workspace(nano, tmp_path, monkeypatch):
    """The working directory of the commands, with test data under the names that they use."""
    photo = downloads.path("surprise.jpg")
    shutil.copy(photo, tmp_path / "portrait.jpg")
    (tmp_path / "photos").mkdir()
    shutil.copy(photo, tmp_path / "photos")
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        archive.write(photo, "1.jpg")
        archive.writestr("labels.csv", "image,emotion,action_units\n1.jpg,surprise,1+2+5\n")
    answer = '{"label": "1, 2", "prediction": "AU1 is active.", "reference": "AU1 and AU2 are active."}\n'
    (tmp_path / "figures.answers.jsonl").write_text(answer, "utf-8")
    for name, source in {
        "llava-v1.5-7b": "llava-v1.5-tiny",
        "clip": "clip-tiny",
        "au": "llava-v1.5-tiny-lora-emola-au",
        "emotion": "llava-v1.5-tiny-lora-emola-au",
    }.items():
        shutil.copytree(PUBLISHED / source, tmp_path / "downloads" / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(loading, "NANO", nano)
    monkeypatch.setattr(downloads, "language_model_dir", lambda *_: nano)
    monkeypatch.setattr("emola.cli.fetch._RESTRICTED", ())
    return tmp_path


RUNNABLE = [
    arguments
    for page in (ROOT / "README.md", ROOT / "docs" / "published-model.md")
    for arguments in map(emola_arguments, calls(page))
    if arguments
    and arguments[0] in ("annotate", "ask", "bench", "convert", "score")
    and not any(word.startswith("llava-hf/") for word in arguments)
    and arguments not in NAMES_ONLY
]


@pytest.mark.network
@pytest.mark.parametrize("arguments", RUNNABLE, ids=" ".join)
def test_commands_with_test_data_run(arguments, workspace, capsys):
    assert cli.main(arguments) == 0
    out, _ = capsys.readouterr()
    assert out


def test_commands_with_test_data_cover_every_kind():
    assert {arguments[0] for arguments in RUNNABLE} == {"annotate", "ask", "bench", "convert", "score"}


def test_recipes_accept_the_settings(monkeypatch):
    monkeypatch.chdir(ROOT)
    for arguments in emola_calls():
        if arguments[0] == "train":
            args = cli.build_parser().parse_args(arguments)
            names = [stage.name for stage in load_recipe(args.recipe, args.settings).stages]
            assert args.stage is None or args.stage in names, arguments


@pytest.mark.network
def test_the_library_example_runs(workspace, capsys):
    text = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", text, flags=re.S | re.M)
    exec(compile(block, "README.md", "exec"), {})
    assert capsys.readouterr().out


def test_hub_names_are_valid():
    bases = [a[a.index("--base") + 1] for a in emola_calls() if "--base" in a]
    assert [base for base in bases if not base.startswith("downloads/")]
    assert all(hub.parse(base) for base in bases)


PATH = re.compile(r"`((?:assets|benchmarks|docs|emola|recipes|tests)/[\w./-]*)`")
"""A path from the root of the repository, as the pages quote it."""


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_paths_in_the_guides_exist(name):
    text = (ROOT / name).read_text("utf-8")
    paths = set(PATH.findall(text))
    assert len(paths) > 2
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


def test_the_architecture_names_every_package():
    text = (ROOT / "docs/architecture.md").read_text("utf-8")
    packages = {path.parent.name for path in (ROOT / "emola").glob("*/__init__.py")}
    assert {name for name in packages if f"`emola/{name}/`" not in text} == set()


def test_make_targets_in_the_guides_exist():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^(\w+):", makefile, flags=re.M))
    named = set(
        re.findall(r"(?:^ {4}|`)make (\w+)", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), flags=re.M)
    )
    assert named and named <= targets
