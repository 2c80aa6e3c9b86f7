"""Recipes that take stages from another one."""

from pathlib import Path

import pytest

from emola.errors import RecipeError
from emola.train.nano.face_sources import FaceSource
from emola.train.recipe import load_recipe

CORPUS = """stage: corpus, conversations: 2, repeats: 0, phrases: recipes/nano/phrases,
     mixture: recipes/nano/mixture.yaml, exchanges: recipes/nano/exchanges/talk"""
BASE = f"""
out: work
stages:
  - {{name: first, sources: [{{faces: work/a}}], tower: workshop/t, out: work/first.jsonl, {CORPUS}}}
  - {{name: second, sources: [{{faces: work/a}}], tower: work/t, out: work/second.jsonl, {CORPUS}}}
"""
BASED = f"""
base: base.yaml
out: work/other
stages:
  - {{name: new, sources: [{{faces: b}}], tower: work/kept, out: work/other/new.jsonl, {CORPUS}}}
  - {{name: second, sources: [{{faces: work/own}}], seed: 5}}
"""


@pytest.fixture
def write(tmp_path):
    """Returns a function that writes a recipe beside its base."""

    def write(text: str) -> Path:
        (tmp_path / "base.yaml").write_text(BASE, "utf-8")
        (tmp_path / "based.yaml").write_text(text, "utf-8")
        return tmp_path / "based.yaml"

    return write


def test_a_stage_without_a_kind_is_that_of_the_base_in_another_folder(write):
    recipe = load_recipe(write(BASED + "  - name: first\n"), ["first.conversations=4"])
    new, second, first = (stage.settings for stage in recipe.stages)
    assert [stage.name for stage in recipe.stages] == ["new", "second", "first"]
    assert recipe.out == Path("work/other") and new.tower == Path("work/kept")
    assert (second.conversations, second.seed) == (2, 5)
    assert (second.tower, second.out) == (Path("work/other/t"), Path("work/other/second.jsonl"))
    assert second.sources == (FaceSource(Path("work/own")),), "its own settings are not moved"
    assert first.sources == (FaceSource(Path("work/other/a")),) and first.conversations == 4
    assert first.tower == Path("workshop/t"), "a folder whose name begins alike is another one"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("name: second", "name: third", "stage 'third': it has no kind, and"),
        ("base: base.yaml", "base: none.yaml", "none.yaml cannot be read: No such file"),
        ("base: base.yaml", "base: 5", "'base' is 5; the name of a recipe is needed."),
        ("base: base.yaml", "base: based.yaml", "has 'out', a folder, and 'stages', a list."),
        ("base: base.yaml", "", "stage 'second': the stage is None; use one of"),
        ("seed: 5", "sead: 5", "stage 'second': there is no setting 'sead'; did you mean 'seed'?"),
    ],
)
def test_an_invalid_base_is_reported_in_one_sentence(write, old, new, sentence):
    with pytest.raises(RecipeError) as error:
        load_recipe(write(BASED.replace(old, new)))
    assert sentence in str(error.value) and "\n" not in str(error.value)
