"""FABA-Instruct: the published tree, its two formats, and invalid records."""

import miniature_sets as sets
import pytest

from emola.data import open_dataset
from emola.data.faba_instruct import entry_problems
from emola.errors import DataError
from emola.faba import FABA_BENCH_AUS


@pytest.fixture
def tree(tmp_path):
    return sets.faba_instruct(tmp_path)


def test_reads_training_records(tree):
    data = open_dataset(tree, "au", "train")
    first, second = data
    assert (data.kind, data.split, data.units) == ("faba-instruct", "train", FABA_BENCH_AUS)
    assert (first.id, second.id) == ("au0", "au1")
    assert first.image.open().size == (24, 20)
    assert first.landmarks == tree / "train/landmarks/AffectNet/au/train0.npy" and first.landmarks.is_file()
    for record in data:
        question, answer = record.messages
        assert question["content"] == [{"type": "image"}, {"type": "text", "text": "What?"}]
        assert answer["content"][0]["text"].startswith("1. AU4 - Brow Lowerer")
        assert (record.emotion, record.action_units, record.reference) == (None, None, None)


def test_reads_evaluation_records(tree):
    (coded,) = open_dataset(tree, "au", "eval")
    assert (coded.action_units, coded.emotion, coded.reference) == ((1, 2, 25), None, "Three words here.")
    assert coded.id == "FABAInstruct/eval/images/AffectNet/au/eval0.jpg"
    (emotional,) = open_dataset(tree, "emotion", "test")
    assert (emotional.emotion, emotional.action_units) == ("happiness", None)


@pytest.mark.parametrize(
    ("task", "label", "expected"),
    [
        ("emotion", "3", "anger"),  # the numbers of the published scorer
        ("emotion", 5, "disgust"),
        ("emotion", "neutral", "neutral"),
        ("au", "12", (12,)),
        ("au", "25, 2,1", (1, 2, 25)),
        ("au", "AU4, AU7", (4, 7)),
        ("au", "", ()),
    ],
)
def test_parses_labels(tree, task, label, expected):
    sets.edit(tree / "eval" / f"eval_{task}_anno.json", 0, label=label)
    (record,) = open_dataset(tree, task, "test")
    assert (record.emotion if task == "emotion" else record.action_units) == expected


def test_reads_the_parent_folder_one_file_and_all_parts(tree):
    assert len(open_dataset(tree.parent, "au", "train")) == 2
    file = tree / "eval" / "eval_au_anno.json"
    assert [record.image.open().size for record in open_dataset(file, "au")] == [(24, 20)]
    assert len(open_dataset(tree, "au", "all")) == 3
    with pytest.raises(DataError, match=r"eval_au_anno\.json has no parts"):
        open_dataset(file, "au", "train")


def test_makes_repeated_ids_unique(tree):
    sets.edit(tree / "train" / "train_au_anno.json", 1, id="au0")
    assert [record.id for record in open_dataset(tree, "au", "train")] == ["au0", "au0#2"]


def test_names_a_missing_file_and_an_invalid_record(tree):
    sets.edit(tree / "train" / "train_au_anno.json", 1, conversations=[])
    with pytest.raises(DataError, match=r"train_au_anno\.json: record 1 has no question and answer"):
        open_dataset(tree, "au", "train")
    (tree / "train" / "train_emotion_anno.json").unlink()
    with pytest.raises(DataError, match=r"train_emotion_anno\.json cannot be read: No such file"):
        open_dataset(tree, "emotion", "train")
    for text, reason in (("{", "is not JSON"), ("{}", "is not a list"), ("[]", "is not a list")):
        (tree / "eval" / "eval_au_anno.json").write_text(text)
        with pytest.raises(DataError, match=rf"eval_au_anno\.json {reason}"):
            open_dataset(tree, "au", "test")


GOOD = sets.turns("<image>\nWhat?", "This.")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"image": None}, "has no path as 'image'"),
        ({"image": "/etc/passwd"}, "has '/etc/passwd' as 'image', which is not a path inside"),
        ({"landmark": "../a.npy"}, "has '../a.npy' as 'landmark', which is not a path inside"),
        ({"landmark": 3}, "has no path as 'landmark'"),
        ({"conversations": GOOD[:1]}, "has no question and answer in 'conversations'"),
        ({"conversations": [*GOOD, GOOD[1]]}, "has turn 2 from 'gpt' instead of 'human'"),
        ({"conversations": [GOOD[0], {"from": "gpt", "value": " "}]}, "has no text in turn 1"),
        ({"conversations": sets.turns("What?", "This.")}, "has <image> 0 times in turn 0 instead of 1"),
        ({"conversations": sets.turns("<image>", "<image>")}, "has <image> 1 times in turn 1 instead of 0"),
        ({"conversations": sets.turns("What <image> is", "x")}, "has <image> in the middle of turn 0"),
        ({"conversations": None, "label": "Joy?", "gpt4": "x"}, "has the unknown emotion label 'Joy?'"),
        ({"conversations": None, "label": "7", "gpt4": "x"}, "has the unknown emotion label '7'"),
        ({"conversations": None, "label": "Fear"}, "has no description as 'gpt4'"),
        ({"conversations": None, "gpt4": "x"}, "has neither 'conversations' nor 'label'"),
    ],
)
def test_reports_the_problem_of_a_record(changes, reason):
    entry = {"image": "a/b.jpg", "landmark": "a/b.npy", "conversations": GOOD}
    assert list(entry_problems(entry, "emotion")) == []
    entry = {name: value for name, value in {**entry, **changes}.items() if value is not None}
    assert any(problem.startswith(reason) for problem in entry_problems(entry, "emotion"))


def test_reports_an_entry_that_is_not_an_object():
    assert list(entry_problems("text", "au")) == ["is not an object"]
    assert list(entry_problems({"image": "a", "label": "1, x", "gpt4": "y"}, "au")) == [
        "has the unknown au label '1, x'"
    ]
