import json
from dataclasses import replace

import numpy as np
import pytest
import tiny_models as tiny
import torch
from safetensors.torch import load_file
from table_fakes import face_table, measured_evidence, save_table
from transformers import LlamaForCausalLM, ResNetConfig

from emola.errors import DataError, RecipeError
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM
from emola.files import altered_files
from emola.model import load_checkpoint, loading
from emola.model.processing import IGNORE_INDEX
from emola.train.collate import Collate
from emola.train.nano import instruct, new_model
from emola.train.nano.conversations import Conversations, FaceEncoder, read_corpus
from emola.train.nano.face_table import FaceTable
from emola.train.nano.instruct import InstructRecipe, train_instruct
from emola.train.nano.tower import TowerWithHeads
from emola.train.trainer import PROJECTORS, AdapterTrainer

pytestmark = pytest.mark.slow

READ = {"reading": {"movements": "AU12 C.", "view": "", "emotion": "Happy."}, "synthetic": False}


@pytest.fixture(scope="module")
def language(tmp_path_factory):
    """A language model folder as ``downloads`` makes it: tied head, with its tokenizer."""
    folder = tmp_path_factory.mktemp("language")
    torch.manual_seed(0)
    LlamaForCausalLM(tiny.text_config()).save_pretrained(folder)
    tiny.tiny_tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(autouse=True)
def tiny_language(language, monkeypatch):
    monkeypatch.setattr(loading, "language_model_dir", lambda config: language)
    monkeypatch.setattr(new_model, "language_model_dir", lambda config: language)


def make_recipe(folder) -> InstructRecipe:
    torch.manual_seed(0)
    shape = ResNetConfig(
        num_channels=1,
        embedding_size=16,
        hidden_sizes=[16, 16, 24, 24],
        depths=[1] * 4,
        layer_type="basic",
        image_size=64,
    )
    tower = TowerWithHeads(shape)
    tower.save(folder / "tower")
    tower.evidence(measured_evidence()).save(folder / "tower" / EVIDENCE_NAME)
    save_table(folder / "faces" / "lab", face_table(12))
    with (folder / "corpus.jsonl").open("w") as file:
        for row in range(12):
            turns = [("Smile?", "Yes." if row % 2 else "Not at all.")]
            file.write(json.dumps({"faces": "lab", "row": row, **READ, "turns": turns}) + "\n")
    return InstructRecipe(
        faces=folder / "faces",
        corpora=(folder / "corpus.jsonl",),
        tower=folder / "tower",
        out=folder / "checkpoint",
        reading="measured",
        rank=4,
        batch_size=4,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory, language):
    patch = pytest.MonkeyPatch()
    patch.setattr(loading, "language_model_dir", lambda config: language)
    patch.setattr(new_model, "language_model_dir", lambda config: language)
    recipe = make_recipe(tmp_path_factory.mktemp("instruct"))
    train_instruct(recipe)
    patch.undo()
    return recipe


def conversations(folder, prior):
    recipe = make_recipe(folder)
    processor = tiny.tiny_processor(tiny.resnet_config(prior_dim=PRIOR_DIM))
    items = Conversations(recipe.corpora, ["lab"], processor, prior=prior)
    return items, FaceEncoder([FaceTable.load(recipe.faces / "lab")], 64)


def make_trainer(model, recipe, items, first_token_weight=1.0) -> AdapterTrainer:
    rates = dict.fromkeys(PROJECTORS, recipe.projector_learning_rate)
    return AdapterTrainer(
        model=model,
        args=instruct._arguments(recipe),
        train_dataset=items,
        learning_rates=rates,
        first_token_weight=first_token_weight,
    )


def test_result_is_a_checkpoint(trained):
    model, processor = load_checkpoint(trained.out, device="cpu")
    assert altered_files(trained.out) == [], "its checksums are true"
    assert processor.image_tokens == 4 + trained.prior_tokens
    assert model.config.title == "EmoLA-Nano" and model.config.prior_dim == PRIOR_DIM
    assert model.config.reading == "measured"
    inputs = processor(
        images=[tiny.face_picture()],
        messages=[[tiny.user("Smile?")]],
        prior_features=[face_table(1).priors[0]],
    )
    assert inputs["pixel_values"].shape == (1, 1, 64, 64)
    with torch.no_grad():
        assert model(**inputs).logits.isfinite().all()


def test_an_unknown_reading_is_refused(trained):
    with pytest.raises(RecipeError, match="'reading' is 'spoken'; it can be written or measured"):
        replace(trained, reading="spoken")


def test_checkpoint_has_the_evidence_of_its_tower(trained):
    brought = AUEvidence.load(trained.out / EVIDENCE_NAME)
    np.testing.assert_array_equal(brought.weights, AUEvidence.load(trained.tower / EVIDENCE_NAME).weights)


def test_head_is_that_of_the_language_model(trained, language):
    """SmolLM2's head is tied to its embeddings; otherwise the checkpoint would load with a random head."""
    model, _ = load_checkpoint(trained.out, device="cpu", trainable=True)
    expected = load_file(language / "model.safetensors")["model.embed_tokens.weight"]
    torch.testing.assert_close(model.get_base_model().lm_head.weight, expected)


def test_tower_does_not_change(trained):
    """Batch statistics included, which training mode would change even in a frozen tower."""
    before = load_file(trained.tower / "model.safetensors")
    model, _ = load_checkpoint(trained.out, device="cpu")
    for name, tensor in model.model.vision_tower.state_dict().items():
        torch.testing.assert_close(tensor, before[name], atol=1e-3, rtol=1e-3)


def test_trains_adapter_and_projectors_only(tmp_path):
    recipe = make_recipe(tmp_path)
    model, processor = instruct.start_model(recipe)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    table = FaceTable.load(recipe.faces / "lab")
    items = Conversations(recipe.corpora, ["lab"], processor)
    batch = Collate(FaceEncoder([table], 64), processor.tokenizer.pad_token_id)([items[i] for i in range(4)])
    trainer = make_trainer(model, recipe, items)
    optimizer = trainer.create_optimizer()
    assert [group["lr"] for group in optimizer.param_groups] == [4e-4, 1e-3]
    model.train()
    trainer.compute_loss(model, dict(batch)).backward()
    for part in ("prior_projector", "multi_modal_projector", "lora_B"):
        grads = [p.grad for name, p in model.named_parameters() if part in name and p.requires_grad]
        assert grads and all(grad is not None and grad.abs().sum() > 0 for grad in grads), part
    optimizer.step()
    after = model.state_dict()
    moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert moved
    assert all("lora_" in name or "modules_to_save" in name for name in moved)


def test_loss_covers_answers_only(tmp_path):
    """Equal to the loss of transformers for the same labels, which computes all logits."""
    recipe = make_recipe(tmp_path)
    model, processor = instruct.start_model(recipe)
    table = FaceTable.load(recipe.faces / "lab")
    items = Conversations(recipe.corpora, ["lab"], processor)
    batch = Collate(FaceEncoder([table], 64), processor.tokenizer.pad_token_id)([items[0], items[1]])
    assert batch["labels"].ne(IGNORE_INDEX).sum() == len("Not at all.") + len("Yes.") + 2
    trainer = make_trainer(model, recipe, items)
    with torch.no_grad():
        model.eval()
        expected = model(**batch).loss
        found = trainer.compute_loss(model, dict(batch))
    assert float(found) == pytest.approx(float(expected), rel=0.02)


def test_the_first_token_of_an_answer_can_weigh_more(tmp_path):
    """In every answer of a conversation, whatever its length."""
    recipe = make_recipe(tmp_path)
    model, processor = instruct.start_model(recipe)
    encode = FaceEncoder([FaceTable.load(recipe.faces / "lab")], 64)
    turns = [("Smile?", "Yes."), ("Frown?", "Not at all.")]
    record = {"faces": "lab", "row": 0, **READ, "turns": turns}
    recipe.corpora[0].write_text(json.dumps(record) + "\n", encoding="utf-8")
    items = Conversations(recipe.corpora, ["lab"], processor)
    batch = Collate(encode, processor.tokenizer.pad_token_id)([items[0]])
    labels_T = batch["labels"][0]
    first = [t for t in range(1, len(labels_T)) if labels_T[t] >= 0 > labels_T[t - 1]]
    assert len(first) == 2
    with torch.no_grad():
        model.eval()
        logits_TV = model(**batch).logits[0].float()
        losses = [float(torch.nn.functional.cross_entropy(logits_TV[t - 1], labels_T[t])) for t in first]
        plain, weighted = (
            float(make_trainer(model, recipe, items, weight).compute_loss(model, dict(batch)))
            for weight in (1.0, 5.0)
        )
    answered = int(labels_T.ne(IGNORE_INDEX).sum())
    assert weighted - plain == pytest.approx(4 * sum(losses) / answered, rel=0.02)


def test_accumulated_batches_have_the_loss_of_one_batch(tmp_path):
    """Guards against a gradient that grows with the number of batches of a step."""
    recipe = make_recipe(tmp_path)
    model, processor = instruct.start_model(recipe)
    table = FaceTable.load(recipe.faces / "lab")
    items = Conversations(recipe.corpora, ["lab"], processor)
    collate = Collate(FaceEncoder([table], 64), processor.tokenizer.pad_token_id)
    whole, *parts = (collate([items[i] for i in rows]) for rows in ((0, 1, 2), (0, 1), (2,)))
    tokens = whole["labels"].ne(IGNORE_INDEX).sum()
    trainer = make_trainer(model, recipe, items)
    with torch.no_grad():
        model.eval()
        expected = trainer.compute_loss(model, dict(whole))
        found = sum(trainer.compute_loss(model, dict(part), num_items_in_batch=tokens) for part in parts)
    assert float(found) == pytest.approx(float(expected), rel=0.02)


def test_batch_has_the_faces_of_its_conversations(tmp_path):
    recipe = make_recipe(tmp_path)
    processor = tiny.tiny_processor(tiny.resnet_config(prior_dim=PRIOR_DIM))
    items = Conversations(recipe.corpora, ["lab"], processor)
    table = FaceTable.load(recipe.faces / "lab")
    batch = Collate(FaceEncoder([table], 64), 2)([items[7], items[2]])
    np.testing.assert_array_equal(batch["prior_features"], table.priors[[7, 2]])
    assert batch["attention_mask"].sum(1).tolist() == [len(items[i]["input_ids"]) for i in (7, 2)]
    assert batch["pixel_values"].shape == (2, 1, 64, 64)


def test_prior_off_is_the_prior_of_a_face_without_landmarks(tmp_path):
    items, encode = conversations(tmp_path, "off")
    assert not any(encode(item)["prior_features"].any() for item in items)


def test_shuffled_prior_is_that_of_another_face(tmp_path):
    items, encode = conversations(tmp_path, "shuffled")
    own, _ = conversations(tmp_path / "own", "on")
    for item, right in zip(items, own, strict=True):
        assert not torch.equal(encode(item)["prior_features"], encode(right)["prior_features"])
        assert torch.equal(encode(item)["pixel_values"], encode(right)["pixel_values"])


def test_rejects_an_unknown_prior(tmp_path):
    with pytest.raises(RecipeError, match="The prior can be on, off, shuffled, not 'absent'"):
        replace(make_recipe(tmp_path), prior="absent")


def test_names_an_unknown_table_with_its_line(tmp_path):
    recipe = make_recipe(tmp_path)
    with pytest.raises(DataError, match=r"corpus\.jsonl, line 1: there is no table 'lab'"):
        Conversations(recipe.corpora, ["elsewhere"], tiny.tiny_processor(tiny.resnet_config()))


@pytest.mark.parametrize(
    "line", ["{", "[]", "3", '{"faces": "a"}', '{"faces": 3, "row": 0, "turns": []}', "\xff"]
)
def test_names_an_invalid_line_of_the_corpus(tmp_path, line):
    good = json.dumps({"faces": "a", "row": 0, **READ, "turns": []}) + "\n"
    (tmp_path / "corpus.jsonl").write_bytes((good + line).encode("latin-1"))
    with pytest.raises(DataError, match=r"corpus\.jsonl"):
        list(read_corpus(tmp_path / "corpus.jsonl"))
    with pytest.raises(DataError, match=r"The corpus .*gone\.jsonl cannot be read"):
        list(read_corpus(tmp_path / "gone.jsonl"))


def test_concatenates_several_corpora(tmp_path):
    recipe = make_recipe(tmp_path)
    processor = tiny.tiny_processor(tiny.resnet_config(prior_dim=PRIOR_DIM))
    one = Conversations(recipe.corpora, ["lab"], processor)
    two = Conversations(recipe.corpora * 2, ["lab"], processor)
    assert (len(one), len(two)) == (12, 24) and two[12] == one[0]


def test_continues_from_an_adapter(trained, tmp_path):
    """With its trained projectors, still trainable."""
    start = trained.out / "adapters" / "nano"
    model, _ = instruct.start_model(replace(trained, start=start, out=tmp_path / "next"))
    learnt = load_file(start / "adapter_model.safetensors")
    found = dict(model.named_parameters())
    name = "base_model.model.model.prior_projector.modules_to_save.nano.linear_1.weight"
    assert found[name].requires_grad
    torch.testing.assert_close(found[name], learnt[name.replace("modules_to_save.nano.", "")].float())


def test_average_is_the_mean_of_before_and_after(trained, tmp_path):
    start = trained.out / "adapters" / "nano"
    weights = {"start": load_file(start / "adapter_model.safetensors")}
    for name, average in {"last": False, "mean": True}.items():
        recipe = replace(trained, start=start, average=average, out=tmp_path / name)
        train_instruct(recipe)
        weights[name] = load_file(recipe.out / "adapters" / "nano" / "adapter_model.safetensors")
    moved = 0.0
    for name, mean in weights["mean"].items():
        first, last = weights["start"][name].float(), weights["last"][name].float()
        torch.testing.assert_close(mean.float(), (first + last) / 2, atol=2e-4, rtol=2e-3)
        moved = max(moved, float((first - last).abs().max()))
    assert moved > 1e-3


def test_average_needs_a_start(trained):
    with pytest.raises(RecipeError, match="set 'start', or leave it out"):
        replace(trained, average=True)
