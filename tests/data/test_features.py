"""Landmark features with a fake expert: resuming, invalid files and alignment."""

import threading

import miniature_sets as sets
import numpy as np
import pytest
from PIL import Image

from emola.cli import main
from emola.data import open_dataset
from emola.data.features import FeatureCounts, make_features, with_features
from emola.data.landmarks import load_landmarks, save_landmarks
from emola.errors import DataError
from emola.face import Face


class Expert:
    """A fake expert: features are the mean grey level; every picture that is not black has a face."""

    def __init__(self, stop_after=None):
        self.calls = []
        self.stop_after = stop_after
        self.barrier = threading.Barrier(2, timeout=10)

    def features(self, aligned):
        self.calls.append(aligned.size)
        if self.stop_after is not None and len(self.calls) > self.stop_after:
            raise KeyboardInterrupt
        return np.full(212, np.asarray(aligned).mean(), np.float32)

    def detect(self, image):
        if not np.asarray(image).any():
            return []
        face = Face.whole(image)
        prior = self.features(image)
        return [Face(face.box, face.landmarks, prior, Image.new("RGB", (336, 336), "green"))]


@pytest.fixture
def tree(tmp_path):
    tree = sets.faba_instruct(tmp_path)
    for file in tree.rglob("*.npy"):
        file.unlink()
    return tree


def test_writes_features_to_the_paths_of_the_records(tree):
    kept = tree / "eval/landmarks/AffectNet/au/eval0.npy"
    save_landmarks(kept, np.zeros(212))
    expert = Expert()
    steps = []
    assert make_features(tree, expert, progress=lambda *step: steps.append(step)) == FeatureCounts(1, 5, {})
    assert steps[-1] == ("FABAInstruct", 6, 6) and len(steps) == 5
    assert not load_landmarks(kept).any(), "existing features are kept"
    record = open_dataset(tree, "au", "train")[0]
    assert load_landmarks(record.landmarks) == pytest.approx(20, abs=2)
    assert make_features(tree, expert) == FeatureCounts(6, 0, {}) and len(expert.calls) == 5
    assert not list(tree.rglob("*.partial"))


def test_replaces_invalid_files(tree):
    make_features(tree, Expert())
    file = tree / "eval/landmarks/AffectNet/au/eval0.npy"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(
        DataError, match=r"eval0\.npy is not a file of numbers.*`emola data features` makes a new one"
    ):
        load_landmarks(file)
    assert make_features(tree, Expert()) == FeatureCounts(5, 1, {})
    assert load_landmarks(file).shape == (212,)


def test_resumes_an_interrupted_run(tree):
    with pytest.raises(KeyboardInterrupt):
        make_features(tree, Expert(stop_after=2))
    made = len(list(tree.rglob("*.npy")))
    assert 1 <= made <= 2
    assert make_features(tree, Expert()) == FeatureCounts(made, 6 - made, {})


def test_processes_pictures_in_parallel(tree):
    expert = Expert()
    compute = expert.features

    def features(aligned):
        expert.barrier.wait()  # times out unless two calls run in parallel
        return compute(aligned)

    expert.features = features
    assert make_features(tree, expert, jobs=2) == FeatureCounts(0, 6, {})


def test_stops_at_too_many_bad_pictures(tree):
    (tree / "eval/images/AffectNet/au/eval0.jpg").write_bytes(b"damaged")
    with pytest.raises(DataError, match=r"1 of 6 pictures cannot be used.*eval0\.jpg"):
        make_features(tree, Expert())
    assert 4 <= len(list(tree.rglob("*.npy"))) <= 5, "features made before the error are kept"


def label_folder(folder, count, black):
    for number in range(count):
        sets.picture(folder / "in" / f"{number}.png", 0 if number in black else 100)
    rows = "".join(f"in/{number}.png,anger\n" for number in range(count))
    (folder / "labels.csv").write_text("image,emotion\n" + rows)
    return folder


def test_aligns_faces_of_whole_frames(tmp_path):
    folder = label_folder(tmp_path / "set", 120, black={7})
    lines = []
    made = make_features(folder, Expert(), tmp_path / "out", jobs=2, report=lines.append)
    assert (made.existing, made.made, list(made.skipped)) == (0, 119, ["in/7.png"])
    assert len(lines) == 1 and "No face was found in" in lines[0]
    data = with_features(open_dataset(folder, "emotion"), tmp_path / "out")
    assert load_landmarks(data[3].landmarks)[0] == 100
    assert data[3].image.open().size == (336, 336), "the model gets the aligned crop"
    assert (data[7].landmarks, data[7].image.open().size) == (None, (24, 20))


def test_output_folder_must_suit_the_data_set(tree, tmp_path):
    folder = label_folder(tmp_path / "set", 1, black=())
    with pytest.raises(DataError, match="is labels: give an output folder"):
        make_features(folder, Expert())
    with pytest.raises(DataError, match="is faba-instruct: its records name the files"):
        make_features(tree, Expert(), tmp_path / "out")
    with pytest.raises(DataError, match="There are no features at"):
        with_features(open_dataset(folder, "emotion"), tmp_path / "gone")


@pytest.mark.network
def test_command_reports_a_missing_network(tree, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("EMOLA_2D106DET", str(tmp_path / "gone.onnx"))
    assert main(["data", "features", str(tree)]) == 2
    assert "2d106det.onnx" in capsys.readouterr().err
