"""Trust in the words, from the pictures to the tables, with a fake model that is asked in memory."""

import json
import sys

import pytest
from baseline_fakes import label_folder
from trust_fakes import a_face, estimate, seen

import emola
from benchmarks.trust import __main__ as command
from benchmarks.trust.log import Book
from benchmarks.trust.questions import Ask, Phrasing, first_question, spread, unlisted
from emola.chat.batch import Completion
from emola.data import open_dataset
from emola.errors import DataError
from emola.faba import NANO_AUS


def test_first_questions_vary_and_are_the_same_for_the_same_seed():
    faces = [seen(str(number)) for number in range(40)]
    asked = [first_question("emotion", one, 0).question for one in faces]
    assert asked == [first_question("emotion", one, 0).question for one in reversed(faces)][::-1]
    assert len(set(asked)) > 10
    assert asked != [first_question("emotion", one, 1).question for one in faces]


def test_phrasings_are_spread_over_faces_with_landmarks():
    faces = [seen("a"), seen("blind", found=False), seen("b"), seen("c")]
    before = [((f"{one.id}?", "Happy."),) for one in faces]
    first, second = spread("declined", [Phrasing("age", f"{n}?") for n in range(4)], faces, before)
    assert [ask.looked.id for ask in first] == ["a", "b", "c", "a"]
    assert [ask.looked.id for ask in second] == ["b", "c", "a", "b"]
    assert [ask.before[0][0] for ask in second] == ["b?", "c?", "a?", "b?"]
    assert all(not ask.before for ask in first)
    only = spread("declined", [Phrasing("age", "?")], [faces[1]], before)[0]
    assert only[0].looked.id == "blind"  # better than nobody


def test_single_units_are_asked_about_in_balance():
    """As many active as inactive ones, one at least; faces without evidence are left out."""
    faces = [seen("a", active=(1, 2, 25)), seen("blind", found=False), seen("calm")]
    before = [((f"{one.id}?", "Happy."),) for one in faces]
    asks = unlisted(faces, before, 0)
    assert list(asks) == ["first of all", "after the emotion"]
    for turn, some in asks.items():
        codes = [code for ask, code in some if ask.looked.id == "a"]
        assert len(codes) == 6 and {1, 2, 25} <= set(codes)
        assert [ask.looked.id for ask, _ in some].count("calm") == 1 and len(some) == 7
        assert all(f"AU{code} " in ask.question for ask, code in some)
        assert {ask.before for ask, _ in some} == ({()} if turn == "first of all" else {before[0], before[2]})
    assert [code for _, code in asks["first of all"]] == [code for _, code in asks["after the emotion"]]


class FakeModel:
    """Stands for a loaded model: red pictures have faces, as bright as they are red."""

    adapters = ()

    def look(self, picture):
        return [a_face()] if picture.getpixel((0, 0))[0] else []

    def evidence(self, face):
        return {code: estimate(code == 12) for code in NANO_AUS}


class Speaker:
    """Answers by rote, and remembers how it was asked; may break off."""

    asked: list[list[Ask]] = []
    breaks_after = None

    def __init__(self, model, size):
        self.size = size

    def batch(self, asks, limit):
        if Speaker.breaks_after is not None and len(Speaker.asked) >= Speaker.breaks_after:
            raise KeyboardInterrupt
        Speaker.asked.append(list(asks))
        return [Completion(self.answer(ask), False) for ask in asks]

    def branches(self, asks, limit):
        assert len({ask.before for ask in asks}) == 1
        return self.batch(asks, limit)

    def answer(self, ask):
        kind = ask.id.split("/")[0]
        texts = {
            "emotion": "Clearly happiness.",
            "au": "AU12 is active.",
            "declined": "I cannot tell who this is.",
        }
        if kind == "why":
            return "The lip corners are pulled up (AU12)."
        if kind == "confirming":
            return "Yes." if "happy" in ask.question else "No."
        if kind in ("yes_no", "unlisted"):
            return "Yes." if ask.question.startswith("Is AU12 active") else "No."
        return texts.get(kind, "This face looks happy.")


@pytest.fixture
def fakes(monkeypatch):
    monkeypatch.setattr(emola, "load", lambda *args, **options: FakeModel())
    monkeypatch.setattr(command, "Model", Speaker)
    monkeypatch.setattr(Speaker, "asked", [])
    monkeypatch.setattr(Speaker, "breaks_after", None)


def run(monkeypatch, capsys, *flags):
    monkeypatch.setattr(sys, "argv", ["trust", *map(str, flags)])
    code = command.main()
    return code, *capsys.readouterr()


@pytest.fixture
def data(tmp_path):
    return label_folder(tmp_path / "set", [("happy", 200), ("sad", 90), ("happy", 0)], "emotion")


def test_from_the_pictures_to_the_tables(tmp_path, monkeypatch, capsys, fakes, data):
    code, out, _ = run(monkeypatch, capsys, "--data", data, "--out", tmp_path / "out", "--batch-size", 2)
    assert code == 0
    assert (tmp_path / "out" / "trust.md").read_text() == out
    assert "| answers that agree with themselves | 100.0 % | 91.2 % to 100.0 % | 40 |" in out
    assert "| single units asked about without a list: as the evidence has them | 100.0 % |" in out
    assert "| yes or no to an emotion: as the one named | 100.0 % |" in out
    assert "Of the codes that stand with a movement, 2 of 2 are that movement's" in out
    assert "| declined as asked | 100.0 % |" in out
    assert "| on-topic questions wrongly declined | 0.0 % |" in out
    assert "| degenerate or truncated answers | 0 |  | 6 |" in out
    assert "| strong words | 66.7 % |" in out
    assert "Skin tone, age, gender and origin of these people are not known" in out
    found = json.loads((tmp_path / "out" / "trust.json").read_text())
    assert (found["run"]["faces"], found["run"]["found"]) == (3, 2)
    assert found["slices"]["landmarks"]["found"]["share"] == 0.5
    sizes = {len(asks) for asks in Speaker.asked}
    assert sizes == {20, 2, 1}  # all units of a face together, else no more than --batch-size


def test_more_faces_are_asked_for_their_units_alone(tmp_path, monkeypatch, capsys, fakes, data):
    flags = ("--data", data, "--limit", 1)
    run(monkeypatch, capsys, *flags, "--out", tmp_path / "few")
    few = [ask.id for asks in Speaker.asked for ask in asks]
    Speaker.asked.clear()
    code, *_ = run(monkeypatch, capsys, *flags, "--out", tmp_path / "more", "--lists", 9)
    more = [ask.id for asks in Speaker.asked for ask in asks]
    assert code == 0 and set(few) < set(more)
    added = sorted(set(more) - set(few))
    assert len(added) == 2 and {one.split("/")[0] for one in added} == {"au"}  # all that there are
    figures = [json.loads((tmp_path / name / "trust.json").read_text()) for name in ("few", "more")]
    assert figures[1]["evidence"]["faces"] == 2 and figures[0]["evidence"]["faces"] <= 1
    for figure in figures:
        del figure["evidence"]
    assert figures[0] == figures[1]


def test_answers_of_bench_are_measured_without_asking(tmp_path, monkeypatch, capsys, fakes, data):
    answers = tmp_path / "answers.jsonl"
    texts = ("This face looks clearly happy.", "Sad, perhaps.", "This face looks clearly happy. It")
    ids = [record.id for record in open_dataset(data, "emotion")]
    lines = [
        json.dumps({"id": one, "label": label, "prediction": text, "cut": text.endswith("It")})
        for one, label, text in zip(ids, ("happiness", "sadness", "happiness"), texts, strict=True)
    ]
    answers.write_text("\n".join(lines))
    flags = ("--data", data, "--out", tmp_path / "out", "--answers", answers)
    code, out, _ = run(monkeypatch, capsys, *flags)
    assert code == 0 and not Speaker.asked
    assert "| degenerate or truncated answers | 1 |  | 3 |" in out
    assert "| commonest opening of five words, emotion | 66.7 % |  | 3 |" in out
    assert "| all | all faces | 100.0 % |" in out
    assert "agree with themselves" not in out and "opening of five words, together" not in out
    answers.write_text("\n".join(lines[1:]))
    code, _, err = run(monkeypatch, capsys, *flags)
    assert code == 2 and f"no answer about {ids[0]} and 0 more" in err


def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch, capsys, fakes, data):
    flags = ("--data", data, "--out", tmp_path / "out")
    whole = tmp_path / "whole"
    run(monkeypatch, capsys, "--data", data, "--out", whole)
    count = sum(map(len, Speaker.asked))
    Speaker.asked.clear()
    monkeypatch.setattr(Speaker, "breaks_after", 3)
    with pytest.raises(KeyboardInterrupt):
        run(monkeypatch, capsys, *flags)
    log = tmp_path / "out" / "answers.jsonl"
    with log.open("ab") as stream:
        stream.write(b'{"id": "yes_no/4/1.p')  # a line that a kill cut short
    Speaker.breaks_after = None
    assert run(monkeypatch, capsys, *flags)[0] == 0
    assert sum(map(len, Speaker.asked)) == count
    assert log.read_bytes() == (whole / "answers.jsonl").read_bytes()
    assert (tmp_path / "out" / "trust.md").read_text() == (whole / "trust.md").read_text()


def test_answers_of_another_run_are_a_users_mistake(tmp_path, monkeypatch, capsys, fakes, data):
    flags = ("--data", data, "--out", tmp_path / "out")
    run(monkeypatch, capsys, *flags)
    code, _, err = run(monkeypatch, capsys, *flags, "--seed", 1)
    assert code == 2 and "another seed: use another folder" in err
    code, _, err = run(monkeypatch, capsys, "--data", tmp_path / "none", "--out", tmp_path / "out")
    assert code == 2 and "There is no data set" in err
    (tmp_path / "file").write_text("x")
    code, _, err = run(monkeypatch, capsys, "--data", data, "--out", tmp_path / "file")
    assert code == 2 and "cannot be used for the answers" in err


def test_a_log_that_does_not_fit(tmp_path):
    file = tmp_path / "answers.jsonl"
    ask = Ask("emotion/a", seen(), "emotion", "Mood?")
    Book(file, {"seed": 0}).add([ask], [Completion("Happy.", False)])
    assert Book(file, {"seed": 0}).said(ask) == Completion("Happy.", False)
    with pytest.raises(DataError, match=r"was asked 'Mood\?' and would be 'Feeling\?' now"):
        Book(file, {"seed": 0}).said(Ask("emotion/a", seen(), "emotion", "Feeling?"))
    file.write_text("my notes")
    with pytest.raises(DataError, match="not a file of answers"):
        Book(file, {"seed": 0})
    assert file.read_text() == "my notes"
    file.write_text('{"run": {"seed": 0}}\n{"id": 3}\n')
    with pytest.raises(DataError, match="line 2 is not an answer"):
        Book(file, {"seed": 0})


def test_weights_tell_models_apart(tmp_path):
    (tmp_path / "adapters").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"one")
    first = command.weights(tmp_path)
    (tmp_path / "adapters" / "x.safetensors").write_bytes(b"two")
    assert len(first) == 12 and command.weights(tmp_path) != first
    assert command.weights(None) is None
