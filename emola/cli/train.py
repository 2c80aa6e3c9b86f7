"""Train from a recipe. A run that was interrupted goes on from its last checkpoint."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The recipe, and what to change in it."""
    parser.add_argument("recipe", type=Path, metavar="RECIPE.yaml", help="what to train, on what, and how")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a setting of the recipe; may be given several times",
    )


def run(args: argparse.Namespace) -> int:
    """Check the recipe, then train."""
    from emola.train.recipe import load_recipe

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    train, recipe = load_recipe(args.recipe, args.settings)
    train(recipe)
    return 0
