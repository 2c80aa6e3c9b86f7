"""Reading answer files: accepted formats, and errors for the rest."""

import json

import pytest

from emola.bench import READERS, Outcome, Run, read_answers, score
from emola.bench.runs import to_line
from emola.errors import DataError

SAMPLE = {"label": "Happiness", "prediction": "A smile.", "reference": "She smiles."}


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_reads_json_and_json_lines(tmp_path, bom):
    document, lines = tmp_path / "a.json", tmp_path / "a.jsonl"
    samples = [SAMPLE, {"label": 3, "prediction": "", "id": "x/2.png", "found": False, "uncoded": [4]}]
    document.write_text(bom + json.dumps({"samples": samples}, indent=1), encoding="utf-8")
    lines.write_text(bom + "\n".join(json.dumps(sample) for sample in samples) + "\n\n", encoding="utf-8")
    expected = [
        Outcome("1", "A smile.", "happiness", "She smiles."),
        Outcome("x/2.png", "", "anger", found=False, uncoded=(4,)),
    ]
    array = tmp_path / "array.json"
    array.write_text(bom + json.dumps(samples, indent=1), encoding="utf-8")
    for file in (document, lines, array):
        assert read_answers(file, "emotion") == (expected, None)


@pytest.mark.parametrize(("label", "kept"), [("1, 2, 25", "1, 2, 25"), ("1,2", "1,2"), ("", ""), (12, "12")])
def test_keeps_labels_of_units_unchanged(tmp_path, label, kept):
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"label": label, "prediction": "AU1"}))
    assert read_answers(file, "au").outcomes[0].label == kept


@pytest.mark.parametrize(
    ("text", "message"),
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
        (
            '{"label": "Fear", "prediction": "x", "id": 1}\n' * 2,
            "sample 2 has the id '1', like an earlier sample",
        ),
    ],
)
def test_names_the_invalid_sample(tmp_path, text, message):
    file = tmp_path / "a.jsonl"
    file.write_text(text)
    with pytest.raises(DataError, match=message) as caught:
        read_answers(file, "emotion")
    assert str(file) in str(caught.value)


def test_treats_null_as_missing(tmp_path):
    file = tmp_path / "a.jsonl"
    file.write_text('{"label": "Fear", "prediction": "x", "uncoded": null, "seconds": null}')
    assert read_answers(file, "emotion").outcomes == [Outcome("1", "x", "fear")]


def test_rejects_missing_and_binary_files(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read_answers(tmp_path / "gone.json", "au")
    (tmp_path / "b").write_bytes(b"\xff\xfe\x00")
    for file in (tmp_path / "b", tmp_path):
        with pytest.raises(DataError, match=r"cannot be read as text|has no answers such as 0\.json"):
            read_answers(file, "au")


PUBLISHED = [
    {"image_path": "./data/FABAInstruct/a.png", "label": "A happy face.", "gt": "Happiness", "rouge": 0.25},
    {"image_path": "./data/FABAInstruct/a.png", "label": "Fear.", "gt": 6, "rouge": 0.75},
    {"image_path": "./data/FABAInstruct/b.png", "label": "", "gt": "3", "rouge": 0.75},
]


def published_answers(folder):
    """Write twelve files: enough for their names to sort differently from their numbers."""
    (folder / "jsons").mkdir(parents=True)
    for number in range(12):
        (folder / "jsons" / f"{number}.json").write_text(json.dumps(PUBLISHED[number % 3], indent=2))
    (folder / "fail.json").write_text("[]")
    return folder


def test_reads_the_output_of_the_published_evaluation(tmp_path):
    folder = published_answers(tmp_path / "model" / "eval_emotion_anno")
    array = tmp_path / "all.json"
    array.write_text(json.dumps(PUBLISHED))
    answers = read_answers(folder, "emotion")
    assert answers == read_answers(folder / "jsons", "emotion")
    assert [outcome.id for outcome in answers.outcomes] == [str(number) for number in range(12)]
    expected = [("A happy face.", "happiness", 0.25), ("Fear.", "fear", 0.75), ("", "anger", 0.75)]
    for outcomes in (answers.outcomes[:3], read_answers(array, "emotion").outcomes):
        assert [(outcome.prediction, outcome.label, outcome.rouge_l) for outcome in outcomes] == expected
    # The empty answer carries the ROUGE value of the sample before it.
    assert score(answers.outcomes, "emotion", reader=READERS["published"]).rouge_l == pytest.approx(0.5)
    strict = score(answers.outcomes, "emotion").figures()
    assert (strict["n"], strict["rouge_l"]) == (12, pytest.approx(1 / 3))
    assert strict["accuracy"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("jsons/3.json", '{"label": "x"', r"3\.json is not JSON .*: remove it, or write it again"),
        ("jsons/3.json", '{"label": 4, "gt": "Fear"}', r"3\.json has no answer as 'label'"),
        ("jsons/3.json", '{"label": "x", "gt": "Fear", "rouge": "?"}', r"3\.json .* no number as 'rouge'"),
        (
            "jsons/3.json",
            '{"label": "x", "gt": "Bored", "rouge": 0}',
            r"3\.json has the unknown emotion label",
        ),
    ],
)
def test_rejects_a_broken_published_sample(tmp_path, name, text, message):
    folder = published_answers(tmp_path)
    (folder / name).write_text(text)
    with pytest.raises(DataError, match=message):
        read_answers(folder, "emotion")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[{"image_path": "a", "given_label": "Fear", "prediction": "x", "rouge": 0}]',
            "score its jsons/ instead",
        ),
        ('{"0": "A happy face.",\n "1": "Fear."}', "holds no answers with labels; needed is a JSON array"),
    ],
)
def test_rejects_other_files_of_the_published_evaluation(tmp_path, text, message):
    (tmp_path / "fail.json").write_text(text)
    with pytest.raises(DataError, match=message):
        read_answers(tmp_path / "fail.json", "emotion")


def test_reads_the_identity_and_rejects_mixed_runs(tmp_path):
    file = tmp_path / "answers.jsonl"
    first_run, second_run = (
        Run("set", "emotion", "Which?", parts={"weights": "1"}),
        Run("set", "emotion", "Which?"),
    )
    lines = [
        to_line(run, Outcome(name, "Fear.", "fear"))
        for run, name in ((first_run, "a"), (first_run, "b"), (second_run, "c"))
    ]
    file.write_text("".join(lines[:2]))
    assert read_answers(file, "emotion").identity == first_run.identity
    file.write_text("".join(lines))
    with pytest.raises(DataError, match=r"sample 3 is of another run than .* sample 1"):
        read_answers(file, "emotion")


def test_counts_an_unasked_question_as_no_answer(tmp_path):
    file = tmp_path / "answers.jsonl"
    file.write_text(
        to_line(Run("set", "emotion", "?"), Outcome("b", "", "fear", found=False, unanswered="No face."))
    )
    figures = score(read_answers(file, "emotion").outcomes, "emotion").figures()
    assert (figures["n"], figures["accuracy"], figures["no_face"]) == (1, 0, 1)
