"""Checking FABA-Instruct: every problem is reported with file and record."""

import shutil

import miniature_sets as sets
import numpy as np
import pytest

from emola.cli import main
from emola.data.validation import check_dataset


@pytest.fixture
def tree(tmp_path):
    return sets.faba_instruct(tmp_path)


def problems(path, images=False):
    return [str(finding) for finding in check_dataset(path, images)]


def test_valid_data_set_has_no_problems(tree, capsys):
    assert (
        problems(tree)
        == problems(tree.parent, images=True)
        == problems(tree / "eval" / "eval_au_anno.json")
        == []
    )
    assert main(["data", "check", str(tree)]) == 0
    assert capsys.readouterr().out == f"{tree}: no problems found\n"


def break_turns(tree):
    turns = [{"from": "gpt", "value": "first"}]
    sets.edit(tree / "train" / "train_au_anno.json", 1, conversations=turns)


def break_label(tree):
    sets.edit(tree / "eval" / "eval_emotion_anno.json", 0, label="Bored")


def delete_picture(tree):
    (tree / "train/images/AffectNet/au/train0.jpg").unlink()


def delete_landmark(tree):
    (tree / "train/landmarks/AffectNet/au/train0.npy").unlink()


def reshape_landmark(tree):
    np.save(tree / "train/landmarks/AffectNet/au/train0.npy", np.zeros((106, 2), np.float32))


def write_nan_landmark(tree):
    np.save(tree / "train/landmarks/AffectNet/au/train0.npy", np.full(212, np.nan, np.float32))


def write_integer_landmark(tree):
    np.save(tree / "train/landmarks/AffectNet/au/train0.npy", np.zeros(212, int))


def corrupt_landmark(tree):
    (tree / "train/landmarks/AffectNet/au/train0.npy").write_bytes(b"no numbers")


def remove_landmark_field(tree):
    sets.edit(tree / "train" / "train_au_anno.json", 0, landmark=None)


def repeat_id(tree):
    sets.edit(tree / "train" / "train_au_anno.json", 1, id="au0")


def repeat_picture(tree):
    name = "FABAInstruct/train/images/AffectNet/au/train0.jpg"
    sets.edit(tree / "train" / "train_au_anno.json", 1, image=name)


def delete_file(tree):
    (tree / "eval" / "eval_au_anno.json").unlink()


def leak_content(tree):
    images = "images/AffectNet/au"
    shutil.copy(tree / "train" / images / "train1.jpg", tree / "eval" / images / "eval0.jpg")


def leak_name(tree):
    picture = tree / "eval/images/AffectNet/au/train1.jpg"
    sets.picture(picture, 250)
    name = "FABAInstruct/eval/images/AffectNet/au/train1.jpg"
    sets.edit(tree / "eval" / "eval_au_anno.json", 0, image=name)


@pytest.mark.parametrize(
    ("damage", "file", "record", "message"),
    [
        (break_turns, "train_au", 1, "has no question and answer"),
        (break_label, "eval_emotion", 0, "has the unknown emotion label 'Bored'"),
        (delete_picture, "train_au", 0, "train0.jpg, which is missing"),
        (delete_landmark, "train_au", 0, "train0.npy, which is missing"),
        (reshape_landmark, "train_au", 0, "which has the shape (106, 2) instead of (212,)"),
        (write_nan_landmark, "train_au", 0, "which holds numbers that are not finite"),
        (write_integer_landmark, "train_au", 0, "which does not hold floating point numbers"),
        (corrupt_landmark, "train_au", 0, "which is not a file of numbers"),
        (remove_landmark_field, "train_au", 0, "names no 'landmark' file"),
        (repeat_id, "train_au", 1, "has the id 'au0' of record 0"),
        (repeat_picture, "train_au", 1, "train0.jpg' of record 0"),
        (delete_file, "eval_au", None, "cannot be read: No such file"),
        (leak_content, "eval_au", 0, "has the picture of record 1 of train_au_anno.json: train and eval"),
        (leak_name, "eval_au", 0, "has the picture of record 1 of train_au_anno.json: train and eval"),
    ],
)
def test_reports_each_problem_once(tree, damage, file, record, message):
    damage(tree)
    (finding,) = check_dataset(tree)
    assert (finding.file.name, finding.record) == (f"{file}_anno.json", record)
    assert message in finding.what


def test_finds_damaged_pictures_on_request(tree):
    (tree / "eval/images/AffectNet/au/eval0.jpg").write_bytes(b"damaged")
    assert problems(tree) == []
    (line,) = problems(tree, images=True)
    assert "eval_au_anno.json: record 0 names a picture that is damaged" in line


def test_lists_all_problems(tree, capsys):
    for damage in (break_turns, break_label, write_nan_landmark, repeat_id, leak_content):
        damage(tree)
    assert len(problems(tree)) == 5
    assert main(["data", "check", str(tree)]) == 1
    assert capsys.readouterr().out.endswith("5 problems found\n")
    assert main(["data", "check", str(tree), "--json"]) == 1
    assert capsys.readouterr().out.count('"record"') == 5
