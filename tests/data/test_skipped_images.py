"""A bad picture is passed over, many are not."""

from pathlib import Path

import pytest
from miniature_sets import picture

from emola.data import Record, SkippedImages
from emola.data.records import ImageFile
from emola.errors import DataError


def records(folder: Path, good: int, bad: int) -> list[Record]:
    file = ImageFile(picture(folder / "good.png"))
    gone = ImageFile(folder / "gone.png")
    return [Record(f"g{n}", file) for n in range(good)] + [Record(f"b{n}", gone) for n in range(bad)]


def test_one_in_a_hundred_is_passed_over_and_reported(tmp_path):
    lines = []
    tolerance = SkippedImages(200, lines.append)
    read = [
        record.id for record, image in tolerance.each(records(tmp_path, 198, 2)) if image.size == (24, 20)
    ]
    assert read == [f"g{n}" for n in range(198)]
    assert list(tolerance.skipped) == ["b0", "b1"] and len(tolerance) == 2
    assert [line.split(":")[0] for line in lines] == [
        "passed over b0 (1 so far)",
        "passed over b1 (2 so far)",
    ]
    assert "gone.png" in tolerance.skipped["b0"]


def test_more_than_one_in_a_hundred_stops_with_the_list(tmp_path):
    tolerance = SkippedImages(200, lambda line: None)
    with pytest.raises(DataError, match=r"3 of 200 .* more than one in 100.*b0 \(.*b1 \(.*b2 \("):
        list(tolerance.each(records(tmp_path, 197, 3)))


def test_a_small_run_stops_at_once_and_a_long_list_is_cut(tmp_path):
    with pytest.raises(DataError, match=r"1 of 99 .*b0"):
        list(SkippedImages(99, lambda line: None).each(records(tmp_path, 98, 1)))
    tolerance = SkippedImages(3000, lambda line: None)
    with pytest.raises(DataError, match=r"31 of 3000.*b19 \(.*; and 11 more\.$"):
        list(tolerance.each(records(tmp_path, 0, 31)))


def test_a_picture_of_a_later_epoch_counts_once(tmp_path, capsys):
    tolerance = SkippedImages(100)
    (bad,) = records(tmp_path, 0, 1)
    assert tolerance.open(bad) is None and tolerance.open(bad) is None
    assert len(tolerance) == 1
    assert capsys.readouterr().err.count("emola: passed over b0") == 1


def test_a_defect_of_ours_is_not_passed_over():
    class Broken:
        name = "broken"

        def open(self):
            raise TypeError("a defect")

    with pytest.raises(TypeError):
        SkippedImages(1000).open(Record("1", Broken()))
