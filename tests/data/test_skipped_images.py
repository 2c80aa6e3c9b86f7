"""Skipping unreadable images."""

from pathlib import Path

import pytest
from miniature_sets import picture

from emola.data import Record, SkippedImages
from emola.data.records import ImageFile
from emola.errors import DataError


def records(folder: Path, good: int, bad: int) -> list[Record]:
    file = ImageFile(picture(folder / "good.png"))
    missing = ImageFile(folder / "gone.png")
    return [Record(f"g{n}", file) for n in range(good)] + [Record(f"b{n}", missing) for n in range(bad)]


def test_skips_and_reports_one_in_a_hundred(tmp_path):
    lines = []
    tolerance = SkippedImages(200, lines.append)
    read = [
        record.id for record, image in tolerance.each(records(tmp_path, 198, 2)) if image.size == (24, 20)
    ]
    assert read == [f"g{n}" for n in range(198)]
    assert list(tolerance.skipped) == ["b0", "b1"] and len(tolerance) == 2
    assert [line.split(":")[0] for line in lines] == [
        "skipped b0 (1 so far)",
        "skipped b1 (2 so far)",
    ]
    assert "gone.png" in tolerance.skipped["b0"]


def test_stops_with_a_list_at_more_than_one_in_a_hundred(tmp_path):
    tolerance = SkippedImages(200, lambda line: None)
    with pytest.raises(DataError, match=r"3 of 200 .* more than one in 100.*b0 \(.*b1 \(.*b2 \("):
        list(tolerance.each(records(tmp_path, 197, 3)))


def test_shortens_a_long_list(tmp_path):
    with pytest.raises(DataError, match=r"1 of 99 .*b0"):
        list(SkippedImages(99, lambda line: None).each(records(tmp_path, 98, 1)))
    tolerance = SkippedImages(3000, lambda line: None)
    with pytest.raises(DataError, match=r"31 of 3000.*b19 \(.*; and 11 more\.$"):
        list(tolerance.each(records(tmp_path, 0, 31)))


def test_counts_an_image_once_over_several_epochs(tmp_path, capsys):
    tolerance = SkippedImages(100)
    (bad,) = records(tmp_path, 0, 1)
    assert tolerance.open(bad) is None and tolerance.open(bad) is None
    assert len(tolerance) == 1
    assert capsys.readouterr().err.count("emola: skipped b0") == 1


def test_does_not_skip_other_errors():
    class Broken:
        name = "broken"

        def open(self):
            raise TypeError("a defect")

    with pytest.raises(TypeError):
        SkippedImages(1000).open(Record("1", Broken()))
