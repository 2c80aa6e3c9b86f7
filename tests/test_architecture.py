"""Rules of the code base: who may import whom, what is public, how long code may be, and cheap imports."""

import ast
import functools
import graphlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import emola

ROOT = Path(__file__).parents[1]
EMOLA = sorted((ROOT / "emola").rglob("*.py"))
BENCHMARKS = sorted((ROOT / "benchmarks").rglob("*.py"))

FOUNDATION = {"errors", "files", "faba"}
MAY_IMPORT = {
    "errors": set(),
    "files": set(),
    "system_memory": set(),
    "faba": set(),
    "extras": {"errors"},
    "downloads": {"errors", "files"},
    "settings": {"errors"},
    "limits": {"settings"},
    "face": FOUNDATION | {"downloads", "system_memory"},
    "model": FOUNDATION | {"downloads", "face"},
    "data": FOUNDATION | {"face"},
    "chat": {"errors", "faba", "model"},
    "bench": FOUNDATION | {"data"},
    "train": FOUNDATION | {"bench", "downloads", "extras", "face", "model", "data"},
    "vllm": {"errors", "model", "chat"},
    "emola": {"errors", "faba", "face", "model", "chat", "vllm"},
    "ui": FOUNDATION | {"face", "chat", "limits", "system_memory", "<package>"},
    "<package>": {"emola", "face", "chat"},
}
"""The rooms (a package or module directly below ``emola``) that each room may import, besides itself."""

MAY_IMPORT_ANYTHING = {"cli", "__main__", "benchmarks"}

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
LONG_FILES: set[str] = set()
"""Modules above ``MAX_FILE_LINES``, by name."""
LONG_FUNCTIONS: set[str] = set()
"""Functions above ``MAX_FUNCTION_LINES``, as ``module:function``."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in (*EMOLA, *BENCHMARKS)}


def room(module: str) -> str:
    """The room that a module of this repository belongs to."""
    parts = module.split(".")
    if parts[0] == "benchmarks":
        return "benchmarks"
    return parts[1] if len(parts) > 1 else "<package>"


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, anywhere in it: functions and type checking included.

    ``from emola.face import images`` counts as ``emola.face.images``, ``from emola.face import Face`` as
    ``emola.face``.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in MODULES else node.module


@functools.cache
def graph() -> dict[str, set[str]]:
    """Return what each module imports."""
    return {module: set(imports(path)) for module, path in MODULES.items()}


def is_allowed(module: str, imported: str) -> bool:
    """Return whether a module may import another."""
    own_room, top = room(module), imported.split(".")[0]
    if top in ("emola", "benchmarks") and own_room not in MAY_IMPORT_ANYTHING:
        return room(imported) in MAY_IMPORT[own_room] | {own_room}
    if top == "gradio":
        return own_room == "ui"
    if own_room in ("faba", "errors"):
        return top in sys.stdlib_module_names | {"emola"}
    return True


def test_who_imports_whom():
    imported = [(module, name) for module in MODULES for name in graph()[module]]
    assert [f"{module}: {name}" for module, name in imported if not is_allowed(module, name)] == []


def test_every_allowed_import_is_used():
    used = {(room(module), room(name)) for module in MODULES for name in graph()[module] if name in MODULES}
    allowed = {(own_room, other) for own_room, others in MAY_IMPORT.items() for other in others}
    assert allowed - used == set()


def test_no_import_cycles():
    edges = {module: graph()[module] & MODULES.keys() for module in MODULES}
    try:
        graphlib.TopologicalSorter(edges).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the functions of a file: name and number of lines, docstring included and decorators not."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_long_files_are_the_named_exceptions():
    lengths = {module: len(path.read_text("utf-8").splitlines()) for module, path in MODULES.items()}
    assert {module for module, lines in lengths.items() if lines > MAX_FILE_LINES} == LONG_FILES


def test_long_functions_are_the_named_exceptions():
    lengths = {f"{module}:{name}": n for module, path in MODULES.items() for name, n in functions(path)}
    assert {name for name, lines in lengths.items() if lines > MAX_FUNCTION_LINES} == LONG_FUNCTIONS


def public_names(path: Path, *, imported: bool) -> set[str]:
    """Return the public names that a file defines at its top level, with those it imports on demand."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif imported and isinstance(node, ast.ImportFrom) and (node.module or "").startswith("emola"):
            names.update(alias.asname or alias.name for alias in node.names)
    return {name for name in names if not name.startswith("_")}


def declared_names(path: Path) -> set[str]:
    """Return ``__all__`` of a file."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            names = ast.literal_eval(node.value)
            assert len(names) == len(set(names))
            return set(names)
    raise AssertionError(f"{path} has no __all__")


def missing_from_all(path: Path) -> set[str]:
    """Return the names that are in ``__all__`` of a file and do not exist, or are public and not in it."""
    declared = declared_names(path)
    if module_name(path) == "emola":  # its names are imported lazily
        return (declared - {"__version__"}) ^ set(emola._MODULES)
    exports_imports = path.name == "__init__.py" and module_name(path) != "emola.cli"
    unknown = declared - public_names(path, imported=True)
    return unknown | (public_names(path, imported=exports_imports) - declared)


def test_all_is_the_truth():
    """``__all__`` names only what exists, and every public definition; a package, every import as well."""
    paths = [path for path in EMOLA if "__all__ =" in path.read_text("utf-8")]
    wrong = {module_name(path): missing_from_all(path) for path in paths}
    assert len(paths) > 100
    assert {module: names for module, names in wrong.items() if names} == {}


HEAVY = ("torch", "transformers", "gradio", "mediapipe", "cv2", "numpy", "PIL", "matplotlib")


def heavy_imports(script: str) -> list[str]:
    """Return the heavy packages that a script has loaded in a fresh interpreter."""
    script += f"\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("module", ["emola", "emola.cli", "emola.faba", "emola.downloads", "emola.bench"])
def test_importing_is_cheap(module):
    assert heavy_imports(f"import {module}") == []


def test_the_parser_with_all_its_commands_is_cheap():
    assert heavy_imports("from emola.cli import build_parser; build_parser()") == []


@pytest.mark.parametrize(
    ("server", "package"),
    [("emola.ui.serving.mcp", "mcp"), ("emola.ui.serving.metrics", "prometheus_client")],
)
def test_the_package_of_a_switch_is_imported_on_demand(server, package):
    """Guards against a page that needs the packages of ``--mcp`` and ``--metrics`` without these flags."""
    top_level = {}
    for module, path in MODULES.items():
        nodes = ast.parse(path.read_text("utf-8")).body
        top_level[module] = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert package in top_level[server]
    assert [module for module, names in top_level.items() if names & {server, package}] == [server]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'emola' has no attribute 'lod'"):
        emola.lod  # noqa: B018
