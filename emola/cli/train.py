"""Train from a recipe. An interrupted run resumes at the stage and step where it stopped."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the recipe, its overrides and the choice of a stage."""
    parser.add_argument(
        "recipe",
        type=Path,
        metavar="RECIPE.yaml",
        help="recipe: a stage or a list of stages with their settings",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        dest="settings",
        help="change a setting; in a recipe of several stages STAGE.KEY=VALUE; may be repeated",
    )
    parser.add_argument("--stage", metavar="NAME", help="run this stage alone, even if it has finished")


def run(args: argparse.Namespace) -> int:
    """Check all settings of the recipe, then train."""
    from emola.train.recipe import load_recipe
    from emola.train.stages import run_recipe

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    run_recipe(load_recipe(args.recipe, args.settings), args.stage)
    return 0
