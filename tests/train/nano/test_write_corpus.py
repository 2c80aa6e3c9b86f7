import dataclasses
import json
from pathlib import Path

import pytest
from table_fakes import face_table, measured_evidence, save_table, save_tower

from emola.data.hold_out import is_held_out
from emola.errors import CheckpointError, RecipeError
from emola.faba import EMOTIONS, NANO_AUS
from emola.face.evidence import EVIDENCE_NAME
from emola.train.nano import write_corpus as stage
from emola.train.nano.corpus import BUILDERS, Writer
from emola.train.nano.face_sources import FaceSource
from emola.train.nano.face_table import FaceTable
from emola.train.nano.tower import load_tower
from emola.train.nano.write_corpus import CorpusRecipe, face_facts, write_corpus

pytestmark = pytest.mark.slow

RECIPES = Path(__file__).parents[3] / "recipes" / "nano"


@pytest.fixture
def recipe(tmp_path):
    sources = (
        FaceSource(save_table(tmp_path / "faces" / "lab", face_table(60)), hold_out=3),
        FaceSource(save_table(tmp_path / "faces" / "wild", face_table(40, seed=1, prefix="w"))),
    )
    tower = save_tower(tmp_path / "tower")
    out = tmp_path / "new" / "corpus.jsonl"
    return CorpusRecipe(
        sources, tower, out, {"conversation": 50}, RECIPES / "phrases", RECIPES / "mixture.yaml"
    )


def records(recipe):
    return [json.loads(line) for line in recipe.out.read_text("utf-8").splitlines()]


def test_the_same_recipe_writes_the_same_bytes(recipe):
    write_corpus(recipe)
    first = recipe.out.read_bytes()
    write_corpus(recipe)
    assert recipe.out.read_bytes() == first
    write_corpus(CorpusRecipe(**{**vars(recipe), "seed": 1}))
    assert recipe.out.read_bytes() != first


def test_writes_the_number_of_conversations_about_every_source(recipe):
    write_corpus(recipe)
    found = records(recipe)
    assert len(found) == 50
    assert {record["faces"] for record in found} == {"lab", "wild"}
    assert not list(recipe.out.parent.glob("*.partial"))


@pytest.mark.parametrize("kind", BUILDERS)
def test_first_question_of_every_kind_carries_the_image(recipe, kind):
    write_corpus(dataclasses.replace(recipe, kinds={kind: 50}))
    assert all(record["messages"][0]["content"][0] == {"type": "image"} for record in records(recipe))


def test_writes_the_kinds_one_after_the_other(recipe):
    write_corpus(dataclasses.replace(recipe, kinds={"drill": 20, "lesson": 30}))
    drills, lessons = records(recipe)[:20], records(recipe)[20:]
    assert len(lessons) == 30
    built_facts = [json.dumps([record["messages"] for record in part]) for part in (drills, lessons)]
    assert "muscle" not in built_facts[0] and "muscle" in built_facts[1]


def test_rejects_an_unknown_kind(recipe):
    with pytest.raises(RecipeError, match="'riddle'; it can be conversation, drill, contrast, lesson"):
        dataclasses.replace(recipe, kinds={"drill": 1, "riddle": 1})


def test_phrases_and_mixture_are_checked_before_training(recipe, tmp_path):
    with pytest.raises(RecipeError, match=r"There are no phrases in .*absent"):
        dataclasses.replace(recipe, phrases=tmp_path / "absent")
    with pytest.raises(RecipeError, match=r"The mixture .*absent\.yaml cannot be read"):
        dataclasses.replace(recipe, mixture=tmp_path / "absent.yaml")


def test_held_out_people_never_appear(recipe):
    """Regression: row numbers of the training split were looked up in the complete table."""
    write_corpus(recipe)
    groups = FaceTable.load(recipe.sources[0].faces).groups
    shown = {str(groups[record["row"]]) for record in records(recipe) if record["faces"] == "lab"}
    assert shown and not any(is_held_out(person, 3) for person in shown)
    assert any(is_held_out(str(person), 3) for person in groups)


def test_row_is_the_face_of_the_conversation(recipe, monkeypatch):
    """Guards against pairing a conversation with another face."""
    built_facts = []
    monkeypatch.setattr(stage, "THRESHOLDS", (0.5, 0.5))  # the threshold of the evidence
    monkeypatch.setattr(Writer, "build", lambda self, kind, facts, rng: built_facts.append(facts) or [])
    write_corpus(recipe)
    evidence, tower = stage.AUEvidence.load(recipe.tower / EVIDENCE_NAME), load_tower(recipe.tower)
    tables = {source.faces.name: FaceTable.load(source.faces) for source in recipe.sources}
    for record, facts in zip(records(recipe), built_facts, strict=True):
        table, row = tables[record["faces"]], record["row"]
        features = tower.features(table.crops[[row]]).numpy()[0]
        expected = face_facts(table, row, evidence.estimate(table.priors[row], features), facts.beliefs)
        assert expected.active == facts.active and expected.inactive == facts.inactive
        for code in NANO_AUS:
            assert vars(expected.unit(code)) == pytest.approx(vars(facts.unit(code)), abs=1e-5)


def test_threshold_of_a_unit_varies_above_that_of_the_evidence(recipe, monkeypatch):
    """Teaches the model to answer from its list when a unit is close to the threshold."""
    built_facts = []
    monkeypatch.setattr(Writer, "build", lambda self, kind, facts, rng: built_facts.append(facts) or [])
    write_corpus(dataclasses.replace(recipe, kinds={"conversation": 300}))
    units = [unit for facts in built_facts if facts.units for unit in facts.units.values()]
    assert min(unit.probability for unit in units if unit.active) >= stage.THRESHOLDS[0] > 0.5
    assert max(unit.probability for unit in units if not unit.active) <= stage.THRESHOLDS[1]
    between = [unit.active for unit in units if stage.THRESHOLDS[0] < unit.probability < stage.THRESHOLDS[1]]
    assert 0 < sum(between) < len(between)


def believing(emotion, share):
    """Return beliefs with ``share`` for one emotion and equal shares for the others."""
    return {name: share if name == emotion else (1 - share) / 6 for name in EMOTIONS}


UNDECIDED = believing("neutral", 1 / 7)


def test_beliefs_of_the_tower_belong_to_their_faces(recipe, monkeypatch):
    """Beliefs follow the order of faces in the corpus."""
    built_facts = []
    monkeypatch.setattr(Writer, "build", lambda self, kind, facts, rng: built_facts.append(facts) or [])
    write_corpus(recipe)
    tables = {source.faces.name: FaceTable.load(source.faces) for source in recipe.sources}
    last = records(recipe)[-1]
    crop = tables[last["faces"]].crops[last["row"]][None]
    tower = load_tower(recipe.tower)
    expected = tower.beliefs(tower.features(crop))[0]
    assert list(built_facts[-1].beliefs.values()) == pytest.approx(expected.tolist(), abs=1e-5)
    assert sum(built_facts[-1].beliefs.values()) == pytest.approx(1, abs=1e-5)


def test_facts_come_from_the_tower_and_the_evidence():
    table = face_table(10)
    table.emotions[3] = "anger"
    estimates = measured_evidence().estimate(table.priors[3])
    facts = face_facts(table, 3, estimates, believing("fear", 0.3))
    assert facts.emotion == "fear"
    assert facts.active == tuple(au for au, estimate in estimates.items() if estimate.active)
    assert facts.active


def test_a_face_without_landmarks_has_no_units_and_one_without_label_no_emotion():
    table = face_table(4)
    estimates = measured_evidence().estimate(table.priors[0])
    table.found[1] = False
    table.emotions[2] = ""
    lost, unlabelled = (face_facts(table, row, estimates, believing("fear", 0.5)) for row in (1, 2))
    assert (lost.units, lost.yaw, lost.emotion) == (None, None, "fear")
    assert unlabelled.emotion is None and unlabelled.units is not None


def test_the_yaw_is_in_degrees():
    table = face_table(4)
    table.priors[0, -3] = 0.5
    estimates = measured_evidence().estimate(table.priors[0])
    assert face_facts(table, 0, estimates, UNDECIDED).yaw == pytest.approx(45)


def test_missing_evidence_leaves_an_older_corpus_alone(recipe):
    write_corpus(recipe)
    before = recipe.out.read_bytes()
    (recipe.tower / EVIDENCE_NAME).unlink()
    with pytest.raises(CheckpointError, match="evidence is missing"):
        write_corpus(recipe)
    assert recipe.out.read_bytes() == before
