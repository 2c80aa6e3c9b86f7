"""Runs the stages of a recipe in order, and resumes with the stage that was interrupted."""

from __future__ import annotations

import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

from emola.errors import RecipeError
from emola.files import replacing
from emola.train.recipe import Recipe, Stage
from emola.train.resume import CHECKPOINTS, changed_settings, comparable

log = logging.getLogger(__name__)

PROGRESS = "progress.json"


def run_recipe(recipe: Recipe, only: str | None = None) -> None:
    """Run the stages that have not finished, or only the stage named ``only``, even if it has finished.

    An interrupted stage resumes from its last checkpoint; any other starts from scratch. Running a stage
    again outdates all later ones, which are then run again, too.

    Raises RecipeError for an unknown stage, for a finished stage whose settings have changed, and for
    several stages started in several processes.
    """
    if only is not None and only not in (names := [stage.name for stage in recipe.stages]):
        raise RecipeError(f"There is no stage {only!r}; use one of {', '.join(names)}.")
    if recipe.out is None:
        recipe.stages[0].train(recipe.stages[0].settings)
        return
    if os.environ.get("WORLD_SIZE", "1") != "1":
        raise RecipeError("A recipe of several stages runs in one process; start it without a launcher.")
    progress = _Progress(recipe.out / PROGRESS)
    for stage in recipe.stages:
        if only is None and progress.has_finished(stage):
            log.info("%s: finished before", stage.name)
        elif only in (None, stage.name):
            later = [other.name for other in recipe.stages[recipe.stages.index(stage) + 1 :]]
            progress.start(stage, later)
            log.info("%s: started", stage.name)
            stage.train(stage.settings)
            progress.finish(stage)


class _Progress:
    """The file that says which stages have finished, with which settings, and which were interrupted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._finished: dict[str, dict[str, str]] = {}
        self._interrupted: list[str] = []
        if path.exists():
            try:
                state = json.loads(path.read_text("utf-8"))
                self._finished, self._interrupted = dict(state["finished"]), list(state["interrupted"])
            except (ValueError, KeyError, TypeError) as error:
                raise RecipeError(f"{path} is damaged; remove it to begin with the first stage.") from error

    def has_finished(self, stage: Stage) -> bool:
        """Return whether the stage has finished and its result is still there.

        Raises RecipeError if it finished with other settings.
        """
        earlier = self._finished.get(stage.name)
        if earlier is None or not Path(earlier["out"]).exists():
            return False
        changed = changed_settings(stage.settings, earlier)
        if earlier["out"] != str(stage.settings.out):
            changed.append("out")
        if changed:
            raise RecipeError(
                f"The stage {stage.name!r} has finished with another {' and '.join(changed)}: run it again "
                f"with --stage {stage.name}, or choose other folders."
            )
        return True

    def start(self, stage: Stage, later: list[str]) -> None:
        """Note that the stage runs, and that the ``later`` ones, made from its results, are outdated.

        Removes checkpoints of the stage unless an interruption left them: they are older than the results
        that the stage starts from.
        """
        if stage.name not in self._interrupted:
            shutil.rmtree(Path(stage.settings.out) / CHECKPOINTS, ignore_errors=True)
        outdated = {stage.name, *later}
        self._finished = {name: value for name, value in self._finished.items() if name not in outdated}
        self._interrupted = [name for name in self._interrupted if name not in outdated] + [stage.name]
        self._save()

    def finish(self, stage: Stage) -> None:
        """Note that the stage has finished."""
        self._finished[stage.name] = {**comparable(stage.settings), "out": str(stage.settings.out)}
        self._interrupted.remove(stage.name)
        self._save()

    def _save(self) -> None:
        state: dict[str, Any] = {"finished": self._finished, "interrupted": self._interrupted}
        with replacing(self._path) as partial:
            partial.write_text(json.dumps(state, indent=2) + "\n", "utf-8")
