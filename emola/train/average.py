"""The mean of adapters from the same training: often better on the whole than each of them.

After *Model soups* (Wortsman et al., ICML 2022); the adapters must come from one another, as here, where
one training went on from the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from peft import PeftConfig
from safetensors.torch import load_file, save_file

from emola.errors import RecipeError
from emola.files import replacing
from emola.model.adapters import FOLDER, WEIGHTS
from emola.train.finetune import share_base


@dataclass(frozen=True)
class AverageRecipe:
    """What to average.

    checkpoints: folders of one base, each with an adapter of the same name and shape; adapter: that
    name; out: where the checkpoint with the mean goes.
    """

    checkpoints: tuple[Path, ...]
    out: Path
    adapter: str = "nano"


def train_average(recipe: AverageRecipe) -> None:
    """Write the first checkpoint's base with the mean of all adapters. Raises RecipeError."""
    folders = [checkpoint / FOLDER / recipe.adapter for checkpoint in recipe.checkpoints]
    for folder in folders:
        if not (folder / WEIGHTS).is_file():
            raise RecipeError(f"There is no adapter at {folder}.")
    every = [load_file(folder / WEIGHTS) for folder in folders]
    shapes = [{name: tensor.shape for name, tensor in weights.items()} for weights in every]
    if any(one != shapes[0] for one in shapes):
        raise RecipeError("The adapters differ in their layers or ranks; only like ones can be averaged.")
    mean = {
        name: torch.stack([weights[name].float() for weights in every]).mean(0).to(tensor.dtype)
        for name, tensor in every[0].items()
    }
    target = recipe.out / FOLDER / recipe.adapter
    target.mkdir(parents=True, exist_ok=True)
    share_base(recipe.checkpoints[0], recipe.out)
    PeftConfig.from_pretrained(folders[0]).save_pretrained(target)
    with replacing(target / WEIGHTS) as partial:
        save_file(mean, partial, metadata={"format": "pt"})
