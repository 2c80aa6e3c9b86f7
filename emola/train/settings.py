"""Settings dataclasses built from the plain values of a YAML file, with every value checked."""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emola.errors import RecipeError

_EXPONENT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+")
"""A number such as 1e-4, which YAML reads as a string."""

_ABOVE_ZERO = frozenset(
    """accumulation alpha batch_size depths epoch_faces epochs image_size learning_rate max_length
    prior_tokens projector_learning_rate rank save_steps stem strength views widths""".split()
)
_AT_LEAST_ZERO = frozenset(
    """au_weight conversations everyday_faces everyday_hold_out hold_out penalty readings repeats seed warmup
    weak weight weight_decay workers""".split()
)
_BELOW_ONE = frozenset("dropout label_smoothing".split())
_LARGEST = 2**32 - 1


def build_settings(kind: type, values: Mapping[str, Any], where: str) -> Any:
    """Return an instance of the dataclass ``kind`` made from plain values.

    where: what holds the values, for messages. Raises RecipeError naming it and the setting for an
    unknown or missing setting, a value of the wrong type and a number out of range.
    """
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    for key in values:
        if key not in fields:
            close = difflib.get_close_matches(str(key), fields, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"it can be {', '.join(fields)}."
            raise RecipeError(f"{where}: there is no setting {key!r}; {hint}")
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and name not in values:
            raise RecipeError(f"{where}: the setting {name!r} is missing.")
    settings = {key: _convert(hints[key], value, f"{where}: {key}") for key, value in values.items()}
    for key, value in settings.items():
        _check_range(key, value, f"{where}: {key}")
    try:
        return kind(**settings)
    except RecipeError as error:
        raise RecipeError(f"{where}: {error}") from error


def _check_range(name: str, value: Any, where: str) -> None:
    """Raise RecipeError for a number outside the range of its setting, also within a list or table."""
    if isinstance(value, (tuple, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            _check_range(name, item, where)
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


def _convert(hint: Any, value: Any, where: str) -> Any:
    """Return a value as the type that ``hint`` asks for. Raises RecipeError."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return None if value is None else _convert(options[0], value, where)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise RecipeError(f"{where} is {value!r}; a list is needed.")
        item_hint = typing.get_args(hint)[0]
        return tuple(_convert(item_hint, item, f"{where}[{i}]") for i, item in enumerate(value))
    if typing.get_origin(hint) is dict:
        if not isinstance(value, dict):
            raise RecipeError(f"{where} is {value!r}; names with values are needed.")
        item_hint = typing.get_args(hint)[1]
        return {str(name): _convert(item_hint, item, f"{where}[{name}]") for name, item in value.items()}
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise RecipeError(f"{where} is {value!r}; settings are needed.")
        return build_settings(typing.cast(type, hint), value, where)
    return _convert_scalar(hint, value, where)


def _convert_scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is Path and isinstance(value, str) and value.strip():
        return Path(value)
    if hint is float and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if hint is float and isinstance(value, str) and _EXPONENT.fullmatch(value):
        return float(value)
    if hint is str and isinstance(value, bool):  # YAML reads the words on and off as booleans
        return "on" if value else "off"
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise RecipeError(f"{where} is {value!r}; {hint.__name__} is needed.")
    return value
