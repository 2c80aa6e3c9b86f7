"""The interview: questions, batches and resuming."""

import json

import pytest
from trust_fakes import Model, subject

from emola.bench import Run
from emola.bench.trust import Interview, trust_figures
from emola.bench.trust.interview import FOLLOW_UP_TOKENS
from emola.errors import DataError

RUN = Run("set", "trust", "questions 1, seed 0", "fake", max_new_tokens=512)


@pytest.fixture
def subjects():
    return [subject("a", active=(12,)), subject("b", "sadness", active=(12,)), subject("c", found=False)]


def test_figures_of_scripted_answers(subjects):
    model = Model()
    figures = trust_figures(Interview(RUN, model).ask(subjects))
    assert figures["list_agreement"]["share"] == 1 and figures["list_agreement"]["n"] == 40
    assert figures["single_units"]["share"] == 1
    assert figures["bare_why"]["share"] == 1
    assert {name: row["n"] for name, row in figures["bare_why"]["by_turn"].items()} == {
        "after the list": 3,
        "after the unit": 2,
    }
    assert figures["confirmations"]["share"] == 1 and figures["confirmations"]["affirmed"] == 6
    assert figures["reasons"]["paired"]["share"] == 1
    assert figures["declined"]["share"] == 1 and figures["declined"]["in_english"]["share"] == 1
    assert figures["on_topic"]["share"] == 0
    assert figures["faults"]["any"] == 0 and figures["faults"]["n"] == 6
    assert figures["variety"]["lists"] == {"different": 1, "n": 3}
    assert figures["slices"]["landmarks"]["found"]["share"] == 0.5
    json.dumps(figures)


def test_follow_ups_of_a_face_are_batched_together(subjects):
    model = Model()
    Interview(RUN, model, batch_size=2).ask(subjects)
    assert {len(batch) for batch in model.batches} == {20, 2, 1}


def test_extra_faces_are_asked_for_their_units_only(subjects):
    base, extended = Model(), Model()
    Interview(RUN, base).ask(subjects[:1])
    answers = Interview(RUN, extended).ask(subjects[:1], subjects[1:])
    added = {name for batch in extended.batches for name in batch}
    added -= {name for batch in base.batches for name in batch}
    assert added == {"au/b", "au/c"}
    assert [answer.text for answer in answers.lists] == ["AU12 is active."] * 2
    assert trust_figures(answers)["evidence"]["faces"] == 2


def test_only_first_questions_may_have_long_answers(subjects):
    limits = {}

    class LimitRecorder(Model):
        def answer_each(self, questions, max_new_tokens):
            limits.update((question.id.split("/")[0], max_new_tokens) for question in questions)
            return super().answer_each(questions, max_new_tokens)

    Interview(RUN, LimitRecorder()).ask(subjects)
    assert limits.pop("emotion") == limits.pop("au") == 512
    assert set(limits.values()) == {FOLLOW_UP_TOKENS}


def test_resumes_an_interrupted_run(tmp_path, subjects):
    complete_log, log = tmp_path / "complete.jsonl", tmp_path / "answers.jsonl"
    complete = Model()
    expected = trust_figures(Interview(RUN, complete, complete_log).ask(subjects))
    with pytest.raises(KeyboardInterrupt):
        Interview(RUN, Model(breaks_after=3), log).ask(subjects)
    with log.open("ab") as stream:
        stream.write(b'{"id": "yes_no/4/a", "predic')  # truncated by a killed process
    resumed, steps = Model(), []
    answers = Interview(RUN, resumed, log, progress=lambda *step: steps.append(step)).ask(subjects)
    assert resumed.batches == complete.batches[3:]
    assert log.read_bytes() == complete_log.read_bytes()
    assert trust_figures(answers) == expected
    assert steps[0] == ("first questions, emotion", 3, 3)
    rerun = Model()
    Interview(RUN, rerun, log).ask(subjects)
    assert rerun.batches == []


def test_every_line_names_the_question_and_the_run(tmp_path, subjects):
    log = tmp_path / "answers.jsonl"
    Interview(RUN, Model(), log).ask(subjects)
    lines = {line["id"]: line for line in map(json.loads, log.read_text("utf-8").splitlines())}
    assert {line["identity"] for line in lines.values()} == {RUN.identity}
    line = lines["why/emotion/a"]
    assert (line["asked"], line["prediction"]) == ("Why?", "The lip corners are pulled up (AU12).")
    assert line["after"] == [lines["emotion/a"]["asked"]]


def test_rejects_answers_of_another_run_or_to_other_questions(tmp_path, subjects):
    log = tmp_path / "answers.jsonl"
    Interview(RUN, Model(), log).ask(subjects)
    before = log.read_bytes()
    other = Run("set", "trust", "questions 1, seed 1", "fake", max_new_tokens=512)
    with pytest.raises(DataError, match="it differs in question; use another file"):
        Interview(other, Model(), log).ask(subjects)
    with pytest.raises(DataError, match=r"emotion/. was asked '.+' and would be asked '.+' now"):
        Interview(RUN, Model(), log, seed=1).ask(subjects)
    assert log.read_bytes() == before
