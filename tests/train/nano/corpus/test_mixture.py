"""The shares of the corpus are checked when they are read."""

import dataclasses
from pathlib import Path

import pytest
import yaml
from writing import MIXTURE, RECIPES, WRITER

from emola.errors import RecipeError
from emola.train.nano.corpus import Mixture, Writer


def changed(tmp_path: Path, section: str, key: str, value: object) -> Path:
    """Write the recipe's mixture with one setting replaced, of a section or of the whole."""
    values = yaml.safe_load((RECIPES / "mixture.yaml").read_text(encoding="utf-8"))
    (values[section] if section else values)[key] = value
    path = tmp_path / "mixture.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("section", "key", "value", "message"),
    [
        ("", "hidden", 1.5, "hidden is 1.5; a share is from 0 to 1"),
        ("questions", "posed", -0.1, "questions: posed is -0.1; a weight has to be at least 0"),
        ("", "follow_ups", {"it_why": 0}, "follow_ups has no weight above 0"),
        ("wordings", "list", {}, "list has no weight above 0"),
        ("", "speed", 1, "there is no setting 'speed'"),
    ],
)
def test_rejects_a_share_that_does_not_fit(tmp_path, section: str, key: str, value, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Mixture.load(changed(tmp_path, section, key, value))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("riddle", "'riddle' is not a kind of question"),
        ("xx/emotion", "there are no phrases in the language of 'xx/emotion'"),
    ],
)
def test_rejects_an_unknown_kind_or_language(name: str, message: str) -> None:
    mixture = dataclasses.replace(MIXTURE, questions={name: 1.0})
    with pytest.raises(RecipeError, match=message):
        Writer(WRITER.book, mixture)


def test_names_a_missing_file(tmp_path) -> None:
    with pytest.raises(RecipeError, match=r"The mixture .*absent\.yaml cannot be read"):
        Mixture.load(tmp_path / "absent.yaml")


def test_rejects_text_that_is_no_table(tmp_path) -> None:
    path = tmp_path / "mixture.yaml"
    path.write_text("- 1\n", encoding="utf-8")
    with pytest.raises(RecipeError, match="is not a table of settings"):
        Mixture.load(path)
    path.write_text("a: [", encoding="utf-8")
    with pytest.raises(RecipeError, match="is not YAML"):
        Mixture.load(path)
