"""The house rules: who may import whom, what is public, and that importing the package costs nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import emola

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "emola").rglob("*.py"))

# Which rooms of the house each room may look into, besides itself.
FOUNDATION = {"errors", "files", "faba"}
MAY_IMPORT = {
    "errors": set(),
    "files": set(),
    "faba": {"errors"},
    "extras": {"errors"},
    "downloads": {"errors", "files"},
    "face": FOUNDATION | {"downloads"},
    "model": FOUNDATION | {"downloads", "face"},
    "data": FOUNDATION | {"face", "model"},
    "chat": FOUNDATION | {"face", "model"},
    "bench": FOUNDATION | {"data"},
    "train": FOUNDATION | {"downloads", "extras", "face", "model", "data"},
    "emola": FOUNDATION | {"downloads", "face", "model", "chat"},
    "ui": FOUNDATION | {"downloads", "face", "chat", "<package>"},
    "<package>": {"emola", "face", "chat"},
}


def room(module: str) -> str:
    """The part of the house that a dotted name below ``emola`` belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "<package>"


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a file imports, anywhere in it; ``from emola import x`` counts as ``emola.x``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "emola":
            for alias in node.names:
                is_module = (ROOT / "emola" / alias.name).is_dir() or (
                    ROOT / f"emola/{alias.name}.py"
                ).exists()
                yield f"emola.{alias.name}" if is_module else "emola"
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_who_imports_whom(path):
    here = room(name_of(path))
    if here in ("cli", "__main__"):
        return  # these two may look anywhere
    for module in imports(path):
        if module.split(".")[0] == "emola":
            there = room(module)
            assert there == here or there in MAY_IMPORT[here], f"{name_of(path)} may not import {module}"
        elif module.split(".")[0] == "gradio":
            assert here == "ui", "only the page imports gradio"
        elif here in ("faba", "errors"):
            assert module.split(".")[0] in sys.stdlib_module_names, f"{here} imports {module}"


def public_names(path: Path, *, imported: bool) -> set[str]:
    """The names without underscore that a file defines at its top level, and on demand what it imports."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif imported and isinstance(node, ast.ImportFrom) and (node.module or "").startswith("emola"):
            names.update(alias.asname or alias.name for alias in node.names)
    return {name for name in names if not name.startswith("_")}


def declared(path: Path) -> set[str] | None:
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            names = ast.literal_eval(node.value)
            assert len(names) == len(set(names))
            return set(names)
    return None


@pytest.mark.parametrize("path", [path for path in MODULES if declared(path) is not None], ids=name_of)
def test_all_is_the_truth(path):
    """What ``__all__`` names is there, and what a module defines for others is named in it.

    A package is its window: it must not import what it does not show.
    """
    said = declared(path) or set()
    if name_of(path) == "emola":  # its names come lazily
        assert said - {"__version__"} == set(emola._HOMES)
        return
    assert said <= public_names(path, imported=True)
    is_window = path.name == "__init__.py" and name_of(path) != "emola.cli"
    assert public_names(path, imported=is_window) <= said


HEAVY = ("torch", "transformers", "gradio", "mediapipe", "cv2", "numpy", "PIL", "matplotlib")


@pytest.mark.parametrize("module", ["emola", "emola.cli", "emola.faba", "emola.downloads", "emola.bench"])
def test_importing_is_cheap(module):
    script = f"import sys, {module}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def test_the_parser_with_all_its_commands_is_cheap():
    script = (
        "import sys\nfrom emola.cli import _parser\n_parser()\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'emola' has no attribute 'lod'"):
        emola.lod  # noqa: B018
