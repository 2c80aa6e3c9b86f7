"""Unpacking of the language model: once, atomically, and again when damaged."""

import pytest
from damages import DAMAGES

from emola import downloads


def test_interrupted_unpacking_leaves_no_folder(toy_language_model):
    """Guards against a partial folder that loads as a model."""
    toy_language_model.convert.interrupted = True
    with pytest.raises(KeyboardInterrupt):
        downloads.language_model_dir()
    assert sorted(path.name for path in downloads.cache_dir().iterdir()) == [".partial", "model.bin"]


def test_unpacks_once(toy_language_model):
    folder = downloads.language_model_dir()
    assert sorted(path.name for path in folder.iterdir()) == [
        "SHA256SUMS",
        "model.safetensors",
        "tokenizer.json",
    ]
    (downloads.cache_dir() / "model.bin").unlink()
    assert downloads.language_model_dir() == folder
    assert toy_language_model.unpacked == ["model.bin"]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "SHA256SUMS"])
def test_a_damaged_folder_is_unpacked_again(toy_language_model, name, damage):
    folder = downloads.language_model_dir()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    DAMAGES[damage](folder / name)
    assert downloads.language_model_dir() == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert len(toy_language_model.unpacked) == 2


def test_a_file_in_place_of_the_folder_is_replaced(toy_language_model):
    downloads.path("model.bin")
    (downloads.cache_dir() / "SmolLM2-135M-Instruct").write_text("a file")
    assert (downloads.language_model_dir() / "tokenizer.json").is_file()
