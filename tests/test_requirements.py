"""requirements.txt and pyproject.toml list the packages that the code imports, and no others."""

import ast
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from emola.extras import EXTRAS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "cv2": "opencv-contrib-python",
    "huggingface_hub": "huggingface-hub",
    "PIL": "pillow",
    "pillow_heif": "pillow-heif",
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
    "ai_edge_litert": "ai-edge-litert",
    "prometheus_client": "prometheus-client",
}
"""Modules whose name differs from that of their package."""

USED_BY_OTHERS = {
    "bitsandbytes": "transformers, for quantize=",
    "gguf": "transformers, to unpack the language model",
    "pillow-heif": "the table of formats, which names the decoder of each",
    "tensorboard": "transformers, for training curves",
}
"""Packages that the code names but never imports."""

ON_DEMAND = {"mcp", "prometheus-client"}
"""Packages of one switch each, which requirements.txt leaves out."""

TOOLS = {
    "axe-playwright-python",
    "markdown-it-py",
    "mypy",
    "onnx",
    "playwright",
    "pre-commit",
    "pytest",
    "pytest-xdist",
    "ruff",
    "setuptools",
    "types-PyYAML",
}
"""Packages that development needs and no module imports at its top level."""


def imported(*folders: str) -> set[str]:
    """Return the third-party packages that the files in these folders import, at any level."""
    found = set()
    for folder in folders:
        files = (ROOT / folder).rglob("*.py") if (ROOT / folder).is_dir() else [ROOT / folder]
        for path in files:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    ours = {"emola", "benchmarks", *(path.stem for path in (ROOT / "benchmarks").rglob("*.py"))}
    return {PACKAGES.get(name, name) for name in found - set(sys.stdlib_module_names) - ours}


def by_name(lines: Iterable[str]) -> dict[str, Requirement]:
    parsed = map(Requirement, lines)
    return {requirement.name: requirement for requirement in parsed}


def requirements(name: str) -> dict[str, Requirement]:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines()]
    return by_name(line for line in lines if line and not line.startswith("-r"))


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ALWAYS = by_name(PROJECT["dependencies"])
BY_EXTRA = {extra: by_name(lines) for extra, lines in PROJECT["optional-dependencies"].items()}


def test_requirements_are_the_imported_packages():
    """DeepSpeed is left out too: it is compiled at installation and needed with several GPUs only."""
    installed = set(requirements("requirements.txt"))
    assert (imported("emola", "app.py") | USED_BY_OTHERS.keys()) - ON_DEMAND == installed


def test_development_requirements_cover_tests_and_benchmarks():
    installed = requirements("requirements.txt").keys() | requirements("requirements-dev.txt").keys()
    assert imported("benchmarks") <= installed
    assert set(requirements("requirements-dev.txt")) <= TOOLS | ON_DEMAND | imported("benchmarks")


def test_package_dependencies_are_the_imported_packages():
    extras = set().union(*(set(packages) for extra, packages in BY_EXTRA.items() if extra != "dev"))
    assert imported("emola") | USED_BY_OTHERS.keys() | {"deepspeed"} == ALWAYS.keys() | extras
    for module, (package, extra) in EXTRAS.items():
        assert package in BY_EXTRA[extra], f"extra {extra} brings no {package}"
        assert PACKAGES.get(module, module) == package
    assert {package for package, _ in EXTRAS.values()} == extras


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pinned_versions_are_in_the_ranges(name):
    ranges = {**ALWAYS, **{k: v for packages in BY_EXTRA.values() for k, v in packages.items()}}
    for package, pinned in requirements(name).items():
        (pin,) = pinned.specifier
        assert pin.operator == "==" and re.fullmatch(r"[\d.]+(post\d+)?", pin.version), package
        if package in ranges:
            assert ranges[package].specifier.contains(pin.version), package
