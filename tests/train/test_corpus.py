import json

import pytest
from table_fakes import face_table, measured_evidence, save_evidence, save_table

from emola.data.faces import FaceTable, held_out
from emola.errors import CheckpointError
from emola.train import corpus
from emola.train.corpus import CorpusRecipe, face_facts, train_corpus
from emola.train.sources import FaceSource


@pytest.fixture
def recipe(tmp_path):
    sources = (
        FaceSource(save_table(tmp_path / "faces" / "lab", face_table(60)), hold_out=3),
        FaceSource(save_table(tmp_path / "faces" / "wild", face_table(40, seed=1, prefix="w"))),
    )
    evidence = save_evidence(tmp_path / "evidence.safetensors")
    return CorpusRecipe(sources, evidence, tmp_path / "new" / "corpus.jsonl", conversations=50)


def records(recipe):
    return [json.loads(line) for line in recipe.out.read_text("utf-8").splitlines()]


def test_the_same_recipe_writes_the_same_bytes(recipe):
    train_corpus(recipe)
    first = recipe.out.read_bytes()
    train_corpus(recipe)
    assert recipe.out.read_bytes() == first
    train_corpus(CorpusRecipe(**{**vars(recipe), "seed": 1}))
    assert recipe.out.read_bytes() != first


def test_as_many_conversations_as_asked_for_about_every_source(recipe):
    train_corpus(recipe)
    found = records(recipe)
    assert len(found) == 50
    assert {record["faces"] for record in found} == {"lab", "wild"}
    assert not list(recipe.out.parent.glob("*.partial"))


def test_people_kept_out_never_appear(recipe):
    """Rows are looked up in the whole table: counted without the people kept out, they showed them."""
    train_corpus(recipe)
    groups = FaceTable.load(recipe.sources[0].faces).groups
    shown = {str(groups[record["row"]]) for record in records(recipe) if record["faces"] == "lab"}
    assert shown and not any(held_out(person, 3) for person in shown)
    assert any(held_out(str(person), 3) for person in groups)


def test_a_row_is_the_face_that_is_talked_about(recipe, monkeypatch):
    """Guards against conversations that are taught on the picture of somebody else."""
    told = []
    monkeypatch.setattr(corpus, "build_conversation", lambda facts, rng: told.append(facts) or [])
    train_corpus(recipe)
    evidence = corpus.AUEvidence.load(recipe.evidence)
    tables = {source.faces.name: FaceTable.load(source.faces) for source in recipe.sources}
    for record, facts in zip(records(recipe), told, strict=True):
        assert face_facts(tables[record["faces"]], record["row"], evidence) == facts


def test_facts_are_the_label_and_the_evidence():
    table, evidence = face_table(10), measured_evidence()
    facts = face_facts(table, 3, evidence)
    assert facts.emotion == table.emotions[3]
    assert facts.active == tuple(au for au, one in evidence.estimate(table.priors[3]).items() if one.active)
    assert facts.active


def test_a_face_without_landmarks_has_no_units_and_one_without_label_no_emotion():
    table, evidence = face_table(4), measured_evidence()
    table.found[1] = False
    table.emotions[2] = ""
    lost, unlabelled = (face_facts(table, row, evidence) for row in (1, 2))
    assert (lost.units, lost.yaw) == (None, None) and lost.emotion == table.emotions[1]
    assert unlabelled.emotion is None and unlabelled.units is not None


def test_the_yaw_is_in_degrees():
    table, evidence = face_table(4), measured_evidence()
    table.priors[0, -3] = 0.5
    assert face_facts(table, 0, evidence).yaw == pytest.approx(45)


def test_missing_evidence_leaves_an_older_corpus_alone(recipe):
    train_corpus(recipe)
    before = recipe.out.read_bytes()
    recipe.evidence.unlink()
    with pytest.raises(CheckpointError, match="evidence is missing"):
        train_corpus(recipe)
    assert recipe.out.read_bytes() == before
