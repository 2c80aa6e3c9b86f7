from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from emola.errors import RecipeError
from emola.train.resume import CHECKPOINTS, checkpoint_to_resume, last_checkpoint


@dataclass(frozen=True)
class Settings:
    out: Path
    rank: int = 8
    seed: int = 0
    save_steps: int = 40


def checkpoint(out, step):
    folder = out / CHECKPOINTS / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    return str(folder)


def test_finds_the_newest_checkpoint(tmp_path):
    assert last_checkpoint(tmp_path) is None
    folders = [checkpoint(tmp_path, step) for step in (2, 10, 9)]
    assert last_checkpoint(tmp_path) == folders[1]


def test_resumes_with_the_same_settings(tmp_path):
    settings = Settings(tmp_path / "new")
    assert checkpoint_to_resume(settings) is None
    folder = checkpoint(settings.out, 40)
    assert checkpoint_to_resume(settings) == folder
    assert checkpoint_to_resume(replace(settings, save_steps=5)) == folder


def test_refuses_other_settings(tmp_path):
    """The weights were trained with other settings."""
    settings = Settings(tmp_path)
    checkpoint_to_resume(settings)
    checkpoint(tmp_path, 40)
    with pytest.raises(RecipeError, match="another rank and seed: choose another folder"):
        checkpoint_to_resume(replace(settings, rank=4, seed=1))


def test_allows_other_settings_before_the_first_checkpoint(tmp_path):
    checkpoint_to_resume(Settings(tmp_path))
    assert checkpoint_to_resume(Settings(tmp_path, rank=4)) is None
    checkpoint(tmp_path, 40)
    with pytest.raises(RecipeError, match="another rank"):
        checkpoint_to_resume(Settings(tmp_path))
