"""The files of the Space, its card and its requirements."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import space_files
import yaml
from packaging.requirements import Requirement
from space_files import ROOT, ZERO_GPU, DeployError, require_clean, requirements

CARD = (ROOT / "spaces" / "README.md").read_text("utf-8")
HEADER = yaml.safe_load(CARD.split("---")[1])


def names(text: str) -> set[str]:
    return {Requirement(line).name.lower() for line in text.splitlines() if not line.startswith("--")}


def test_the_space_gets_the_application_and_nothing_else():
    files = space_files.space_files(ZERO_GPU)
    assert {"app.py", "README.md", "packages.txt", "requirements.txt", "zero_gpu.py", "refusals.py"} < set(
        files
    )
    assert {"emola/__init__.py", "emola/ui/chat/page.py", "assets/emola-nano/model.safetensors"} < set(files)
    tops = {name.split("/")[0] for name in files if "/" in name}
    assert tops == {"emola", "assets"}
    assert "assets/screenshot.png" not in files
    assert files["app.py"] == (ROOT / "spaces" / "space_app.py").read_bytes()


def test_every_module_of_the_space_is_there():
    """Guards against a module of spaces/ that the application imports and the Space lacks."""
    files = space_files.space_files(ZERO_GPU)
    ours = {path.stem for path in (ROOT / "spaces").glob("*.py")}
    for name in ("app.py", "zero_gpu.py", "refusals.py"):
        imported = re.findall(r"^(?:import|from) (\w+)", files[name].decode(), flags=re.M)
        assert [module for module in imported if module in ours and f"{module}.py" not in files] == []


def test_the_folder_does_not_shadow_the_package():
    """Guards against an __init__.py, with which ``import spaces`` would find this folder."""
    assert not (ROOT / "spaces" / "__init__.py").exists()


def test_requirements_are_those_of_the_app():
    """Guards against pins that differ from requirements.txt, and against packages for training."""
    pins = (ROOT / "requirements.txt").read_text("utf-8")
    zero = requirements(ZERO_GPU)
    for line in zero.splitlines():
        assert line == "psutil" or line in pins
    assert {"torch", "transformers", "mediapipe", "starlette", "bitsandbytes", "psutil"} <= names(zero)
    assert not names(zero) & {"gradio", "tensorboard", "scikit-learn", "matplotlib", "pytest", "mcp"}
    assert names(zero) - names(requirements("cpu-basic")) == {"bitsandbytes"}
    assert requirements(None) == zero
    assert zero.count("transformers==") == 2  # one pin for Python 3.10


def test_an_index_comes_first():
    assert requirements("cpu-basic", "https://index.example").startswith(
        "--extra-index-url https://index.example\n"
    )


def test_the_card_has_the_fields_of_the_hub():
    """Guards against a version that the Space gets twice, and fields that the hub rejects."""
    pins = (ROOT / "requirements.txt").read_text("utf-8")
    assert HEADER["sdk"] == "gradio"
    assert f"gradio=={HEADER['sdk_version']}\n" in pins
    assert HEADER["python_version"] in ("3.12.12", "3.10.13")  # those of ZeroGPU
    assert HEADER["app_file"] == "app.py"
    assert len(HEADER["short_description"]) <= 60
    assert re.fullmatch(r"\d+[mh]", HEADER["startup_duration_timeout"])
    colours = "red yellow green blue indigo purple pink gray".split()
    assert {HEADER["colorFrom"], HEADER["colorTo"]} <= set(colours)
    assert HEADER["license"] == "other"
    known = "title emoji colorFrom colorTo sdk sdk_version python_version app_file pinned license models tags"
    known += " short_description suggested_hardware startup_duration_timeout"
    assert set(HEADER) == set(known.split())


def test_packages_are_those_that_mediapipe_loads():
    packages = (ROOT / "spaces" / "packages.txt").read_text("utf-8").split()
    assert f"apt-get install {' '.join(packages)}" in (ROOT / "README.md").read_text("utf-8")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path):
    git(tmp_path, "init")
    (tmp_path / "app.py").write_text("print()\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    return tmp_path


def test_a_clean_checkout_has_a_commit(checkout):
    assert re.fullmatch("[0-9a-f]{40}", require_clean(checkout))


@pytest.mark.parametrize("change", ["edit", "add"])
def test_refuses_a_checkout_with_changes(checkout, change):
    """Guards against a Space that no commit describes."""
    (checkout / ("app.py" if change == "edit" else "new.py")).write_text("changed\n")
    with pytest.raises(DeployError, match=r"not committed \((app|new)\.py\); commit or stash"):
        require_clean(checkout)


def test_refuses_a_folder_without_git(tmp_path):
    with pytest.raises(DeployError, match="is not a checkout"):
        require_clean(tmp_path)
