"""Files of answers that somebody made: what is taken, and what is said of one that does not fit."""

import json
from dataclasses import replace

import pytest

from emola.bench import READERS, Outcome, Run, read_answers, score
from emola.bench.answer_log import AnswerLog
from emola.bench.runs import from_line, to_line
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
    array = tmp_path / "array.json"
    array.write_text(bom + json.dumps(samples, indent=1), encoding="utf-8")
    for file in (whole, lines, array):
        assert read_answers(file, "emotion") == (expected, None)


@pytest.mark.parametrize(("label", "kept"), [("1, 2, 25", "1, 2, 25"), ("1,2", "1,2"), ("", ""), (12, "12")])
def test_labels_of_units_stay_as_they_are(tmp_path, label, kept):
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"label": label, "prediction": "AU1"}))
    assert read_answers(file, "au").outcomes[0].label == kept


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
    assert read_answers(file, "emotion").outcomes == [Outcome("1", "x", "fear")]


def test_files_that_are_not_there_or_not_text(tmp_path):
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


def published(folder):
    """The files of the published evaluation, more than ten, so that names and numbers sort differently."""
    (folder / "jsons").mkdir(parents=True)
    for number in range(12):
        (folder / "jsons" / f"{number}.json").write_text(json.dumps(PUBLISHED[number % 3], indent=2))
    (folder / "fail.json").write_text("[]")
    return folder


def test_what_the_published_evaluation_writes(tmp_path):
    folder = published(tmp_path / "model" / "eval_emotion_anno")
    array = tmp_path / "all.json"
    array.write_text(json.dumps(PUBLISHED))
    answers = read_answers(folder, "emotion")
    assert answers == read_answers(folder / "jsons", "emotion")
    assert [outcome.id for outcome in answers.outcomes] == [str(number) for number in range(12)]
    expected = [("A happy face.", "happiness", 0.25), ("Fear.", "fear", 0.75), ("", "anger", 0.75)]
    for outcomes in (answers.outcomes[:3], read_answers(array, "emotion").outcomes):
        assert [(one.prediction, one.label, one.rouge_l) for one in outcomes] == expected
    # Of the answer without a word, the file has the value of the sample before it.
    assert score(answers.outcomes, "emotion", reader=READERS["published"]).rouge_l == pytest.approx(0.5)
    strict = score(answers.outcomes, "emotion").figures()
    assert (strict["n"], strict["rouge_l"]) == (12, pytest.approx(1 / 3))
    assert strict["accuracy"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("jsons/3.json", '{"label": "x"', r"3\.json is not JSON .*: remove it, or make it again"),
        ("jsons/3.json", '{"label": 4, "gt": "Fear"}', r"3\.json has no answer as 'label'"),
        ("jsons/3.json", '{"label": "x", "gt": "Fear", "rouge": "?"}', r"3\.json .* no number as 'rouge'"),
        (
            "jsons/3.json",
            '{"label": "x", "gt": "Bored", "rouge": 0}',
            r"3\.json has the unknown emotion label",
        ),
    ],
)
def test_a_sample_of_the_published_evaluation_that_does_not_fit(tmp_path, name, text, said):
    folder = published(tmp_path)
    (folder / name).write_text(text)
    with pytest.raises(DataError, match=said):
        read_answers(folder, "emotion")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[{"image_path": "a", "given_label": "Fear", "prediction": "x", "rouge": 0}]',
            "score its jsons/ instead",
        ),
        ('{"0": "A happy face.",\n "1": "Fear."}', "holds no answers with labels; needed is a JSON array"),
    ],
)
def test_other_files_of_the_published_evaluation_are_no_answers(tmp_path, text, said):
    (tmp_path / "fail.json").write_text(text)
    with pytest.raises(DataError, match=said):
        read_answers(tmp_path / "fail.json", "emotion")


def test_the_identity_of_the_run_comes_with_its_answers(tmp_path):
    file = tmp_path / "answers.jsonl"
    one, other = Run("set", "emotion", "Which?", parts={"weights": "1"}), Run("set", "emotion", "Which?")
    lines = [
        to_line(run, Outcome(name, "Fear.", "fear")) for run, name in ((one, "a"), (one, "b"), (other, "c"))
    ]
    file.write_text("".join(lines[:2]))
    assert read_answers(file, "emotion").identity == one.identity
    file.write_text("".join(lines))
    with pytest.raises(DataError, match=r"sample 3 is of another run than .* sample 1"):
        read_answers(file, "emotion")


def test_the_identity_is_that_of_the_model_and_the_settings():
    """Not of the pictures, of names for people, of versions, or of a seed that only chose pictures."""
    run = Run("set", "au", "Which?", "EmoLA", "au", parts={"weights": "1", "tokenizer": "2"})
    for same in (
        replace(run, data="another"),
        replace(run, model="EmoLA of mine"),
        replace(run, seed=3),
        replace(run, versions={"torch": "3"}),
        replace(run, parts={"tokenizer": "2", "weights": "1"}),
    ):
        assert same.identity == run.identity
    changes = {
        "task": "emotion",
        "question": "Why?",
        "adapter": "emotion",
        "quantize": "nf4",
        "dtype": "float16",
        "max_new_tokens": 3,
        "decoding": "sampled",
    }
    for name, value in changes.items():
        other = replace(run, **{name: value})
        assert other.identity != run.identity
        assert other.differences(run) == run.differences(other) == [name]
    other = replace(run, parts={"weights": "9", "tokenizer": "2", "prior features": "3"})
    assert other.identity != run.identity
    assert sorted(other.differences(run)) == sorted(run.differences(other)) == ["prior features", "weights"]


@pytest.mark.parametrize("task", ["emotion", "au"])
def test_a_line_holds_all_that_was_written(task):
    run = Run("set", task, "Which?", "EmoLA", parts={"weights": "1"}, versions={"torch": "2"}, seed=4)
    face = {"box": [1.0, 2.0, 3.0, 4.0]}
    outcome = Outcome("a", "Fear, AU4.", uncoded=(9,), faces=3, face=face, digest="1234", seconds=0.5)
    assert from_line(to_line(run, outcome)) == (run, outcome)
    unseen = Outcome("b", "", found=False, faces=0, unanswered="No face was found.")
    line = to_line(run, unseen)
    assert from_line(line) == (run, unseen)
    row = json.loads(line)
    assert row["prediction"] is row["emotion" if task == "emotion" else "action_units"] is None
    assert row["identity"] == run.identity


def test_an_answer_that_was_not_given_counts_as_none(tmp_path):
    file = tmp_path / "answers.jsonl"
    file.write_text(
        to_line(Run("set", "emotion", "?"), Outcome("b", "", "fear", found=False, unanswered="No face."))
    )
    figures = score(read_answers(file, "emotion").outcomes, "emotion").figures()
    assert (figures["n"], figures["accuracy"], figures["no_face"]) == (1, 0, 1)


def test_a_file_is_written_by_one_run_at_a_time(tmp_path):
    """A bug guarded: every answer twice in the file of two runs that were started together."""
    run = Run(data="d", task="emotion", question="q", model="m")
    first, second = (AnswerLog(tmp_path / "answers.jsonl", run) for _ in range(2))
    with first.locked():
        with pytest.raises(DataError, match="being written by another run"), second.locked():
            pass
        with AnswerLog(tmp_path / "answers.jsonl", run, part=1).locked():
            pass
    with second.locked():
        pass
    assert list(tmp_path.iterdir()) == []
