"""Training recipes: YAML files with one stage or a list of stages, checked before anything starts.

A file of one stage names its kind under ``stage``; the other keys are the settings of that kind. A file
of several has ``out``, the folder that keeps the progress, and ``stages``, a list of such tables, each
with a ``name``. It may also have ``base``, another file of several stages, relative to its own folder: a
stage without a kind takes kind and settings from the stage of its name in the base, except for the settings
that it has itself, and paths below the base's ``out`` are moved below its own ``out``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from emola.errors import RecipeError, first_line
from emola.train.settings import build_settings

_KINDS = {
    "finetune": ("emola.train.finetune", "FinetuneRecipe", "train_finetune"),
    "faces": ("emola.train.nano.face_table", "FacesRecipe", "build_tables"),
    "evidence": ("emola.train.nano.evidence", "EvidenceRecipe", "train_evidence"),
    "tower": ("emola.train.nano.tower", "TowerRecipe", "train_tower"),
    "heads": ("emola.train.nano.heads", "HeadsRecipe", "train_heads"),
    "corpus": ("emola.train.nano.write_corpus", "CorpusRecipe", "write_corpus"),
    "instruct": ("emola.train.nano.instruct", "InstructRecipe", "train_instruct"),
    "covers": ("emola.train.nano.covers.training", "CoversRecipe", "train_covers"),
    "lids": ("emola.train.nano.lids", "LidsRecipe", "train_lids"),
}
"""Kinds of stages: the module, its settings and its training function."""


@dataclass(frozen=True)
class Stage:
    """A training step: its name in the recipe, the function that runs it, and that function's settings."""

    name: str
    train: Callable[[Any], Any]
    settings: Any


@dataclass(frozen=True)
class Recipe:
    """The stages of a recipe file, in order.

    out: folder that keeps the progress; None for a file of one stage, which has none to keep.
    """

    stages: tuple[Stage, ...]
    out: Path | None = None


def load_recipe(path: str | Path, overrides: Sequence[str] = ()) -> Recipe:
    """Read a recipe file and check every setting.

    overrides: ``key=value`` each, replacing what the file says; in a file of several stages
    ``stage.key=value``, or ``out=DIR`` for the folder of the progress.

    Raises RecipeError naming the file and the key for anything that does not fit.
    """
    path = Path(path)
    values = _read(path)
    if "stages" not in values:
        values.update(_parse_override(text) for text in overrides)
        return Recipe((_stage(values, str(path)),))
    base = values.pop("base", None)
    tables = _named_tables(values, path)
    if base is not None:
        _complete(tables, values["out"], base, path)
    for text in overrides:
        key, value = _parse_override(text)
        name, dot, setting = key.partition(".")
        if key == "out" and isinstance(value, str):
            values["out"] = value
            continue
        if not dot or name not in tables:
            raise RecipeError(
                f"--set {text!r} is not of the form stage.key=value; stages: {', '.join(tables)}."
            )
        tables[name][setting] = value
    stages = [_stage(table, f"{path}, stage {name!r}", name) for name, table in tables.items()]
    return Recipe(tuple(stages), Path(values["out"]))


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"The recipe {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: dates such as 2024-99-99
        raise RecipeError(f"The recipe {path} is not YAML: {first_line(error)}.") from error
    if not isinstance(values, dict):
        raise RecipeError(f"The recipe {path} is not a list of settings.")
    return values


def _named_tables(values: dict[str, Any], path: Path) -> dict[str, dict[str, Any]]:
    """Return the tables of the stages of a file by name. Raises RecipeError unless each has its own name."""
    if set(values) != {"out", "stages"} or not isinstance(values["out"], str):
        raise RecipeError(f"{path}: a recipe of several stages has 'out', a folder, and 'stages', a list.")
    stages = values["stages"]
    tables: dict[str, dict[str, Any]] = {}
    for number, table in enumerate(stages if isinstance(stages, list) else (), 1):
        name = table.get("name") if isinstance(table, dict) else None
        if not isinstance(name, str) or name in tables:
            raise RecipeError(f"{path}: stage {number} needs settings with a name of its own.")
        tables[name] = {key: value for key, value in table.items() if key != "name"}
    if not tables:
        raise RecipeError(f"{path}: 'stages' has to be a list of stages.")
    return tables


def _complete(tables: dict[str, dict[str, Any]], out: str, base: Any, path: Path) -> None:
    """Complete the stages without a kind by those of another recipe, see the module. Raises RecipeError."""
    if not isinstance(base, str):
        raise RecipeError(f"{path}: 'base' is {base!r}; the name of a recipe is needed.")
    file = path.parent / base
    values = _read(file)
    given = _named_tables(values, file)
    for name, table in tables.items():
        if "stage" in table:
            continue
        if name not in given:
            raise RecipeError(f"{path}, stage {name!r}: it has no kind, and {file} has no such stage.")
        tables[name] = {**_moved(given[name], values["out"], out), **table}


def _moved(value: Any, old: str, new: str) -> Any:
    """Return a value with the paths below one folder moved below another, also within a list or table."""
    if isinstance(value, dict):
        return {key: _moved(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, old, new) for item in value]
    if isinstance(value, str) and value.startswith(f"{old}/"):
        return new + value.removeprefix(old)
    return value


def _parse_override(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise RecipeError(f"--set {text!r} is not of the form key=value.")
    try:
        return key, yaml.safe_load(value)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RecipeError(f"--set {text!r} is not YAML after the equals sign.") from error


def _stage(table: dict[str, Any], where: str, name: str | None = None) -> Stage:
    """Return the stage of a table, whose kind is under ``stage``; ``name`` defaults to the kind."""
    kind = table.get("stage")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise RecipeError(f"{where}: the stage is {kind!r}; use one of {', '.join(_KINDS)}.")
    module_name, settings, function = _KINDS[kind]
    module = import_module(module_name)
    values = {key: value for key, value in table.items() if key != "stage"}
    built = build_settings(getattr(module, settings), values, where)
    return Stage(name or kind, getattr(module, function), built)
