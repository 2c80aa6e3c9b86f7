"""The lock of the answer log; test_runner.py covers reading and resuming."""

import pytest

from emola.bench import Run
from emola.bench.answer_log import AnswerLog
from emola.errors import DataError


def test_locks_the_log_for_one_run(tmp_path):
    """Regression: two runs started together wrote every answer twice."""
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
