"""Statistics of data sets, their published values, and charts."""

import json

import miniature_sets as sets
import pytest
from PIL import Image

from emola.cli import main
from emola.data.plots import plot_statistics
from emola.data.stats import PUBLISHED, statistics
from emola.errors import DataError


@pytest.fixture
def tree(tmp_path):
    return sets.faba_instruct(tmp_path)


def test_counts_faba_instruct(tree):
    figures = statistics(tree)
    assert figures["table"] == {
        "images": 6,
        "emotion_train": 2,
        "emotion_eval": 1,
        "emotion_words": 3.0,
        "au_train": 2,
        "au_eval": 1,
        "au_words": round((2 * 12 + 3) / 3, 2),
    }
    assert figures["table"].keys() == PUBLISHED.keys()
    assert figures["action_units"] == {"1": 1, "2": 1, "4": 2, "15": 2, "25": 1}
    assert figures["emotions"] == {"happiness": 3}
    assert (figures["derived"], figures["skipped"]) == (4, 0)


def test_tolerates_missing_parts_and_invalid_records(tree):
    sets.edit(tree / "train" / "train_au_anno.json", 1, conversations=[])
    for part in ("train", "eval"):
        (tree / part / f"{part}_emotion_anno.json").unlink()
    figures = statistics(tree)
    assert (figures["table"]["emotion_train"], figures["table"]["emotion_words"]) == (None, None)
    assert (figures["table"]["au_train"], figures["skipped"]) == (1, 1)
    assert figures["emotions"] == {}


def test_counts_other_kinds(tmp_path):
    figures = statistics(sets.gft(tmp_path))
    assert (figures["kind"], figures["records"], figures["subjects"]) == ("gft", {"au": 6}, 3)
    assert figures["action_units"] == {"1": 3, "4": 3, "12": 3}
    assert "table" not in figures
    figures = statistics(sets.raf_db(tmp_path))
    assert (figures["images"], figures["subjects"], figures["emotions"]["happiness"]) == (8, None, 2)
    with pytest.raises(DataError, match="There is no data set"):
        statistics(tmp_path / "gone")


def test_command_prints_both_columns_and_draws_charts(tree, tmp_path, capsys):
    assert main(["data", "stats", str(tree), "--plots", str(tmp_path / "plots")]) == 0
    out = capsys.readouterr().out
    (line,) = [line for line in out.splitlines() if line.startswith("AU training samples")]
    assert line.split() == ["AU", "training", "samples", "2", "15,838"]
    assert "4 records have no label" in out
    for name in ("action_units", "emotions"):
        with Image.open(tmp_path / "plots" / f"{name}.png") as image:
            assert min(image.size) > 300
            assert len(image.convert("L").getcolors()) > 10, "bars, text and axes"
    assert main(["data", "stats", str(tree), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["table"]["images"] == 6


def test_omits_empty_charts(tmp_path):
    drawn = plot_statistics({"action_units": {}, "emotions": {"fear": 3}}, tmp_path)
    assert drawn == [tmp_path / "emotions.png"] == sorted(tmp_path.iterdir())
