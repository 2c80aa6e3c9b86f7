import dataclasses
import json
import random
from pathlib import Path

import pytest
from table_fakes import face_table, measured_evidence, save_table, save_tower

from emola.data.hold_out import is_held_out
from emola.errors import CheckpointError, RecipeError
from emola.faba import EMOTIONS
from emola.faba.face_reading import FaceReading, UnitReading, emotion_line, measured_line
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.train.nano.corpus.exchanges import load_exchanges
from emola.train.nano.face_sources import FaceSource
from emola.train.nano.face_table import FaceTable
from emola.train.nano.tower import load_tower
from emola.train.nano.write_corpus import (
    CorpusRecipe,
    assign,
    emotion_of,
    face_reading,
    write_corpus,
)

pytestmark = pytest.mark.slow

RECIPES = Path(__file__).parents[3] / "recipes" / "nano"
EXCHANGES = """## yes_no
needs: AU12 C+
Q: Is AU12 there?
A: Yes, AU12 is active.

## yes_no
needs: not AU12
Q: AU12?
A: No, AU12 is not active.
"""


@pytest.fixture
def recipe(tmp_path):
    sources = (
        FaceSource(save_table(tmp_path / "faces" / "lab", face_table(60)), hold_out=3),
        FaceSource(save_table(tmp_path / "faces" / "wild", face_table(40, seed=1, prefix="w"))),
    )
    (tmp_path / "exchanges").mkdir()
    (tmp_path / "exchanges" / "smile.txt").write_text(EXCHANGES, encoding="utf-8")
    return CorpusRecipe(
        sources,
        save_tower(tmp_path / "tower"),
        tmp_path / "new" / "corpus.jsonl",
        conversations=50,
        phrases=RECIPES / "phrases",
        mixture=RECIPES / "mixture.yaml",
        exchanges=tmp_path / "exchanges",
        repeats=2,
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


def test_every_exchange_is_repeated(recipe):
    write_corpus(recipe)
    questions = [question for record in records(recipe) for question, _ in record["turns"]]
    assert questions.count("Is AU12 there?") == 2


def test_an_exchange_is_told_about_a_face_of_which_it_is_true(recipe):
    exchanges = load_exchanges(recipe.exchanges)
    smile, rest = FaceReading({12: UnitReading("D")}), FaceReading({})
    assigned = assign(exchanges, [smile, rest], random.Random(0))
    assert [assigned[index][0].turns[0].answer[:3] for index in (0, 1)] == ["Yes", "No,"]
    assert assigned[0][1] is smile and assigned[1][1] is rest


def test_a_reading_is_made_up_where_no_face_fits(recipe):
    smiling = load_exchanges(recipe.exchanges)[:1]
    rest = FaceReading({})
    ((exchange, reading),) = assign(smiling, [rest], random.Random(0)).values()
    assert reading is not rest and exchange.needs.holds(reading)


def test_a_share_of_the_conversations_has_a_random_reading(recipe):
    """Only of those without a written exchange, which keep a face of which they are true."""
    write_corpus(dataclasses.replace(recipe, conversations=200, synthetic=0.5))
    exchanged = [r for r in records(recipe) if any(q == "Is AU12 there?" for q, _ in r["turns"])]
    others = [record for record in records(recipe) if record not in exchanged]
    assert not any(record["synthetic"] for record in exchanged)
    assert 0.3 < sum(record["synthetic"] for record in others) / len(others) < 0.7
    write_corpus(dataclasses.replace(recipe, synthetic=1.0, repeats=0))
    assert all(record["synthetic"] and record["turns"] for record in records(recipe))


def test_a_share_beyond_one_is_refused(recipe):
    with pytest.raises(RecipeError, match=r"synthetic is 1\.5; a share is from 0 to 1"):
        dataclasses.replace(recipe, synthetic=1.5)


def test_too_few_conversations_are_refused(recipe):
    with pytest.raises(RecipeError, match="need 4 conversations, and there are 3"):
        dataclasses.replace(recipe, conversations=3)


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


def test_row_is_the_face_of_the_conversation(recipe, tmp_path):
    """Guards against pairing a conversation with another face."""
    mixture = tmp_path / "mixture.yaml"
    text = (
        recipe.mixture.read_text("utf-8")
        .replace("hidden: 0.12", "hidden: 0")
        .replace("faulty: 0.08", "faulty: 0")
    )
    mixture.write_text(text, encoding="utf-8")
    write_corpus(dataclasses.replace(recipe, mixture=mixture, repeats=0))
    evidence, tower = AUEvidence.load(recipe.tower / EVIDENCE_NAME), load_tower(recipe.tower)
    tables = {source.faces.name: FaceTable.load(source.faces) for source in recipe.sources}
    for record in records(recipe):
        table, row = tables[record["faces"]], record["row"]
        features = tower.features(table.crops[[row]])
        beliefs = dict(zip(EMOTIONS, tower.beliefs(features)[0].tolist(), strict=True))
        reading = face_reading(table, row, evidence, features.numpy()[0], beliefs)
        stated = " ".join(filter(None, (record["reading"]["movements"], record["reading"]["view"])))
        assert stated == measured_line(reading)
        assert record["reading"]["emotion"] == emotion_line(reading)


def believing(emotion, share):
    """Return beliefs with ``share`` for one emotion and equal shares for the others."""
    return {name: share if name == emotion else (1 - share) / 6 for name in EMOTIONS}


@pytest.mark.parametrize(
    ("share", "clear", "certainty"),
    [(0.9, True, "clear"), (0.9, False, "likely"), (0.6, True, "likely"), (0.3, True, "unsure")],
)
def test_certainty_follows_the_beliefs_and_the_view(share, clear, certainty):
    assert emotion_of(believing("fear", share), clear) == {
        "emotion": "fear",
        "certainty": certainty,
        "second": None,
    }


def test_another_likely_emotion_is_the_second_candidate():
    beliefs = {**dict.fromkeys(EMOTIONS, 0.0), "fear": 0.7, "surprise": 0.3}
    assert emotion_of(beliefs, True)["second"] == "surprise"


def test_a_face_without_landmarks_has_no_units_and_one_without_label_an_emotion():
    table = face_table(4)
    table.found[1] = False
    table.emotions[2] = ""
    lost, unlabelled = (
        face_reading(table, row, measured_evidence(), None, believing("fear", 0.5)) for row in (1, 2)
    )
    assert (lost.units, lost.emotion) == (None, "fear")
    assert unlabelled.emotion == "fear" and unlabelled.units is not None


def test_further_faces_are_read_and_not_asked_about(recipe):
    write_corpus(dataclasses.replace(recipe, readings=7))
    found = records(recipe)
    assert [bool(record["turns"]) for record in found] == [True] * 50 + [False] * 7
    assert all(record["reading"]["emotion"] for record in found)


def test_a_turned_head_hides_a_side():
    table = face_table(4)
    table.priors[0, -3] = 0.5  # 45 degrees
    reading = face_reading(table, 0, measured_evidence(), None, believing("fear", 0.9))
    assert reading.faults == ("turned left",) and reading.certainty == "likely"


def test_missing_evidence_leaves_an_older_corpus_alone(recipe):
    write_corpus(recipe)
    before = recipe.out.read_bytes()
    (recipe.tower / EVIDENCE_NAME).unlink()
    with pytest.raises(CheckpointError, match="evidence is missing"):
        write_corpus(recipe)
    assert recipe.out.read_bytes() == before
