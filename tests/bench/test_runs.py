"""Runs and outcomes: their identity and their JSON lines."""

import json
from dataclasses import replace

import pytest

from emola.bench import Outcome, Run
from emola.bench.runs import from_line, to_line


def test_identity_depends_on_model_and_settings_only():
    """The data set, title, versions and sampling seed do not change it."""
    run = Run("set", "au", "Which?", "EmoLA", "au", parts={"weights": "1", "tokenizer": "2"})
    for same in (
        replace(run, data="another"),
        replace(run, model="My EmoLA"),
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
def test_round_trips_a_line(task):
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
