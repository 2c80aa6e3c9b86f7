"""Running, skipping and resuming of stages."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from emola.errors import RecipeError
from emola.train.recipe import Recipe, Stage
from emola.train.resume import CHECKPOINTS
from emola.train.stages import PROGRESS, run_recipe


@dataclass(frozen=True)
class Settings:
    out: Path
    epochs: int = 1
    save_steps: int = 40


class Runs:
    """A recipe of stages a, b and c that log their order and whether they resumed.

    fails: names of stages that are interrupted after their first checkpoint.
    """

    def __init__(self, out):
        self.out, self.log, self.fails = out, [], set()

    def recipe(self, **settings):
        def stage(name):
            return Stage(name, self.train, Settings(self.out / name, **settings.get(name, {})))

        return Recipe(tuple(map(stage, "abc")), self.out)

    def train(self, settings):
        name, checkpoint = settings.out.name, settings.out / CHECKPOINTS / "checkpoint-1"
        self.log.append(f"{name} resumed" if checkpoint.exists() else name)
        checkpoint.mkdir(parents=True, exist_ok=True)
        if name in self.fails:
            raise KeyboardInterrupt

    def take_log(self):
        log, self.log = self.log, []
        return log


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path / "work")


def interrupt(runs, name, only=None):
    runs.fails = {name}
    with pytest.raises(KeyboardInterrupt):
        run_recipe(runs.recipe(), only)
    runs.fails = set()


def test_runs_every_stage_once(runs):
    run_recipe(runs.recipe())
    assert runs.take_log() == ["a", "b", "c"]
    run_recipe(runs.recipe())
    assert runs.take_log() == []


def test_resumes_at_the_interrupted_stage_and_its_checkpoint(runs):
    interrupt(runs, "b")
    run_recipe(runs.recipe())
    assert runs.take_log() == ["a", "b", "b resumed", "c"]


def test_running_one_stage_invalidates_later_stages(runs):
    run_recipe(runs.recipe())
    run_recipe(runs.recipe(), "b")
    run_recipe(runs.recipe())
    assert runs.take_log() == ["a", "b", "c", "b", "c"]


def test_a_checkpoint_older_than_its_inputs_is_not_resumed(runs):
    """The interrupted stage had started from weights that no longer exist."""
    interrupt(runs, "b")
    run_recipe(runs.recipe(), "a")
    run_recipe(runs.recipe())
    assert runs.take_log() == ["a", "b", "a", "b", "c"]


def test_running_a_later_stage_keeps_the_checkpoint_of_an_interrupted_one(runs):
    interrupt(runs, "b")
    run_recipe(runs.recipe(), "c")
    run_recipe(runs.recipe())
    assert runs.take_log() == ["a", "b", "c", "b resumed", "c"]


def test_a_stage_whose_result_was_removed_runs_again(runs):
    run_recipe(runs.recipe())
    (runs.out / "b").rename(runs.out / "elsewhere")
    run_recipe(runs.recipe())
    assert runs.take_log() == ["a", "b", "c", "b", "c"]


def test_refuses_other_settings_for_a_finished_stage(runs):
    run_recipe(runs.recipe())
    with pytest.raises(RecipeError, match="another epochs: run it again with --stage b"):
        run_recipe(runs.recipe(b={"epochs": 2}))
    with pytest.raises(RecipeError, match="'b' has finished with another out"):
        run_recipe(with_moved_output(runs))
    run_recipe(runs.recipe(b={"epochs": 2}), "b")
    run_recipe(runs.recipe(b={"epochs": 2, "save_steps": 7}))
    assert runs.take_log() == ["a", "b", "c", "b", "c"]


def with_moved_output(runs):
    a, b, c = runs.recipe().stages
    return Recipe((a, Stage("b", b.train, Settings(runs.out / "elsewhere")), c), runs.out)


def test_a_recipe_of_one_stage_keeps_no_progress(runs, tmp_path):
    recipe = Recipe((runs.recipe().stages[0],))
    for _ in range(2):
        run_recipe(recipe)
    assert runs.take_log() == ["a", "a resumed"] and not (runs.out / PROGRESS).exists()


def test_refuses_an_unknown_stage(runs):
    with pytest.raises(RecipeError, match="There is no stage 'd'; use one of a, b, c"):
        run_recipe(runs.recipe(), "d")


def test_refuses_several_processes(runs, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(RecipeError, match="runs in one process"):
        run_recipe(runs.recipe())


@pytest.mark.parametrize("content", ["{", "[]", '{"finished": 3, "interrupted": []}', json.dumps({})])
def test_refuses_a_damaged_progress_file(runs, content):
    runs.out.mkdir()
    (runs.out / PROGRESS).write_text(content)
    with pytest.raises(RecipeError, match=r"progress\.json is damaged"):
        run_recipe(runs.recipe())
