"""Frames of videos, read in any order and written once."""

import cv2
import miniature_sets as sets
import numpy as np
import pytest

from emola.cli import main
from emola.data import open_dataset
from emola.data.frames import write_frames
from emola.data.records import ImageFile
from emola.data.video import VideoFrame
from emola.errors import DataError

FRAMES = 12


def write_video(path, frames=FRAMES):
    """Write a video whose frame n has the grey level 20 n, modulo 256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 20, (48, 40))
    assert writer.isOpened()
    for number in range(frames):
        writer.write(np.full((40, 48, 3), 20 * number % 256, np.uint8))
    writer.release()
    return path


def frame_number(image):
    """Return the number of a frame of ``write_video`` from its grey level."""
    return round(float(np.asarray(image).mean()) / 20)


def test_reads_frames_in_any_order(tmp_path):
    long, short = write_video(tmp_path / "long.avi"), write_video(tmp_path / "short.avi", 3)
    for path, index in (
        *((long, 3), (long, 4), (long, 9), (long, 2)),
        *((short, 2), (long, 0), (long, 11), (long, 11)),
    ):
        image = VideoFrame(path, index).open()
        assert (frame_number(image), image.size, image.mode) == (index, (48, 40), "RGB")


def test_keeps_the_colours_of_the_video(tmp_path):
    writer = cv2.VideoWriter(str(tmp_path / "red.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 20, (48, 40))
    writer.write(np.full((40, 48, 3), (0, 0, 250), np.uint8))  # OpenCV uses BGR
    writer.release()
    red, green, blue = np.asarray(VideoFrame(tmp_path / "red.avi", 0).open()).reshape(-1, 3).mean(0)
    assert red > 200 and green < 50 and blue < 50


def test_names_a_frame_past_the_end(tmp_path):
    path = write_video(tmp_path / "one.avi", 3)
    with pytest.raises(DataError, match=r"one\.avi frame 4 cannot be read"):
        VideoFrame(path, 3).open()
    assert frame_number(VideoFrame(path, 1).open()) == 1, "other frames can still be read"
    with pytest.raises(DataError, match=r"gone\.avi frame 1 cannot be read"):
        VideoFrame(tmp_path / "gone.avi", 0).open()


@pytest.fixture
def disfa(tmp_path):
    """DISFA with the videos of two subjects."""
    root = tmp_path / "DISFA"
    for person in ("SN001", "SN002"):
        write_video(root / "Videos_LeftCamera" / f"LeftVideo{person}_comp.avi")
        (root / "ActionUnit_Labels" / person).mkdir(parents=True)
        for code in sets.UNITS_OF_DISFA:
            lines = "".join(f"{number},{code % 6}\n" for number in range(1, FRAMES + 1))
            (root / "ActionUnit_Labels" / person / f"{person}_au{code}.txt").write_text(lines)
    return root


def test_first_label_is_the_first_frame(disfa):
    data = open_dataset(disfa, "au", "all")
    assert len(data) == 2 * FRAMES
    assert [frame_number(data[n].image.open()) for n in (0, 5, FRAMES)] == [0, 5, 0]


def test_command_reports_the_number_of_frames(disfa, capsys):
    assert main(["data", "frames", str(disfa)]) == 0
    assert f"{2 * FRAMES} frames written below {disfa / 'frames'}" in capsys.readouterr().out
    assert main(["data", "frames", str(disfa)]) == 0
    assert capsys.readouterr().out == f"{disfa} has no frames in videos; nothing to write.\n"


def test_reads_written_frames_instead_of_the_video(disfa, monkeypatch):
    steps = []
    assert write_frames(disfa, lambda *step: steps.append(step)) == 2 * FRAMES
    assert steps[0] == ("SN001", 1, FRAMES) and steps[-1] == ("SN002", FRAMES, FRAMES)
    data = open_dataset(disfa, "au", "all")
    assert all(isinstance(record.image, ImageFile) for record in data)
    assert [frame_number(record.image.open()) for record in data[:FRAMES]] == list(range(FRAMES))
    monkeypatch.setattr(VideoFrame, "open", None)
    assert write_frames(disfa) == 0


def test_resumes_writing_frames(disfa, monkeypatch):
    opened = []
    original = VideoFrame.open

    def interrupted_open(self):
        opened.append((self.path.stem, self.index))
        if "SN002" in self.path.stem and self.index == 5:
            raise KeyboardInterrupt
        return original(self)

    monkeypatch.setattr(VideoFrame, "open", interrupted_open)
    with pytest.raises(KeyboardInterrupt):
        write_frames(disfa)
    assert not (disfa / "frames" / "SN002").exists(), "an incomplete folder would hide the video"
    opened.clear()
    monkeypatch.setattr(VideoFrame, "open", lambda self: opened.append(self.index) or original(self))
    assert write_frames(disfa) == FRAMES
    assert opened == list(range(5, FRAMES))


def write_labels(root, person, last):
    for code in sets.UNITS_OF_DISFA:
        lines = "".join(f"{number},0\n" for number in range(1, last + 1))
        (root / "ActionUnit_Labels" / person / f"{person}_au{code}.txt").write_text(lines)


def test_reports_labels_far_past_the_end(disfa):
    write_labels(disfa, "SN001", FRAMES + 1)
    with pytest.raises(DataError, match=r"more than one in 100.*SN001_comp\.avi frame 13 cannot be read"):
        write_frames(disfa)
    (disfa / "Videos_LeftCamera" / "LeftVideoSN002_comp.avi").unlink()
    with pytest.raises(DataError, match=r"SN002 is missing, and so is a video of SN002"):
        open_dataset(disfa, "au", "all")


def test_skips_a_label_just_past_the_end(disfa):
    write_video(disfa / "Videos_LeftCamera" / "LeftVideoSN001_comp.avi", 120)
    write_labels(disfa, "SN001", 121)
    lines = []
    assert write_frames(disfa, report=lines.append) == 120 + FRAMES
    assert len(lines) == 1 and "SN001/121" in lines[0]
    data = open_dataset(disfa, "au", "all")
    assert len(data) == 121 + FRAMES and write_frames(disfa) == 0
    with pytest.raises(DataError, match=r"121\.jpg cannot be read"):
        data[120].image.open()


def test_ignores_uncoded_frames(tmp_path):
    """Regression: uncoded frames made the written folder look incomplete."""
    root = tmp_path / "GFT"
    write_video(root / "Videos" / "001A.mp4.avi")
    (root / "AU_Occurrence").mkdir()
    row = ",".join("0" * len(sets.UNITS_OF_GFT))
    rows = [row if number % 2 else row.replace("0", "-9") for number in range(FRAMES)]
    header = ",".join(map(str, sets.UNITS_OF_GFT))
    (root / "AU_Occurrence" / "001A.csv").write_text("\n".join([header, *rows]) + "\n")
    (root / "train.txt").write_text("001A\n")
    (root / "test.txt").write_text("")
    assert write_frames(root) == FRAMES // 2
    data = open_dataset(root, "au", "train")
    assert [frame_number(record.image.open()) for record in data] == list(range(1, FRAMES, 2))
