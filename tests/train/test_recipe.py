import re
import sys
from pathlib import Path

import pytest

from emola.errors import PackageError, RecipeError
from emola.train.face_dataset import DataSource
from emola.train.nano.face_sources import FaceSource
from emola.train.nano.write_corpus import CorpusRecipe, write_corpus
from emola.train.recipe import load_recipe

RECIPES = sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))
PAPER = RECIPES[0].with_name("paper.yaml")
VALID = """
stage: corpus
sources:
  - {faces: some/faces, hold_out: 3}
  - {faces: others, weight: 4}
tower: tower
out: corpus.jsonl
conversations: 9
repeats: 0
phrases: recipes/nano/phrases
mixture: recipes/nano/mixture.yaml
exchanges: recipes/nano/exchanges/talk
balance: 0
"""
REST = "\ntower: t\nout: o\nconversations: 1\nphrases: p\nmixture: m\nexchanges: e"


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        (tmp_path / "recipe.yaml").write_text(text, "utf-8")
        return tmp_path / "recipe.yaml"

    return write


def one_stage(path, overrides=()):
    """Return the function and settings of a single-stage recipe."""
    (stage,) = load_recipe(path, overrides).stages
    return stage.train, stage.settings


def test_every_recipe_loads():
    for path in RECIPES:
        for stage in load_recipe(path).stages:
            assert callable(stage.train) and stage.settings.out, path


def test_recipes_cover_every_kind_of_stage():
    functions = {stage.train.__name__ for path in RECIPES for stage in load_recipe(path).stages}
    kinds = ("evidence", "tower", "heads", "instruct", "finetune", "covers", "lids")
    assert functions == {"build_tables", "write_corpus", *(f"train_{kind}" for kind in kinds)}


@pytest.mark.parametrize("name", ["nano", "nano-language"])
def test_stages_read_what_earlier_stages_write(name):
    """Every path below ``work`` that a stage reads comes from an earlier stage."""
    written = [] if name == "nano" else ["work/faces"]
    for stage in load_recipe(RECIPES[0].with_name(f"{name}.yaml")).stages:
        values = vars(stage.settings)
        read = [values[key] for key in ("faces", "everyday", "evidence", "tower", "start") if values.get(key)]
        read += values.get("corpora", ())
        read += [source.faces for source in values.get("sources", ())]
        for path in map(str, read):
            assert path.startswith((*written, "assets/")), f"{stage.name} reads {path}"
        written.append(str(stage.settings.out))
    assert len(written) == len(set(written)), "two stages have the same output"


def test_paper_recipe_has_the_published_settings():
    """The settings of github.com/JackYFL/EmoLA, scripts/train_emola/train_emola_au.sh."""
    _, recipe = one_stage(PAPER)
    assert (recipe.rank, recipe.alpha, recipe.dropout) == (128, 256, 0.05)
    assert (recipe.learning_rate, recipe.projector_learning_rate, recipe.warmup) == (1e-4, 2e-5, 0.03)
    assert (recipe.epochs, recipe.batch_size, recipe.max_length, recipe.seed) == (1.0, 16, 2048, 1)
    assert recipe.gradient_checkpointing and recipe.deepspeed.name == "zero3.json"
    assert recipe.data == (DataSource(Path("data/FABAInstruct"), "au", "train"),)


@pytest.mark.parametrize(
    ("out", "data"),
    {
        "faba-emotion": DataSource(Path("data/FABAInstruct"), "emotion", "train"),
        "raf-db": DataSource(Path("data/RAF-DB"), "emotion", "train", None, Path("data/RAF-DB-features")),
        "bp4d-1": DataSource(Path("data/BP4D"), "au", "train", 1, Path("data/BP4D-features")),
        "disfa-1": DataSource(Path("data/DISFA"), "au", "train", 1, Path("data/DISFA-features")),
        "gft": DataSource(Path("data/GFT"), "au", "train", None, Path("data/GFT-features")),
        "faba-qlora": DataSource(Path("data/FABAInstruct"), "au", "train"),
    }.items(),
    ids=str,
)
def test_documented_choices_of_the_paper_recipe(out, data):
    _, default = one_stage(PAPER)
    _, recipe = one_stage(PAPER, documented_choices()[f"checkpoints/{out}"])
    assert recipe.data == (data,) and recipe.out == Path("checkpoints", out)
    assert recipe.adapter == data.task
    other = {"data", "out", "adapter"}
    if out == "faba-qlora":
        assert (recipe.quantize, recipe.deepspeed) == ("nf4", None)
        assert recipe.batch_size * recipe.accumulation == 4 * default.batch_size
        other |= {"quantize", "deepspeed", "batch_size", "accumulation"}
    assert {name for name, value in vars(recipe).items() if value != vars(default)[name]} <= other


def documented_choices():
    """Return the overrides in the comments of the paper's recipe, by output folder."""
    text = "\n".join(line for line in PAPER.read_text("utf-8").splitlines() if line.startswith("#"))
    choices = {}
    for group in re.findall(r"(?:--set (?:'[^']*'|\S+)[\s#]*)+", text):
        overrides = [value.strip("'") for value in re.findall(r"--set ('[^']*'|\S+)", group)]
        (out,) = [value[4:] for value in overrides if value.startswith("out=")]
        choices[out] = overrides
    return choices


def test_converts_values_to_their_types(write):
    function, recipe = one_stage(write(VALID))
    assert function is write_corpus
    assert recipe == CorpusRecipe(
        sources=(FaceSource(Path("some/faces"), 3, 1.0), FaceSource(Path("others"), 0, 4.0)),
        tower=Path("tower"),
        phrases=Path("recipes/nano/phrases"),
        mixture=Path("recipes/nano/mixture.yaml"),
        out=Path("corpus.jsonl"),
        exchanges=Path("recipes/nano/exchanges/talk"),
        conversations=9,
        repeats=0,
        balance=0.0,
    )
    assert isinstance(recipe.balance, float) and isinstance(recipe.sources[1].weight, float)


def test_overrides_replace_values_of_the_file(write):
    settings = ["conversations=7", "out=elsewhere", "sources=[{faces: mine}]", "balance=-1"]
    _, recipe = one_stage(write(VALID), settings)
    assert (recipe.conversations, recipe.out, recipe.balance) == (7, Path("elsewhere"), -1.0)
    assert recipe.sources == (FaceSource(Path("mine")),)


@pytest.mark.parametrize("number", ["1e-4", "1E-4", "1.0e-4", "0.0001", "+1e-4"])
def test_accepts_exponent_notation(write, number):
    """YAML reads 1e-4, without a full stop, as a string."""
    text = "stage: finetune\nmodel: m\ndata: [{path: d, task: au}]\nout: o\nadapter: a\n"
    recipe = write(f"{text}learning_rate: {number}\n")
    assert one_stage(recipe)[1].learning_rate == 1e-4
    assert one_stage(recipe, [f"projector_learning_rate={number}"])[1].projector_learning_rate == 1e-4


@pytest.mark.parametrize("prior", ["on", "off", "shuffled"])
def test_accepts_off_as_a_word(write, prior):
    """YAML reads off as false."""
    recipe = write(f"stage: instruct\nfaces: f\ncorpora: [c]\ntower: t\nout: o\nprior: {prior}\n")
    assert one_stage(recipe)[1].prior == one_stage(recipe, [f"prior={prior}"])[1].prior == prior


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (VALID + "repeat: 5", "there is no setting 'repeat'; did you mean 'repeats'?"),
        (VALID + "xyzzy: 5", "there is no setting 'xyzzy'; it can be sources, tower, out"),
        (VALID.replace("hold_out", "holdout"), r"there is no setting 'holdout'; did you mean 'hold_out'?"),
        (VALID + "seed: many", "seed is 'many'; int is needed"),
        (VALID + "seed: 2.5", "seed is 2.5; int is needed"),
        (VALID.replace(": 9", ": many"), "conversations is 'many'; int is needed"),
        (VALID.replace("balance: 0", "balance: 1.2.3e4"), "balance is '1.2.3e4'; float is needed"),
        (VALID + "seed: true", "seed is True; int is needed"),
        (VALID.replace("balance: 0", "balance: true"), "balance is True; float is needed"),
        (VALID.replace("out: corpus.jsonl", "out: 5"), "out is 5; Path is needed"),
        (VALID.replace("out: corpus.jsonl", ""), "the setting 'out' is missing"),
        (VALID.replace("faces: others, ", ""), "sources[1]: the setting 'faces' is missing"),
        (VALID.replace("weight: 4", "weight: heavy"), "sources[1]: weight is 'heavy'; float is needed"),
        (
            "stage: corpus\nsources: one" + REST,
            "sources is 'one'; a list is needed",
        ),
        (
            "stage: corpus\nsources: [one]" + REST,
            "sources[0] is 'one'; settings are needed",
        ),
        (VALID.replace("corpus\n", "sleep\n"), "the stage is 'sleep'; use one of finetune, faces"),
        (VALID.replace("stage: corpus", ""), "the stage is None; use one of"),
        ("stage: [corpus", "is not YAML"),
        ("stage: [corpus]", "the stage is ['corpus']"),
        ("- a\n- b", "is not a list of settings"),
        ("", "is not a list of settings"),
    ],
)
def test_invalid_recipes_name_file_and_key_in_one_sentence(write, text, sentence):
    path = write(text)
    with pytest.raises(RecipeError) as error:
        load_recipe(path)
    assert sentence in str(error.value) and str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_recipe_file(tmp_path):
    with pytest.raises(RecipeError, match=r"none\.yaml cannot be read: No such file"):
        load_recipe(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("seed", "--set 'seed' is not of the form key=value."),
        ("seed=many", "seed is 'many'; int is needed."),
        ("out=[a", "--set 'out=[a' is not YAML"),
        ("out=2024-99-99", "--set 'out=2024-99-99' is not YAML"),
        (f"out={'[' * 9999}", "is not YAML after the equals sign"),
        ("out=", "out is None; Path is needed."),
        ("out=''", "out is ''; Path is needed."),
        ("seed=-1", "seed is -1; it has to be at least 0."),
        ("seed=99999999999", "seed is 99999999999; it has to be a number of ordinary size."),
        ("balance=.nan", "balance is nan; it has to be a number of ordinary size."),
        ("balance=-.inf", "balance is -inf; it has to be a number of ordinary size."),
        ("conversations=-1", "conversations is -1; it has to be at least 0."),
        ("sources=[{faces: f, hold_out: -1}]", "sources[0]: hold_out is -1; it has to be at least 0."),
    ],
)
def test_invalid_overrides(write, setting, sentence):
    with pytest.raises(RecipeError) as error:
        load_recipe(write(VALID), [setting])
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    "setting", ["rank=0", "epochs=0", "learning_rate=-1e-4", "batch_size=-1", "dropout=1"]
)
@pytest.mark.parametrize(
    "text",
    [
        "stage: instruct\nfaces: f\ncorpora: [c]\ntower: t\nout: o\n",
        "stage: finetune\nmodel: m\ndata: [{path: d, task: au}]\nout: o\nadapter: a\n",
    ],
)
def test_rejects_numbers_out_of_range(write, text, setting):
    recipe = write(text)
    with pytest.raises(RecipeError, match=f"{setting.partition('=')[0]} is .*; it has to be"):
        load_recipe(recipe, [setting])


def test_evidence_stage_reports_a_missing_package_at_once(write, monkeypatch):
    """The package is checked before the first fit."""
    monkeypatch.setitem(sys.modules, "sklearn", None)
    train, recipe = one_stage(write("stage: evidence\nfaces: f\neveryday: e\nout: o\n"))
    with pytest.raises(PackageError, match=r"needs scikit-learn.*pip install scikit-learn"):
        train(recipe)


STAGES = """
out: work
stages:
  - {name: first, stage: corpus, sources: [{faces: a}], tower: t, out: work/first.jsonl, conversations: 1,
     phrases: recipes/nano/phrases, mixture: recipes/nano/mixture.yaml, repeats: 0,
     exchanges: recipes/nano/exchanges/talk}
  - {name: second, stage: corpus, sources: [{faces: a}], tower: t, out: work/second.jsonl, conversations: 2,
     phrases: recipes/nano/phrases, mixture: recipes/nano/mixture.yaml, repeats: 0,
     exchanges: recipes/nano/exchanges/talk}
"""


def test_overrides_name_a_stage_and_a_setting(write):
    recipe = load_recipe(write(STAGES), ["second.seed=7", "first.conversations=3", "out=elsewhere"])
    assert recipe.out == Path("elsewhere") and [stage.name for stage in recipe.stages] == ["first", "second"]
    assert [stage.settings.seed for stage in recipe.stages] == [0, 7]
    assert recipe.stages[0].settings.conversations == 3


@pytest.mark.parametrize(
    ("text", "overrides", "sentence"),
    [
        (STAGES, ["seed=1"], "--set 'seed=1' is not of the form stage.key=value; stages: first, second."),
        (STAGES, ["third.seed=1"], "is not of the form stage.key=value; stages: first, second."),
        (STAGES, ["second.sead=1"], "stage 'second': there is no setting 'sead'; did you mean 'seed'?"),
        (STAGES.replace("name: second, ", ""), [], "stage 2 needs settings with a name of its own."),
        (STAGES.replace("name: second", "name: first"), [], "stage 2 needs settings with a name of its own."),
        (STAGES.replace("stage: corpus", "stage: sleep"), [], "stage 'first': the stage is 'sleep'; use one"),
        (STAGES.replace("out: work\n", ""), [], "has 'out', a folder, and 'stages', a list."),
        ("out: 3\nstages: []", [], "has 'out', a folder, and 'stages', a list."),
        ("out: work\nstages: []", [], "'stages' has to be a list of stages."),
        ("out: work\nstages: first", [], "'stages' has to be a list of stages."),
    ],
)
def test_invalid_lists_of_stages(write, text, overrides, sentence):
    with pytest.raises(RecipeError) as error:
        load_recipe(write(text), overrides)
    assert sentence in str(error.value)
