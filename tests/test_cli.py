"""Whole command lines, with a model that is a few lines: what they print, where, and how they exit."""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import emola
from emola import cli, downloads
from emola.chat.batch import Completion
from emola.errors import CheckpointError, DownloadError
from emola.face import MAX_FACES
from emola.files import replacing

ANSWERS = {
    "Which emotion?": "The face looks happy, and slightly surprised.",
    "Is AU12 active?": "Yes, AU12 is active; AU4 is not.",
    "Which emotion does this face show, and why?": "It shows anger.",
    "Which action units are active in this face?": "AU4 and AU7 are active.",
}


class Chat:
    open_now = 0

    def __init__(self) -> None:
        Chat.open_now += 1

    def ask(self, question):
        answer = ANSWERS[question]
        yield answer[:7]
        yield answer[7:]

    def close(self) -> None:
        Chat.open_now -= 1


class Model:
    """Sees as many faces as the grey level of the picture's first pixel says."""

    name = "fake"
    adapters = ()
    model = None
    info = MappingProxyType({"dtype": "float32"})
    processor = SimpleNamespace(prompt="chatml")
    prior = SimpleNamespace(dim=4)

    def look(self, picture):
        count = np.asarray(picture)[0, 0, 0]
        box, points = np.array([1, 2, 30.25, 40]), np.array([[1.5, 2], [3, 4.04]])
        return [SimpleNamespace(box=box, landmarks=points, visibility=None) for _ in range(count)]

    def identity(self, progress=None):
        return {"weights": "0123"}

    def chat(self, face):
        return Chat()


@pytest.fixture
def loaded(monkeypatch):
    """What ``emola.load`` was called with."""
    calls = []
    Chat.open_now = 0

    def load(name, **options):
        calls.append((name, options))
        if name == "broken":
            raise CheckpointError("The folder broken has no config.json:\n  is it a checkpoint?")
        return Model()

    def answer_batch(model, processor, faces, questions, *, max_new_tokens, adapter):
        return [Completion(ANSWERS[question], False) for question in questions]

    monkeypatch.setitem(vars(emola), "load", load)
    monkeypatch.setattr("emola.cli.models.fetch_groups", lambda groups: {})
    monkeypatch.setattr("emola.chat.batch.answer_batch", answer_batch)
    return calls


@pytest.fixture
def photo(tmp_path):
    def make(faces: int) -> str:
        file = tmp_path / f"{faces}.png"
        Image.new("L", (50, 50), faces).save(file)
        return str(file)

    return make


@pytest.fixture
def labelled(tmp_path):
    folder = tmp_path / "faces"
    folder.mkdir()
    for number, (faces, emotion, units) in enumerate(
        [(1, "anger", "4+7"), (0, "anger", ""), (2, "fear", "1+4"), (1, "", "none")]
    ):
        Image.new("L", (30, 30), faces).save(folder / f"{number}.png")
        with (folder / "labels.csv").open("a") as table:
            table.write("image,emotion,action_units,subject\n" if number == 0 else "")
            table.write(f"{number}.png,{emotion},{units},S{number}\n")
    return folder


def test_ask_prints_the_conversation(loaded, photo, capsys):
    assert cli.main(["ask", photo(2), "Which emotion?", "Is AU12 active?"]) == 0
    out, err = capsys.readouterr()
    assert out == (
        "> Which emotion?\nThe face looks happy, and slightly surprised.\n"
        "> Is AU12 active?\nYes, AU12 is active; AU4 is not.\n"
    )
    assert err == "emola: 2 faces; asking about the largest.\n"
    assert loaded == [("nano", {"device": "auto", "quantize": None})]


def test_ask_says_that_a_crowd_may_hold_more_faces(loaded, photo, capsys):
    assert cli.main(["ask", photo(MAX_FACES), "Which emotion?"]) == 0
    assert capsys.readouterr().err == f"emola: {MAX_FACES} or more faces; asking about the largest.\n"


def test_ask_as_json(loaded, photo, capsys):
    command = [
        "ask",
        photo(1),
        "Which emotion?",
        "Is AU12 active?",
        "--json",
        "--model",
        "here",
        "--device",
        "cpu",
    ]
    assert cli.main(command) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {
        "model": "fake",
        "faces": [{"box": [1.0, 2.0, 30.2, 40.0], "visibility": None, "landmarks": [[1.5, 2.0], [3.0, 4.0]]}],
        "turns": [
            {
                "question": "Which emotion?",
                "answer": ANSWERS["Which emotion?"],
                "action_units": [],
                "emotion": "happiness",
            },
            {
                "question": "Is AU12 active?",
                "answer": ANSWERS["Is AU12 active?"],
                "action_units": [12],
                "emotion": None,
            },
        ],
    }
    assert err == ""
    assert loaded == [("here", {"device": "cpu", "quantize": None})]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["ask", "gone.png", "Hm?"], "emola: There is no picture at gone.png."),
        (["ask", "PHOTO0", "Hm?"], "emola: No face was found in PHOTO0."),
        (
            ["ask", "PHOTO1", "Hm?", "--model", "broken"],
            "emola: The folder broken has no config.json: is it a checkpoint?",
        ),
        (["ask", "PHOTO1"], "emola ask: the following arguments are required: QUESTION; --help shows"),
        (["bench", "--data", "gone", "--task", "au"], "emola: There is no data set at gone."),
        (["score", "gone.json", "--task", "au"], "emola: There is no file gone.json."),
        (
            ["score", "x", "--task", "au", "--parser", "lax"],
            "emola score: argument --parser: 'lax' is none of",
        ),
        (["annotate", "gone.png", "--task", "au", "--out", "x"], "emola: There is no picture at gone.png."),
        (
            ["annotate", "gone.png", "--task", "au"],
            "emola annotate: the following arguments are required: --out",
        ),
        (["bench", "--data", "x", "--task", "age"], "emola bench: argument --task: invalid choice: 'age'"),
        (
            ["bench", "--data", "x", "--task", "au", "--limit", "0"],
            "emola bench: argument --limit: '0' is not a",
        ),
        (
            ["bench", "--data", "x", "--task", "au", "--action-units", "AU1"],
            "emola bench: argument --action-units: 'AU1' is not a list",
        ),
        (["fetch", "everything"], "emola fetch: argument what: invalid choice: 'everything'"),
        (
            ["convert", "--base", "b", "--adapter", "au", "--out", "o"],
            "emola convert: argument --adapter: 'au' is",
        ),
        (
            ["convert", "--base", "b", "--adapter", "au=a", "--adapter", "au=c", "--out", "o"],
            "emola: Two adapters have the same name; give each a name of its own.",
        ),
        (
            ["convert", "--base", "b", "--adapter", "au=gone", "--out", "o"],
            "emola: There is no adapter at gone.",
        ),
        (["dance"], "emola: argument COMMAND: invalid choice: 'dance'"),
        ([], "emola: the following arguments are required: COMMAND"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(loaded, photo, capsys, command, line):
    command = [photo(int(word[-1])) if word.startswith("PHOTO") else word for word in command]
    try:
        code = cli.main(command)
    except SystemExit as end:  # what argparse itself refuses
        code = end.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith(line.replace("PHOTO0", photo(0)))


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [
        ("SIGINT", 130, "emola: interrupted\n"),
        ("SIGTERM", 143, "emola: terminated\n"),
        ("SIGHUP", 129, "emola: terminated\n"),
    ],
)
def test_a_signal_runs_the_cleanups_and_has_its_exit_code(
    loaded, photo, tmp_path, capsys, monkeypatch, name, code, line
):
    number, target, cleaned = getattr(signal, name), tmp_path / "out.txt", []

    def look(self, picture):
        try:
            with replacing(target) as partial:
                partial.write_text("half")
                signal.raise_signal(number)
                time.sleep(5)
        finally:
            if number != signal.SIGINT:
                signal.raise_signal(number)  # an impatient second one does not break the cleanup off
            cleaned.append(True)

    monkeypatch.setattr(Model, "look", look)
    before = signal.getsignal(number)
    assert cli.main(["ask", photo(1), "Which emotion?"]) == code
    assert capsys.readouterr().err == line
    assert cleaned and [path.name for path in tmp_path.iterdir()] == ["1.png"]
    assert signal.getsignal(number) == before


def test_a_library_that_ends_by_itself_after_a_signal_does_not_hide_it(loaded, photo, monkeypatch):
    def look(self, picture):
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            return [SimpleNamespace(box=np.zeros(4), landmarks=np.zeros((0, 2)), visibility=None)]

    monkeypatch.setattr(Model, "look", look)
    assert cli.main(["ask", photo(1), "Which emotion?"]) == 143


def test_a_signal_that_is_ignored_stays_ignored(loaded, photo, monkeypatch):
    """As SIGHUP is under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(Model, "look", lambda *_: signal.raise_signal(signal.SIGHUP) or [])
        assert cli.main(["ask", photo(1), "Which emotion?"]) == 2, "no face"
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_terminated_process_leaves_no_partial_file(tmp_path):
    """A real process and a real signal, in the middle of a fetch."""
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom emola import cli\nfrom emola.cli import fetch\n"
        "from emola.files import replacing\n"
        "def run(args):\n"
        "    with replacing(Path(sys.argv[1])) as partial:\n"
        "        partial.write_text('half')\n"
        "        print('ready', flush=True)\n"
        "        time.sleep(60)\n"
        "fetch.run = run\nsys.exit(cli.main(['fetch']))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (143, "emola: terminated\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [("matplotlib", "matplotlib", "plots"), ("sklearn", "scikit-learn", "train")],
)
def test_a_package_that_is_not_installed_is_named(loaded, photo, capsys, monkeypatch, module, package, extra):
    """Wherever it is imported: no command has to think of it."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(Model, "look", lambda *_: __import__(module))
    assert cli.main(["ask", photo(1), "Which emotion?"]) == 2
    assert capsys.readouterr().err == (
        f"emola: This needs {package}, which is not installed: pip install {package}, or pip install "
        f'"emola[{extra}]".\n'
    )


def test_a_module_that_no_extra_holds_is_a_defect_of_ours(loaded, photo, monkeypatch):
    monkeypatch.setattr(Model, "look", lambda *_: __import__("emola_of_tomorrow"))
    with pytest.raises(ModuleNotFoundError):
        cli.main(["ask", photo(1), "Which emotion?"])


def test_plots_are_refused_before_the_work_when_they_cannot_be_drawn(labelled, capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    command = ["bench", "--data", str(labelled), "--task", "au", "--report", str(tmp_path / "report")]
    assert cli.main(command) == 2
    assert "pip install matplotlib" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_an_output_on_a_full_disk_is_one_line(labelled):
    command = [sys.executable, "-m", "emola", "data", "stats", str(labelled), "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "emola: The output cannot be written: No space left on device.\n"


def test_a_place_that_cannot_be_written_to_is_named(tmp_path, capsys, monkeypatch):
    def read_only(*_, **__):
        raise OSError(30, "Read-only file system", "plots")

    Image.new("RGB", (24, 24)).save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("image,emotion\na.png,anger\n", "utf-8")
    monkeypatch.setattr("emola.data.plots.plot_statistics", read_only)
    assert cli.main(["data", "stats", str(tmp_path), "--plots", str(tmp_path / "plots")]) == 2
    assert capsys.readouterr().err == "emola: plots cannot be used: Read-only file system.\n"


def test_a_reader_that_has_seen_enough_gets_no_traceback(tmp_path):
    Image.new("L", (20, 20)).save(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("image,emotion\na.png,fear\n")
    command = [sys.executable, "-m", "emola", "data", "stats", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 141


@pytest.mark.parametrize("command", ["", "annotate", "app", "ask", "bench", "data", "fetch", "score"])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main([*command.split(), "--help"])
    assert end.value.code == 0
    assert f"usage: emola {command}".strip() in capsys.readouterr().out


def test_the_app_says_what_it_can_be_told(capsys):
    with pytest.raises(SystemExit):
        cli.main(["app", "--help"])
    said = capsys.readouterr().out
    for flag in ("--model", "--quantize", "--host", "--port", "--share", "--concurrency"):
        assert flag in said


def test_bench_emotion(loaded, labelled, capsys):
    """The picture without a face is answered as a whole and counted; the one without a label is left."""
    assert cli.main(["bench", "--data", str(labelled), "--task", "emotion", "--json"]) == 0
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert report.pop("samples_per_second") > 0
    identity, run = report.pop("identity"), report.pop("run")
    assert report == {
        "n": 3,
        "accuracy": pytest.approx(2 / 3),
        "class_mean": 0.5,
        "f1": pytest.approx(0.4),
        "per_au": {},
        "rouge_l": None,
        "rege": None,
        "no_face": 1,
        "skipped": 0,
    }
    assert run["identity"] == identity and len(identity) == 16
    assert (run["model"], run["parts"], run["dtype"]) == ("fake", {"weights": "0123"}, "float32")
    assert "no face was found in 1 of 3 pictures: the model was asked about the whole picture\n" in err


def test_bench_action_units_into_a_file_and_again(loaded, labelled, tmp_path, capsys, monkeypatch):
    out = tmp_path / "figures.json"
    command = ["bench", "--data", str(labelled), "--task", "au", "--json", str(out)]
    assert cli.main([*command, "--action-units", "1,4,12"]) == 0
    report = json.loads(out.read_text())
    assert report["per_au"] == {
        "1": {"f1": 0.0, "support": 1},
        "4": {"f1": pytest.approx(0.8), "support": 2},
        "12": {"f1": None, "support": 0},
    }
    assert report["f1"] == pytest.approx(0.4)
    printed = capsys.readouterr().out
    assert "AU4    f1 0.8  in 2 faces" in printed
    answers = (tmp_path / "figures.answers.jsonl").read_text().splitlines()
    assert [json.loads(line)["label"] for line in answers] == ["4, 7", "1, 4", ""]
    monkeypatch.setattr(Model, "look", None)  # nothing is asked a second time
    assert cli.main([*command, "--action-units", "1,4,12"]) == 0
    assert json.loads(out.read_text()) == report


def test_bench_leaves_bad_pictures_out_and_reports(loaded, labelled, tmp_path, capsys):
    for number in range(4, 110):
        Image.new("L", (30, 30), 1).save(labelled / f"{number}.png")
    with (labelled / "labels.csv").open("a") as table:
        table.writelines(f"{number}.png,anger,4+7,S{number}\n" for number in range(4, 110))
    (labelled / "50.png").write_bytes(b"no picture")
    command = [
        "bench",
        "--data",
        str(labelled),
        "--task",
        "au",
        "--json",
        "--report",
        str(tmp_path / "report"),
    ]
    assert cli.main([*command, "--parser", "published", "--batch-size", "64"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["n"] == 108
    assert "passed over 50.png" in err
    assert "1 of 109 pictures were passed over" in err
    identity = json.loads(out)["identity"]
    assert json.loads(out)["skipped"] == 1
    for name in ("report.md", "report.html"):
        page = (tmp_path / "report" / name).read_text("utf-8")
        assert "50.png" in page
        assert identity in page and "0123" in page
        assert "Which action units are active in this face?" in page
        assert "at random" not in page and "held out" not in page
    assert cli.main([*command, "--held-out", "2", "--limit", "9", "--action-units", "4,12"]) == 0
    page = (tmp_path / "report" / "report.md").read_text("utf-8")
    assert "| people | one in 2, as held out from training |" in page
    assert "| pictures | 9 at random |" in page and "| scored | AU4, AU12 |" in page


def test_score(tmp_path, capsys):
    file = tmp_path / "answers.jsonl"
    sample = {"label": "4", "prediction": "AU4 is active, AU9 is not.", "reference": "AU4 is active."}
    file.write_text(json.dumps(sample) + "\n")
    assert cli.main(["score", str(file), "--task", "au", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["n"], figures["f1"], figures["per_au"]["4"]) == (1, 1.0, {"f1": 1.0, "support": 1})
    assert figures["rege"] == pytest.approx(1 + figures["rouge_l"])
    out, report = tmp_path / "out.json", tmp_path / "report"
    command = ["score", str(file), "--task", "au", "--action-units", "4,9", "--json", str(out)]
    assert cli.main([*command, "--report", str(report)]) == 0
    assert list(json.loads(out.read_text())["per_au"]) == ["4", "9"]
    assert "rege" in capsys.readouterr().out
    assert (report / "report.html").exists()


def test_the_published_model_is_asked_as_in_the_published_evaluation(loaded, tmp_path, capsys, monkeypatch):
    """The picture as it is, neither cut nor made square, with the features that came with it."""
    tree = tmp_path / "FABAInstruct" / "eval"
    (tree / "images").mkdir(parents=True)
    picture, features = Image.new("RGB", (40, 30), (9, 9, 9)), np.arange(212, dtype=np.float32)
    picture.save(tree / "images" / "a.png")
    np.save(tree / "a.npy", features)
    entry = {
        "image": "FABAInstruct/eval/images/a.png",
        "landmark": "FABAInstruct/eval/a.npy",
        "label": "1, 4",
        "gpt4": "AU4 is active.",
    }
    (tree / "eval_au_anno.json").write_text(json.dumps([entry]))
    asked = []

    def answer_batch(model, processor, faces, questions, *, max_new_tokens, adapter):
        asked.append((faces[0], *questions, adapter))
        return [Completion("AU4 is active.", False)]

    monkeypatch.setattr(Model, "processor", SimpleNamespace(prompt="vicuna_v1"))
    monkeypatch.setattr(Model, "prior", SimpleNamespace(dim=212))
    monkeypatch.setattr(Model, "adapters", ("emotion", "au"))
    monkeypatch.setattr("emola.chat.batch.answer_batch", answer_batch)
    assert cli.main(["bench", "--data", str(tmp_path), "--task", "au", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["f1"] == pytest.approx(0.5)
    assert figures["rege"] == pytest.approx(1.5)
    assert list(figures["per_au"]) == "1 2 4 5 6 10 12 17 24 25 26 43".split()
    ((face, question, adapter),) = asked
    assert (question, adapter) == ("What AUs are conveyed by this face?", "au")
    assert face.crop.size == (40, 30)
    assert np.array_equal(face.prior, features)


def test_a_log_hears_of_rate_and_time_left(capsys, monkeypatch):
    from emola.cli import progress

    monkeypatch.setattr(progress, "_EVERY", -1.0)
    with progress.Bars("Asking", unit="face") as bars:
        bars("set", 90, 100)
        bars("set", 95, 100)
    first, *_, last = capsys.readouterr().err.splitlines()
    assert first == "Asking set"
    assert last.startswith("Asking set:  95%")
    assert "95/100" in last and "face/s" in last and "<00:0" in last


@pytest.mark.parametrize("flag", ["--json", "--answers"])
def test_bench_finds_out_at_once_that_it_cannot_write(loaded, labelled, tmp_path, capsys, flag):
    (tmp_path / "file").write_text("x")
    for place, reason in ((tmp_path, "a folder"), (tmp_path / "file" / "out", "Not a directory|File exists")):
        assert cli.main(["bench", "--data", str(labelled), "--task", "au", flag, str(place)]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1
        assert re.search(rf"cannot be written to {place}.*({reason})", err)
    assert loaded == []


def test_bench_on_a_part(loaded, labelled, capsys):
    from emola.data.hold_out import is_held_out

    command = ["bench", "--data", str(labelled), "--task", "emotion", "--json"]
    assert cli.main([*command, "--limit", "2", "--seed", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == 2
    aside = [subject for subject in ("S0", "S1", "S2") if is_held_out(subject, 2)]
    assert 0 < len(aside) < 3
    assert cli.main([*command, "--held-out", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["n"] == len(aside)
    assert cli.main([*command, "--held-out", "1000003"]) == 2
    assert "no such picture" in capsys.readouterr().err


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Fetching, without the fetching: what was asked for, in order."""
    asked = []

    def path(name, progress=None):
        asked.append(name)
        for done in (10, 20):
            progress(name, done, 20)
        return tmp_path / name

    monkeypatch.setattr(downloads, "path", path)
    monkeypatch.setattr(downloads, "language_model_dir", lambda *_: tmp_path / "unpacked")
    return asked


def test_fetch(cache, tmp_path, capsys):
    assert cli.main(["fetch", "face"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'face_landmarker.task'}\n"
    assert err == "Fetching face_landmarker.task (0.0 MB)\n"
    assert cli.main(["fetch", "--json"]) == 0
    paths = json.loads(capsys.readouterr().out)
    assert set(paths) == {*downloads.FILES, "SmolLM2-135M-Instruct"} - {"2d106det.onnx"}
    assert paths["SmolLM2-135M-Instruct"] == str(tmp_path / "unpacked")


def test_what_has_terms_is_fetched_by_name_only_and_shows_them_first(cache, tmp_path, capsys):
    assert cli.main(["fetch", "insightface"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / '2d106det.onnx'}\n"
    terms, fetching = err.splitlines()
    assert "non-commercial" in terms and downloads.FILES["2d106det.onnx"].sha256 in terms
    assert fetching.startswith("Fetching 2d106det.onnx")


def test_the_app_fetches_what_it_needs_and_opens_without_examples(cache, monkeypatch, capsys):
    served = []
    monkeypatch.setattr("emola.cli.app.serve", lambda args: served.append((args.model, args.port)) or 0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert cli.main(["app", "--port", str(port)]) == 0
    assert set(cache) == {*downloads.FILES} - {"2d106det.onnx"}
    fetch = downloads.path

    def without_examples(name, progress=None):
        if name in downloads.GROUPS["examples"]:
            raise DownloadError(f"{name} could not be fetched.")
        return fetch(name, progress)

    monkeypatch.setattr(downloads, "path", without_examples)
    capsys.readouterr()
    assert cli.main(["app"]) == 0
    assert "opens without example photos" in capsys.readouterr().err
    assert served == [("nano", port), ("nano", None)]


PUBLISHED = Path(__file__).parent / "fixtures" / "published"


def convert_command(out, *more):
    return [
        *("convert", "--base", str(PUBLISHED / "llava-v1.5-tiny")),
        *("--vision-tower", str(PUBLISHED / "clip-tiny")),
        *("--adapter", f"au={PUBLISHED / 'llava-v1.5-tiny-lora-emola-au'}"),
        *("--out", str(out), *more),
    ]


def test_convert(tmp_path, capsys):
    assert cli.main(convert_command(tmp_path / "out")) == 0
    out, _ = capsys.readouterr()
    assert "llava-v1.5-tiny/pytorch_model.bin: 34 tensors used\n" in out
    assert "llava-v1.5-tiny/pytorch_model.bin: 3 left out, computed from the configuration\n" in out
    assert out.endswith(f"adapter au: rank 8, trained on llava-v1.5-tiny\n{tmp_path / 'out'} is ready.\n")
    assert cli.main(convert_command(tmp_path / "again", "--json")) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((tmp_path / "out" / "conversion.json").read_text())
    assert cli.main(convert_command(tmp_path / "out")) == 2
    out, err = capsys.readouterr()
    assert out == "" and err == (
        f"emola: {tmp_path / 'out'} is there already; name another folder, or remove it first.\n"
    )
