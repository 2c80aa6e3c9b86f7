"""Reports: contents, unusual answers, and self-contained HTML."""

import re
from html.parser import HTMLParser

import pytest

from emola.bench import PUBLISHED, STRICT, Outcome, score
from emola.bench.intervals import share_interval, unit_intervals
from emola.bench.report import worst, write_report
from emola.errors import DataError

EMOTIONS = [
    Outcome("right.png", "Anger. The brows are low.", "anger", "The brows are low in anger."),
    Outcome("a|b_<c>.png", "It may be fear\tor `anger`.\n", "sadness", "Sad eyes.", found=False, cut=True),
    Outcome("denied.png", "No fear.", "sadness", "Nothing is said of it."),
    Outcome("near.png", "A sad face.", "anger", "A sad face."),
]
UNITS = [
    Outcome("whole.png", "AU4 and AU12 are active.", "4, 12"),
    Outcome("half.png", "AU4 is active, AU9 is not.", "4, 12"),
    Outcome("none.png", "No AU4.", "12"),
    Outcome("quiet.png", "", ""),
]


class Page(HTMLParser):
    """Checks that elements are closed, and collects the URLs that a browser would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open_tags: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br"):
            self.open_tags.append(tag)
        self.fetched += [
            value for name, value in attributes if name in ("src", "href", "xlink:href") and value[0] != "#"
        ]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open_tags.pop() == tag


def write_and_read(folder, scored, skipped=None):
    write_report(folder, scored, {"model": "fake", "quantize": None, "task": scored.task}, skipped)
    page = (folder / "report.html").read_text("utf-8")
    parsed = Page(page)
    assert parsed.open_tags == []
    assert parsed.fetched == []
    assert ("currentColor" in page) == ("<svg" in page)
    assert "#010203" not in page
    return page, (folder / "report.md").read_text("utf-8")


def test_reports_emotions(tmp_path):
    page, markdown = write_and_read(tmp_path / "new", score(EMOTIONS, "emotion"))
    assert "<svg" in page
    assert (tmp_path / "new" / "confusion.png").read_bytes().startswith(b"\x89PNG")
    assert "| measured, strict parser | 25.0 |" in markdown
    assert "| EmoLA on FABA-Bench, published | 64.5 | 31.7 | 96.2 |" in markdown
    assert "not measured here" in markdown
    assert "They read 2 of 4 answers differently (50.0 %)." in markdown
    assert "1 answers assert several emotions equally" in markdown
    assert "fear, anger" in markdown
    assert "No face was found in 1 pictures; 1 answers reached their length limit." in markdown
    assert "a\\|b\\_\\<c\\>.png" in markdown and "a|b_&lt;c&gt;.png" in page
    assert "quantize" not in markdown
    assert "Skipped pictures" not in markdown


def test_reports_action_units(tmp_path):
    page, markdown = write_and_read(
        tmp_path, score(UNITS, "au", [4, 9, 12], PUBLISHED), {"bad.png": "It is no picture."}
    )
    assert (tmp_path / "per_au.png").exists()
    assert "| EmoLA on FABA-Bench, published | 56.3 | 35.2 | 91.5 |" in markdown
    assert "no reference descriptions" in markdown
    assert re.search(r"\| AU4 Brow Lowerer \| 80\.0 \| [\d.]+ to 100\.0 \| 2 \|", markdown)
    assert "bad.png" in markdown and "It is no picture." in page
    assert "The worst answers" in page


def test_reports_a_perfect_run_and_units_without_f1(tmp_path):
    _, markdown = write_and_read(tmp_path, score([Outcome("a", "AU4.", "4")], "au", [4]))
    assert "Every answer is right." in markdown
    _, markdown = write_and_read(tmp_path, score([Outcome("a", "AU4.", "4")], "au", [43]))
    assert "| AU43 Eyes Closed | – | – | 0 |" in markdown


def test_leaves_unscored_units_out_of_the_worst_answers(tmp_path):
    """Regression: unscored units in the label made a correct answer look wrong."""
    outcomes = [Outcome("a.png", "AU4 and AU15.", "4, 12, 15")]
    _, markdown = write_and_read(tmp_path, score(outcomes, "au", [4, 12]))
    assert "| Id | Label | Read | Answer |" in markdown
    assert "| a.png | 4, 12 | 4 | AU4 and AU15. |" in markdown


def test_ranks_the_worst_answers_first():
    scored = score(EMOTIONS, "emotion")
    assert [EMOTIONS[index].id for index in worst(scored)] == ["a|b_<c>.png", "denied.png", "near.png"]
    scored = score(UNITS, "au", [4, 9, 12])
    assert [UNITS[index].id for index in worst(scored)] == ["none.png", "half.png"]
    uncoded = Outcome("x", "AU4.", "", uncoded=(4,))
    assert worst(score([uncoded], "au", [4])) == []


def test_rejects_an_unwritable_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be written to"):
        write_report(tmp_path / "file", score(EMOTIONS, "emotion"), {})


def test_intervals_contain_the_figure_and_shrink_with_n():
    few, many = ([Outcome(str(i), "AU4." if i % 4 else "", "4") for i in range(n)] for n in (20, 2000))
    widths = []
    for outcomes in (few, many):
        scored = score(outcomes, "au", [4, 9], STRICT)
        intervals, mean = unit_intervals(scored)
        assert set(intervals) == {4}
        assert intervals[4].low <= scored.unit_scores[4].f1 <= intervals[4].high
        assert mean == pytest.approx(intervals[4])
        widths.append(intervals[4].high - intervals[4].low)
    assert 0 < widths[1] < widths[0] / 5
    assert unit_intervals(score(few, "au", [43])) == ({}, None)
    low, high = share_interval(200, 400)
    assert 0.44 < low < 0.48 and 0.52 < high < 0.56  # 0.5 ± 2 × 0.025, by the normal approximation
