"""Model cards and uploads to the hub."""

import json

import pytest
import tiny_models as tiny
from huggingface_hub.errors import HFValidationError
from published_layout import Reference, convert_parts

from emola.errors import CheckpointError
from emola.model import card, push_to_hub


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("card")
    convert_parts(Reference().write_all(root), root / "out")
    return root / "out"


def test_the_card_lists_parts_and_licences(folder):
    text = (folder / "README.md").read_text()
    front = text.split("---\n")[1]
    assert "license: other" in front and "library_name: emola" in front
    for part in (
        "| base | `llava-v1.5-tiny`, its weights in this folder |",
        "| adapter `au` | LoRA of rank 4, alpha 8",
        "| adapter `emotion` | LoRA of rank 4, alpha 8",
        "`insightface-2d106`, 212 numbers",
        "Llama 2 Community License",
        "CLIP, MIT",
        "non-commercial research only",
    ):
        assert part in text, part
    assert str(folder) not in text


def test_the_card_names_a_base_on_the_hub(folder, tmp_path):
    settings = json.loads((folder / "config.json").read_text())
    settings.update(base_model="llava-hf/llava-1.5-7b-hf", base_revision="abc123")
    (tmp_path / "config.json").write_text(json.dumps(settings))
    text = card.card(tmp_path)
    assert "base_model: llava-hf/llava-1.5-7b-hf\n" in text
    assert "`llava-hf/llava-1.5-7b-hf` at commit `abc123`, not part of this folder" in text


def test_other_models_do_not_get_the_published_licences(tmp_path):
    tiny.resnet_config(language_model="SmolLM2-135M-Instruct", title="Mine").save_pretrained(tmp_path)
    text = card.card(tmp_path)
    assert "# Mine" in text and "`SmolLM2-135M-Instruct`, downloaded separately" in text
    assert "LLaVA" not in text and "AffectNet" not in text


@pytest.mark.parametrize(
    ("reading", "row"), [("written", "writes one line"), ("measured", "is told what the landmarks measure")]
)
def test_the_card_says_how_the_model_reads_a_face(tmp_path, reading, row):
    tiny.resnet_config(reading=reading).save_pretrained(tmp_path)
    assert row in card.card(tmp_path)
    tiny.resnet_config().save_pretrained(tmp_path)
    assert "| reading |" not in card.card(tmp_path)


class FakeHub:
    """Records the two calls of a push."""

    def __init__(self, token=None):
        FakeHub.calls = []

    def create_repo(self, name, **options):
        if "/" not in name:
            raise HFValidationError("Repo id must be in the form 'namespace/repo_name'.\nMore.")
        FakeHub.calls.append(("create", name, options))
        return f"https://hub/{name}"

    def upload_folder(self, **options):
        FakeHub.calls.append(("upload", options))


def test_push_uploads_the_folder_with_its_card(folder, monkeypatch):
    monkeypatch.setattr(card, "HfApi", FakeHub)
    (folder / "README.md").write_text("mine")
    assert push_to_hub(folder, "me/emola") == "https://hub/me/emola"
    created, uploaded = FakeHub.calls
    assert created == ("create", "me/emola", {"private": True, "exist_ok": True})
    assert uploaded[1]["folder_path"] == folder and uploaded[1]["repo_id"] == "me/emola"
    assert (folder / "README.md").read_text() == "mine"
    (folder / "README.md").unlink()
    push_to_hub(folder, "me/emola", private=False)
    assert FakeHub.calls[0][2]["private"] is False
    assert "# EmoLA" in (folder / "README.md").read_text()


def test_pushed_patterns_cover_all_files(folder):
    from fnmatch import fnmatch

    for path in folder.rglob("*"):
        if path.is_file():
            name = str(path.relative_to(folder))
            assert any(fnmatch(name, pattern) for pattern in card.CHECKPOINT_FILES), name


def test_a_failed_push_gives_one_sentence(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(card, "HfApi", FakeHub)
    with pytest.raises(CheckpointError, match=r"cannot be pushed to nowhere: Repo id must be in the form"):
        push_to_hub(folder, "nowhere")
    with pytest.raises(CheckpointError, match=r"not an EmoLA checkpoint: config\.json is missing"):
        push_to_hub(tmp_path, "me/emola")
