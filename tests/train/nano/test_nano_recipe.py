"""recipes/nano.yaml from the first stage to the last, on fake faces and a tiny language model."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_models as tiny
import torch
from table_fakes import face_table, save_table
from transformers import LlamaForCausalLM

from emola.files import altered_files
from emola.model import load_checkpoint, loading
from emola.train.nano import face_table as tables
from emola.train.nano import new_model
from emola.train.recipe import load_recipe
from emola.train.stages import PROGRESS, run_recipe
from emola.train.trainer import AdapterTrainer

pytestmark = pytest.mark.slow

RECIPE = Path(__file__).parents[3] / "recipes" / "nano.yaml"
STAGES = [
    *("faces", "evidence", "tower", "average"),
    *("readings", "corpus", "questions", "more_questions"),
    *("read", "speak", "practise", "practise_more"),
]
CONVERSATIONS = ("corpus", "questions", "more_questions")
TOWER = [
    "stem=16",
    "widths=[16, 16, 24, 24]",
    "depths=[1, 1, 1, 1]",
    "epochs=1",
    "epoch_faces=16",
    "batch_size=8",
]
SMALL = [
    *(f"{stage}.{setting}" for stage in ("tower", "average") for setting in TOWER),
    *(
        f"{stage}.{name.removesuffix('.yaml')}={RECIPE.parent / 'nano' / name}"
        for stage in ("readings", "corpus", "questions", "more_questions")
        for name in ("phrases", "exchanges", "mixture.yaml")
    ),
    "readings.readings=6",
    *(f"{stage}.{setting}" for stage in CONVERSATIONS for setting in ("conversations=8", "repeats=0")),
    *(
        f"{stage}.{setting}"
        for stage in ("read", "speak", "practise", "practise_more")
        for setting in ("rank=2", "batch_size=2", "epochs=1", "compile=false")
    ),
    "practise_more.save_steps=1",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The recipe with small settings, in a folder of its own where it can run."""
    folder = tmp_path_factory.mktemp("nano")
    torch.manual_seed(0)
    LlamaForCausalLM(tiny.text_config()).save_pretrained(folder / "language")
    tiny.tiny_tokenizer().save_pretrained(folder / "language")

    def build_faces(data, out, progress):
        return tables.FaceTable.load(save_table(out, face_table(40, people=20, prefix=Path(data).stem)))

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(tables, "build_faces", build_faces)
        for module in (loading, new_model):
            patch.setattr(module, "language_model_dir", lambda config: folder / "language")
        yield load_recipe(RECIPE, SMALL)


def watched(recipe, ran):
    """The recipe, noting in ``ran`` which stages run."""

    def watch(stage):
        def train(settings):
            ran.append(stage.name)
            stage.train(settings)

        return replace(stage, train=train)

    return replace(recipe, stages=tuple(map(watch, recipe.stages)))


def adapter(stage):
    return Path("work/nano", stage, "adapters/nano/adapter_model.safetensors").read_bytes()


def interrupting_third_step(ran, monkeypatch):
    step, taken = AdapterTrainer.training_step, []

    def training_step(self, *args, **kwargs):
        if ran[-1] == "practise_more":
            taken.append(None)
            if len(taken) == 3:
                raise KeyboardInterrupt
        return step(self, *args, **kwargs)

    monkeypatch.setattr(AdapterTrainer, "training_step", training_step)


def test_trains_nano_from_nothing_and_resumes_in_the_middle(small, monkeypatch):
    ran = []
    with monkeypatch.context() as patch:
        interrupting_third_step(ran, patch)
        with pytest.raises(KeyboardInterrupt):
            run_recipe(watched(small, ran))
    assert ran == STAGES
    assert Path("work/nano/talking/checkpoints/checkpoint-2").is_dir()

    ran, steps = [], []
    step = AdapterTrainer.training_step
    with monkeypatch.context() as patch:
        patch.setattr(
            AdapterTrainer,
            "training_step",
            lambda self, *args, **kwargs: steps.append(self.state.global_step) or step(self, *args, **kwargs),
        )
        run_recipe(watched(small, ran))
    assert ran == ["practise_more"]
    assert steps[:2] == [2, 3], "the two steps before the interruption are not repeated"
    state = json.loads(Path("work/nano", PROGRESS).read_text("utf-8"))
    assert list(state["finished"]) == STAGES and not state["interrupted"]

    model, processor = load_checkpoint(Path("work/nano/talking"), device="cpu")
    assert altered_files(Path("work/nano/talking")) == []
    assert processor.image_tokens == 4 + 4 and model.config.title == "EmoLA-Nano"

    resumed = adapter("talking")
    run_recipe(small, "practise_more")
    assert adapter("talking") == resumed, "an uninterrupted run learns the same"
