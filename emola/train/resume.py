"""Resuming a training: its newest checkpoint, refused when the settings have changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from transformers.trainer_utils import get_last_checkpoint

from emola.errors import RecipeError
from emola.files import replacing

CHECKPOINTS = "checkpoints"
"""Folder of the trainer's checkpoints, below a recipe's ``out``."""

_FREE = {"out", "deepspeed", "workers", "save_steps"}
"""Settings that may change between an interruption and the resumed run."""


def comparable(settings: Any) -> dict[str, str]:
    """Return the settings that have to stay the same, by name, as text."""
    return {name: str(value) for name, value in vars(settings).items() if name not in _FREE}


def changed_settings(settings: Any, earlier: Mapping[str, str]) -> list[str]:
    """Return the names of the settings that differ from an earlier run's ``comparable`` settings."""
    return [name for name, value in comparable(settings).items() if earlier.get(name) != value]


def checkpoint_to_resume(settings: Any) -> str | None:
    """Return the newest checkpoint under ``settings.out``, or None to begin anew.

    Writes the settings beside the checkpoints. Raises RecipeError if existing checkpoints were made with
    other settings: the second fold of a data set would otherwise resume from weights that have seen its
    test subjects.
    """
    found = last_checkpoint(settings.out)
    file = settings.out / CHECKPOINTS / "recipe.json"
    if file.exists() and found:
        changed = changed_settings(settings, json.loads(file.read_text("utf-8")))
        if changed:
            raise RecipeError(
                f"{settings.out} holds a training with another {' and '.join(changed)}: "
                "choose another folder (--set out=DIR), or remove that one to begin anew."
            )
    elif os.environ.get("RANK", "0") == "0":
        with replacing(file) as partial:
            partial.write_text(json.dumps(comparable(settings), indent=2) + "\n", "utf-8")
    return found


def last_checkpoint(out: Path) -> str | None:
    """Return the newest of the trainer's checkpoints under ``out``, or None."""
    checkpoints = out / CHECKPOINTS
    return get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
