"""The guide for operators and the image: what they name exists."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from emola.cli import build_parser
from emola.cli.operation import Operation
from emola.limits import Limits
from emola.settings import markdown_table, settings_of

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/operators.md").read_text("utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    if line and not line.startswith("#")
]
VARIABLES = {each.variable for group in (Operation, Limits) for each in settings_of(group)} | {"EMOLA_CACHE"}


def arguments(instruction: str) -> list[str]:
    """Return the arguments of an instruction of the Dockerfile, one text for each time that it is used."""
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


@pytest.mark.parametrize("group", [Operation, Limits])
def test_the_guide_lists_every_setting(group: type) -> None:
    """The tables are those of ``emola.settings.markdown_table``."""
    assert markdown_table(group) in GUIDE


def test_variables_exist() -> None:
    """Guards against a limit that is not set, because its variable has another name."""
    named = set(re.findall(r"EMOLA_[A-Z_]+", GUIDE + DOCKERFILE))
    assert len(named) > 15 and named <= VARIABLES


def test_metrics_exist() -> None:
    """Guards against an alert that never fires."""
    source = (ROOT / "emola/ui/serving/metrics.py").read_text("utf-8")
    state = re.findall(r'^            \("(\w+)", "', source, flags=re.M)
    exported = set(re.findall(r'"(emola_\w+)"', source)) | {f"emola_{name}" for name in state}
    named = set(re.findall(r"\bemola_[a-z_]+", GUIDE))
    assert len(named) > 10
    assert {re.sub("_(total|bucket)$", "", name) for name in named} == exported


def test_the_image_is_built_from_files_that_docker_sees() -> None:
    seen = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = {name for rest in arguments("COPY") if "--from" not in rest for name in rest.split()[:-1]}
    assert copied == seen
    assert [name for name in sorted(copied) if not (ROOT / name).exists()] == []


def test_the_image_serves_the_page_without_root() -> None:
    (user,) = arguments("USER")
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    (command,) = arguments("CMD")
    program, *words = json.loads(command)
    args = build_parser().parse_args(words)
    assert program == "emola" and args.host == "0.0.0.0"
    assert arguments("EXPOSE") == [str(args.port)]
    (check,) = arguments("HEALTHCHECK")
    assert f"http://127.0.0.1:{args.port}/health" in check


def test_the_health_check_is_a_program() -> None:
    (check,) = arguments("HEALTHCHECK")
    python, flag, source = json.loads(check.partition("CMD ")[2])
    assert (python, flag) == ("python3", "-c")
    compile(source, "HEALTHCHECK", "exec")


def test_the_steps_by_hand_are_those_of_the_image() -> None:
    """Guards against a guide that forgets a library."""
    libraries = re.findall(r"lib\w+[\w.-]*", next(rest for rest in arguments("RUN") if "apt-get" in rest))
    assert len(libraries) > 3
    for words in (*libraries, "\"$(grep '^torch==' requirements.txt)\"", '".[app,mcp,metrics]"'):
        assert words in GUIDE, words
