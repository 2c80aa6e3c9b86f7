"""The choice of faces, the interview, its figures and its report."""

import json
from collections import Counter

import pytest
from asked_fakes import subject

from emola.bench import Answer, Run
from emola.bench.asked import (
    AskedInterview,
    asked_figures,
    choose_faces,
    draw_candidates,
    summary_rows,
    write_asked_report,
)
from emola.bench.asked.facts import facts_of
from emola.bench.asked.interview import spread
from emola.bench.asked.kinds import kinds
from emola.bench.readers.claims import claimed_units
from emola.errors import DataError

RUN = Run("set", "asked", "questions 1, seed 0", "fake", max_new_tokens=512)
ANSWER = "This face looks happy: the lip corners are strongly pulled up."
SMILING = {6: "C", 12: "D", 25: "B"}


class Model:
    """Always gives the same answer; may be interrupted after a number of batches."""

    def __init__(
        self, text="This face looks happy: the lip corners are strongly pulled up.", breaks_after=None
    ):
        self.text, self.breaks_after = text, breaks_after
        self.batches = []

    def answer_each(self, questions, max_new_tokens):
        assert len({question.task for question in questions}) == 1 and max_new_tokens == 512
        if self.breaks_after == len(self.batches):
            raise KeyboardInterrupt
        self.batches.append([question.id for question in questions])
        return [Answer(self.text) for _ in questions]

    answer_follow_ups = answer_each


@pytest.fixture
def subjects():
    faces = [subject(name, active=SMILING) for name in "abcdefgh"]
    return [*faces, subject("i", "neutral"), subject("j", "sadness", found=False)]


def test_every_kind_is_asked_of_ten_faces_and_every_phrasing_of_two(subjects):
    answers = AskedInterview(RUN, Model()).ask(subjects)
    assert Counter(item.case.kind for item in answers.answers) == dict.fromkeys(kinds(), 10)
    for kind in ("emotion", "greeting", "count"):
        assert len({item.face for item in answers.answers if item.case.kind == kind}) == 10
    chosen = spread(range(10), 10, 5, "any")
    assert all(chosen[phrasing] != chosen[phrasing + 5] for phrasing in range(5))
    assert sorted(Counter(spread([3, 7], 10, 5, "any")).values()) == [5, 5]


def test_the_turn_before_is_asked_first(subjects):
    answers = AskedInterview(RUN, Model("Yes.")).ask(subjects)
    item = next(item for item in answers.answers if item.case.kind == "it_sure")
    assert item.case.before == "Yes." and "AU" in item.asked_before


def test_resumes_an_interrupted_run_and_judges_logged_answers(tmp_path, subjects):
    log = tmp_path / "answers.jsonl"
    with pytest.raises(KeyboardInterrupt):
        AskedInterview(RUN, Model(breaks_after=9), log).ask(subjects)
    resumed = Model()
    figures = asked_figures(AskedInterview(RUN, resumed, log).ask(subjects))
    complete = Model()
    assert figures == asked_figures(AskedInterview(RUN, complete).ask(subjects))
    assert resumed.batches == complete.batches[9:]
    with pytest.raises(DataError, match="of another run"):
        AskedInterview(Run("set", "asked", "questions 2, seed 0", "fake"), Model(), log).ask(subjects)


def test_figures_and_report(tmp_path, subjects):
    figures = asked_figures(AskedInterview(RUN, Model()).ask(subjects))
    json.dumps(figures)
    asked = figures["as_asked"]
    assert asked["kinds"] == len(kinds()) and asked["n"] == 10 * len(kinds())
    assert asked["by_kind"]["one_sentence"]["share"] == 0.8  # two faces show no smile
    assert asked["by_kind"]["json"]["reasons"] == {
        "is not JSON": 9,
        "claims units, which nothing is known about": 1,
    }
    assert "json" in asked["weak"] and "summary" not in asked["weak"]
    assert figures["declined"]["share"] == 0 and figures["words"]["describe"] == 11
    assert 0.8 < figures["carried"]["share"] < 1  # one face has no smile
    assert figures["faults"] == {"n": asked["n"], "any": 0, "empty": 0, "cut": 0, "loops": 0}
    assert [row for row in summary_rows(figures) if row[0].startswith("kinds under 60%")]
    write_asked_report(tmp_path, {"model": "fake"}, figures)
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "is not JSON" in page and "Kinds of questions" in page


@pytest.mark.parametrize(
    ("answer", "units"),
    [
        ("AU6 and AU12 are active.", {6, 12}),
        ("The cheeks are raised.", {6}),
        ("The cheeks are not raised; no AU12.", set()),
        ("AU6 can be mistaken for AU7.", set()),
    ],
)
def test_claimed_units(answer, units):
    assert claimed_units(answer) == units


def test_facts_leave_doubtful_and_hidden_units_out():
    found = facts_of(subject(active=SMILING, doubtful=(4,), hidden=(1, 2)))
    assert found.active == {6, 12, 25} and found.doubtful == {4} and found.hidden == {1, 2}
    assert found.levels[12] == 3 and found.sides[12] == (3, 3)
    assert not facts_of(subject(found=False)).known


def test_chooses_every_emotion_and_enough_active_faces():
    candidates = [subject(f"rest{n}", "neutral") for n in range(6)]
    candidates += [subject(f"lost{n}", "fear", found=False) for n in range(6)]
    candidates += [subject(f"smile{n}", "happiness", SMILING) for n in range(8)]
    candidates += [subject("frown", "anger", {4: "C"})]
    chosen = choose_faces(candidates, 10)
    assert {face.label for face in chosen} == {"neutral", "fear", "happiness", "anger"}
    assert sum(not face.found for face in chosen) == 1
    assert sum(face.label == "happiness" for face in chosen) >= 5
    assert len(chosen) == 10 and len(choose_faces(candidates[:3], 10)) == 3


def test_rare_labels_are_among_the_candidates():
    labels = ["happiness"] * 500 + ["disgust"]
    drawn = draw_candidates(list(range(501)), labels, 3, seed=1)
    assert len(drawn) == 12 and 500 in drawn
    assert drawn == draw_candidates(list(range(501)), labels, 3, seed=1)
