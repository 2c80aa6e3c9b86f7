"""Interrupted, resumed and shared runs, and unreadable pictures."""

import json
import threading
import time
from dataclasses import replace

import pytest
from bench_fakes import ANSWERS, AU, EMOTION, Grey, Model, records

from emola.bench import ProcessGroup, answer_all, score
from emola.bench.answer_log import AnswerLog
from emola.data import Record, SkippedImages
from emola.errors import DataError


def test_figures_of_an_emotion_run():
    steps = []
    answered = answer_all(EMOTION, records(), Model(), progress=lambda *step: steps.append(step))
    figures = score(answered.outcomes, "emotion").figures()
    speed = figures.pop("samples_per_second")
    assert speed is None or speed > 0
    assert figures == {
        "n": 4,
        "accuracy": 0.5,
        "class_mean": 0.5,  # happiness 1 of 2, anger 1 of 1, fear 0 of 1
        "f1": pytest.approx((2 / 3 + 1 + 0) / 3),
        "per_au": {},
        "rouge_l": None,
        "rege": None,
        "no_face": 1,
    }
    assert steps == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert [outcome.cut for outcome in answered.outcomes] == [False, False, True, False]


def test_figures_of_a_unit_run():
    figures = score(answer_all(AU, records(), Model()).outcomes, "au").figures()
    assert {code: row["f1"] for code, row in figures["per_au"].items()} == {
        "1": 1.0, "2": 1.0, "4": 1.0, "12": 0.0, "25": 0.0
    }  # fmt: skip
    assert figures["f1"] == 0.6


@pytest.mark.parametrize(
    ("size", "batches"), [(1, [[10], [20], [30], [40]]), (3, [[10, 20, 30], [40]]), (9, [[10, 20, 30, 40]])]
)
def test_groups_records_into_batches(size, batches):
    model = Model()
    outcomes = answer_all(EMOTION, records(), model, batch_size=size).outcomes
    assert model.asked == batches
    assert [outcome.prediction for outcome in outcomes] == [ANSWERS[level].text for level in (10, 20, 30, 40)]


def test_resumes_an_interrupted_run(tmp_path):
    log = tmp_path / "new folder" / "answers.jsonl"
    first = Model(breaks_at=30)
    with pytest.raises(KeyboardInterrupt):
        answer_all(EMOTION, records(), first, log, batch_size=2)
    second, steps = Model(), []
    answered = answer_all(
        EMOTION, records(), second, log, batch_size=2, progress=lambda *step: steps.append(step)
    )
    assert (first.asked, second.asked) == ([[10, 20]], [[30, 40]])
    assert steps == [(2, 4), (4, 4)]
    third = Model()
    assert answer_all(EMOTION, records(), third, log) == answered
    assert third.asked == []
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["id"] for line in lines] == [record.id for record in records()]
    assert (
        lines[0].items()
        >= {"model": "fake", "adapter": None, "quantize": None, "seed": 0, "versions": {}}.items()
    )
    assert lines[0]["emotion"] == "happiness"


def test_loses_and_repeats_no_answer_after_a_kill(tmp_path):
    log = tmp_path / "answers.jsonl"
    complete = answer_all(EMOTION, records(), Model(), log).outcomes
    content = log.read_bytes()
    ends = [index + 1 for index, byte in enumerate(content) if byte == ord("\n")]
    for cut in {*range(0, len(content), 101), *ends, *(end - 1 for end in ends)}:
        log.write_bytes(content[:cut])
        resumed = Model()
        outcomes = answer_all(EMOTION, records(), resumed, log).outcomes
        assert [outcome.prediction for outcome in outcomes] == [outcome.prediction for outcome in complete]
        assert len(resumed.asked) == 4 - sum(end <= cut for end in ends)
        ids = [json.loads(line)["id"] for line in log.read_text().splitlines()]
        assert ids == [outcome.id for outcome in complete]


def answer_in_group(count, log, dataset, **options):
    """Run a process group, simulated by threads with a barrier, and return the result of the first."""
    barrier, results = threading.Barrier(count, timeout=20), {}

    def answer_share(number):
        group = ProcessGroup(number, count, barrier.wait)
        try:
            results[number] = answer_all(EMOTION, dataset, Model(), log, group=group, **options)
        except DataError as error:
            results[number] = error

    threads = [threading.Thread(target=answer_share, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if isinstance(results[0], DataError):
        raise results[0]
    return results[0]


def without_timing(outcomes):
    return [
        (outcome.id, outcome.prediction, outcome.label, outcome.found, outcome.cut) for outcome in outcomes
    ]


@pytest.mark.parametrize("count", [2, 3, 7])
def test_several_processes_give_the_results_of_one(tmp_path, count):
    single = answer_all(EMOTION, records(), Model(), tmp_path / "single.jsonl")
    shared = answer_in_group(count, tmp_path / "shared.jsonl", records())
    assert without_timing(shared.outcomes) == without_timing(single.outcomes)
    lines = [json.loads(line)["id"] for line in (tmp_path / "shared.jsonl").read_text().splitlines()]
    assert lines == [outcome.id for outcome in single.outcomes]
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["shared.jsonl", "single.jsonl"]


def test_a_late_process_ignores_answers_of_this_run(tmp_path, monkeypatch):
    """Regression: a late process divided the remaining records differently, and records were lost."""
    read = AnswerLog.read

    def slow_read(log):
        time.sleep(0.3 if log._own != log.path else 0)
        return read(log)

    monkeypatch.setattr(AnswerLog, "read", slow_read)
    shared = answer_in_group(3, tmp_path / "shared.jsonl", records())
    assert [outcome.id for outcome in shared.outcomes] == [record.id for record in records()]


def test_counts_pictures_skipped_by_another_process(tmp_path):
    for level in (-1, 99):
        shared = answer_in_group(2, tmp_path / f"{level}.jsonl", numbered({1}, 100, level))
        assert len(shared.outcomes) == 99
        assert list(shared.skipped) == ["1.png"]


def test_resumes_with_another_number_of_processes(tmp_path):
    log = tmp_path / "answers.jsonl"
    answer_all(EMOTION, records()[:1], Model(), log)
    before = log.read_bytes()
    answer_all(EMOTION, records(), Model(), log, group=ProcessGroup(1, 2))  # the first process is missing
    assert (tmp_path / "answers.jsonl.part1").exists()
    assert log.read_bytes() == before
    last = Model()
    outcomes = answer_all(EMOTION, records(), last, log).outcomes
    assert [outcome.id for outcome in outcomes] == [record.id for record in records()]
    assert last.asked == [[20], [40]]
    assert not (tmp_path / "answers.jsonl.part1").exists()


def test_several_processes_need_a_shared_file():
    with pytest.raises(DataError, match="give --answers or --json"):
        answer_all(EMOTION, records(), Model(), group=ProcessGroup(0, 2))


def numbered(bad: set[int], count: int, level: int = -1) -> list[Record]:
    return [
        Record(f"{number}.png", Grey(level if number in bad else 10), emotion="fear")
        for number in range(count)
    ]


@pytest.mark.parametrize("level", [-1, 99])
def test_skips_an_unreadable_picture_and_retries_it(tmp_path, level, capsys):
    log = tmp_path / "answers.jsonl"
    answered = answer_all(EMOTION, numbered({1, 101}, 200, level), Model(), log, batch_size=8)
    assert len(answered.outcomes) == 198
    assert list(answered.skipped) == ["1.png", "101.png"]
    assert "skipped 1.png" in capsys.readouterr().err
    repaired = numbered(set(), 200)
    retried = Model()
    answered = answer_all(EMOTION, repaired, retried, log, batch_size=8)
    assert (len(answered.outcomes), retried.asked) == (200, [[10, 10]])


def test_finishes_when_the_last_picture_is_unreadable():
    dataset = [*records(), *numbered(set(), 100), Record("bad", Grey(-1), emotion="fear")]
    answered = answer_all(EMOTION, dataset, Model(), batch_size=64)
    assert len(answered.outcomes) == len(dataset) - 1


def test_stops_above_one_unreadable_picture_in_a_hundred(tmp_path):
    log = tmp_path / "answers.jsonl"
    with pytest.raises(DataError, match=r"2 of 100 pictures.*1\.png.*50\.png"):
        answer_all(EMOTION, numbered({1, 50}, 100), Model(), log)
    assert len(log.read_text().splitlines()) == 49
    with pytest.raises(DataError, match="3 of 200"):  # each process alone skips too few to stop
        answer_in_group(2, tmp_path / "shared.jsonl", numbered({1, 50, 100, 151}, 200))


def test_leaves_a_foreign_log_unchanged(tmp_path):
    log = tmp_path / "answers.jsonl"
    answer_all(EMOTION, records()[:1], Model(), log)
    before = log.read_bytes()
    with pytest.raises(DataError, match=r"line 1 is of another run, .* it differs in task and question; use"):
        answer_all(AU, records(), Model(), log)
    tuned = replace(EMOTION, parts={"weights": "1"})
    with pytest.raises(
        DataError, match=f"{EMOTION.identity} and not {tuned.identity}: .* differs in weights"
    ):
        answer_all(tuned, records(), Model(), log)
    other = [Record("10.png", Grey(10), emotion="fear")]
    with pytest.raises(DataError, match=r"10\.png was happiness and is fear now"):
        answer_all(EMOTION, other, Model(), log)
    assert log.read_bytes() == before
    for content in (b"a letter to a friend\n", b"[1]\n", b'{"id": "10.png"}\n'):
        log.write_bytes(content)
        with pytest.raises(DataError, match="line 1 is not an answer"):
            answer_all(EMOTION, records(), Model(), log)
        assert log.read_bytes() == content
    log.write_bytes(b"a note without an end of line")
    with pytest.raises(DataError, match="ends in something"):
        answer_all(EMOTION, records(), Model(), log)
    assert log.read_bytes() == b"a note without an end of line"
    with pytest.raises(DataError, match="cannot be used"):
        answer_all(EMOTION, records(), Model(), tmp_path)


def digested(*names: str, digest: str = "") -> list[Record]:
    return [Record(name, Grey(10), digest=digest or name[-5:]) for name in names]


def test_rejects_answers_about_other_pictures(tmp_path):
    log = tmp_path / "answers.jsonl"
    answer_all(EMOTION, digested("a.png", "b.png"), Model(), log)
    before = log.read_bytes()
    with pytest.raises(DataError, match=r"a\.png is another picture than the one answered: use another file"):
        answer_all(EMOTION, digested("a.png", digest="new"), Model(), log)
    with pytest.raises(
        DataError, match=r"about x/a\.png under the name a\.png: give the same files and folders"
    ):
        answer_all(EMOTION, digested("x/a.png", "x/b.png"), Model(), log)
    assert log.read_bytes() == before
    extended = Model()
    answer_all(EMOTION, [*digested("a.png", "b.png"), *digested("copy.png", digest="a.png")], extended, log)
    assert extended.asked == [[10]], "a copy of a picture gets its own answer"


def test_endless_skipping_does_not_stop_the_run(tmp_path):
    skipped = SkippedImages(10, lambda line: None, endless=True)
    answered = answer_all(EMOTION, numbered({1, 5, 9}, 10), Model(), tmp_path / "a.jsonl", skipped=skipped)
    assert (len(answered.outcomes), list(answered.skipped)) == (7, ["1.png", "5.png", "9.png"])
