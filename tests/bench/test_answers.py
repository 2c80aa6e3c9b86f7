"""Files of answers that somebody made: what is taken, and what is said of one that does not fit."""

import json

import pytest

from emola.bench import Outcome, read_answers
from emola.errors import DataError

SAMPLE = {"label": "Happiness", "prediction": "A smile.", "reference": "She smiles."}


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_json_and_json_lines(tmp_path, bom):
    whole, lines = tmp_path / "a.json", tmp_path / "a.jsonl"
    samples = [SAMPLE, {"label": 3, "prediction": "", "id": "x/2.png", "found": False, "uncoded": [4]}]
    whole.write_text(bom + json.dumps({"samples": samples}, indent=1), encoding="utf-8")
    lines.write_text(bom + "\n".join(json.dumps(one) for one in samples) + "\n\n", encoding="utf-8")
    expected = [
        Outcome("1", "A smile.", "happiness", "She smiles."),
        Outcome("x/2.png", "", "anger", found=False, uncoded=(4,)),
    ]
    assert read_answers(whole, "emotion") == read_answers(lines, "emotion") == expected


@pytest.mark.parametrize(("label", "kept"), [("1, 2, 25", "1, 2, 25"), ("1,2", "1,2"), ("", ""), (12, "12")])
def test_labels_of_units_stay_as_they_are(tmp_path, label, kept):
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"label": label, "prediction": "AU1"}))
    assert read_answers(file, "au")[0].label == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no samples"),
        ('{"samples": []}', "holds no samples"),
        ('{"samples": 3}', "'samples' is not a list"),
        ("hello", "line 1 is not JSON"),
        ("[1]", "sample 1 is not an object"),
        ('{"label": "Fear"}', "sample 1 has no text as 'prediction'"),
        ('{"label": "Fear", "prediction": "x", "reference": 4}', "sample 1 has no text"),
        ('{"label": "Fear", "prediction": "x", "uncoded": 4}', "sample 1 has no list as 'uncoded'"),
        ('{"label": "Fear", "prediction": "x", "seconds": "2 s"}', "or no number as 'seconds'"),
        ('{"label": "Bored", "prediction": "x"}', "sample 1 has the unknown emotion label 'Bored'"),
        ('{"prediction": "x"}', "unknown emotion label None"),
        ('{"label": "1, 2", "prediction": "x"}', "unknown emotion label '1, 2'"),
        ('{"label": "Fear", "prediction": "x", "task": "au"}', "answers the task 'au', not 'emotion'"),
        ('{"label": "Fear", "prediction": "x", "id": 1}\n' * 2, "sample 2 has the id '1', as one before it"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, text, said):
    file = tmp_path / "a.jsonl"
    file.write_text(text)
    with pytest.raises(DataError, match=said) as caught:
        read_answers(file, "emotion")
    assert str(file) in str(caught.value)


def test_what_is_null_is_as_what_is_left_out(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"label": "Fear", "prediction": "x", "uncoded": null, "seconds": null}')
    assert read_answers(file, "emotion") == [Outcome("1", "x", "fear")]


def test_files_that_are_not_there_or_not_text(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read_answers(tmp_path / "gone.json", "au")
    (tmp_path / "b").write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "b", tmp_path):
        with pytest.raises(DataError, match="cannot be read as text"):
            read_answers(file, "au")
