"""Where a training goes on after an interruption, and that it goes on with the same settings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from transformers.trainer_utils import get_last_checkpoint

from emola.errors import RecipeError
from emola.files import replacing

CHECKPOINTS = "checkpoints"
"""Where the trainer keeps what it needs to resume, below a recipe's ``out``."""

_FREE = {"out", "deepspeed", "workers", "save_steps"}
"""What may change when a training goes on."""


def checkpoint_to_resume(recipe: Any) -> str | None:
    """The newest of the trainer's checkpoints under ``recipe.out``, None to begin anew.

    The settings are written beside the checkpoints. Raises RecipeError when the checkpoints there are of
    other settings: otherwise the second fold of a set would "go on" from weights that had seen its people.
    """
    found = last_checkpoint(recipe.out)
    settings = {name: str(value) for name, value in vars(recipe).items() if name not in _FREE}
    file = recipe.out / CHECKPOINTS / "recipe.json"
    if file.exists() and found:
        before = json.loads(file.read_text("utf-8"))
        other = [name for name, value in settings.items() if before.get(name) != value]
        if other:
            raise RecipeError(
                f"{recipe.out} holds a training with another {' and '.join(other)}: "
                "choose another folder (--set out=DIR), or remove that one to begin anew."
            )
    elif os.environ.get("RANK", "0") == "0":
        with replacing(file) as partial:
            partial.write_text(json.dumps(settings, indent=2) + "\n", "utf-8")
    return found


def last_checkpoint(out: Path) -> str | None:
    """The newest of the trainer's checkpoints under ``out``."""
    checkpoints = out / CHECKPOINTS
    return get_last_checkpoint(str(checkpoints)) if checkpoints.is_dir() else None
