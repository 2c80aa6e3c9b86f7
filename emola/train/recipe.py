"""Training recipes: YAML files, checked against the settings of their stage before anything starts."""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import types
import typing
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from emola.errors import RecipeError, first_line

_POWER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")
"""A number such as 1e-4."""

_STAGES = {
    "evidence": ("emola.train.nano.evidence", "EvidenceRecipe", "train_evidence"),
    "tower": ("emola.train.nano.tower", "TowerRecipe", "train_tower"),
    "heads": ("emola.train.nano.heads", "HeadsRecipe", "train_heads"),
    "corpus": ("emola.train.corpus", "CorpusRecipe", "train_corpus"),
    "instruct": ("emola.train.nano.instruct", "InstructRecipe", "train_instruct"),
    "finetune": ("emola.train.finetune", "FinetuneRecipe", "train_finetune"),
    "covers": ("emola.train.nano.covers.training", "CoversRecipe", "train_covers"),
    "lids": ("emola.train.nano.lids", "LidsRecipe", "train_lids"),
}


_ABOVE_ZERO = frozenset(
    """accumulation alpha batch_size depths epoch_faces epochs image_size learning_rate max_length
    prior_tokens projector_learning_rate rank save_steps stem strength views widths""".split()
)
_AT_LEAST_ZERO = frozenset(
    """au_weight everyday_faces everyday_hold_out hold_out kinds penalty seed warmup weak weight weight_decay
    workers""".split()
)
_BELOW_ONE = frozenset("dropout label_smoothing".split())
_LARGEST = 2**32 - 1


def load_recipe(path: str | Path, settings: Sequence[str] = ()) -> tuple[Callable[[Any], None], Any]:
    """The training function of a recipe file, and its settings.

    settings: ``key=value`` each, taking the place of what the file says. Raises RecipeError naming
    the file and the key for anything that does not fit.
    """
    values = _read(Path(path))
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise RecipeError(f"--set {setting!r} is not of the form key=value.")
        try:
            values[key] = yaml.safe_load(value)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise RecipeError(f"--set {setting!r} is not YAML after the equals sign.") from error
    stage = values.pop("stage", None)
    if not isinstance(stage, str) or stage not in _STAGES:
        raise RecipeError(f"{path}: the stage is {stage!r}; use one of {', '.join(_STAGES)}.")
    home, recipe, function = _STAGES[stage]
    module = import_module(home)
    return getattr(module, function), _build(getattr(module, recipe), values, str(path))


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


def _build(kind: type, values: dict[str, Any], where: str) -> Any:
    """A settings dataclass from plain values, each checked."""
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in values:
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it can be {', '.join(fields)}."
            raise RecipeError(f"{where}: there is no setting {key!r}; {hint}")
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and name not in values:
            raise RecipeError(f"{where}: the setting {name!r} is missing.")
    settings = {key: _value(hints[key], value, f"{where}: {key}") for key, value in values.items()}
    for key, value in settings.items():
        _check_range(key, value, f"{where}: {key}")
    try:
        return kind(**settings)
    except RecipeError as error:
        raise RecipeError(f"{where}: {error}") from error


def _check_range(name: str, value: Any, where: str) -> None:
    """RecipeError for a number outside the range of its setting, alone or in a list or table."""
    if isinstance(value, (tuple, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            _check_range(name, one, where)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return
    if not math.isfinite(value) or abs(value) > _LARGEST:
        raise RecipeError(f"{where} is {value}; it has to be a number of ordinary size.")
    if name in _ABOVE_ZERO and value <= 0:
        raise RecipeError(f"{where} is {value}; it has to be more than 0.")
    if name in _AT_LEAST_ZERO and value < 0:
        raise RecipeError(f"{where} is {value}; it has to be at least 0.")
    if name in _BELOW_ONE and not 0 <= value < 1:
        raise RecipeError(f"{where} is {value}; it has to be at least 0 and less than 1.")


def _value(hint: Any, value: Any, where: str) -> Any:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return None if value is None else _value(options[0], value, where)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise RecipeError(f"{where} is {value!r}; a list is needed.")
        item = typing.get_args(hint)[0]
        return tuple(_value(item, one, f"{where}[{i}]") for i, one in enumerate(value))
    if typing.get_origin(hint) is dict:
        if not isinstance(value, dict):
            raise RecipeError(f"{where} is {value!r}; names with values are needed.")
        item = typing.get_args(hint)[1]
        return {str(name): _value(item, one, f"{where}[{name}]") for name, one in value.items()}
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise RecipeError(f"{where} is {value!r}; settings are needed.")
        return _build(typing.cast(type, hint), value, where)
    if hint is Path and isinstance(value, str) and value.strip():
        return Path(value)
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if hint is float and isinstance(value, str) and _POWER.fullmatch(value):
        return float(value)  # 1e-4, which YAML takes for a word
    if hint is str and isinstance(value, bool):  # YAML takes the words on and off for booleans
        return "on" if value else "off"
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise RecipeError(f"{where} is {value!r}; {hint.__name__} is needed.")
    return value
