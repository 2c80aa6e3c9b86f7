"""Miniature data sets in the layouts of the published ones."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

from emola.data import folds

UNITS_OF_BP4D = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)
UNITS_OF_DISFA = (1, 2, 4, 6, 9, 12, 25, 26)
UNITS_OF_GFT = (1, 2, 4, 6, 10, 12, 14, 15, 23, 24)


def picture(path: Path, shade: int = 128) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (24, 20), (shade, shade, shade)).save(path)
    return path


def turns(question: str, answer: str) -> list[dict[str, str]]:
    return [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]


def faba_instruct(folder: Path) -> Path:
    """A valid FABAInstruct/ with two training records and one evaluation record for each task."""
    tree = folder / "FABAInstruct"
    shade = 10

    def entry(part: str, task: str, number: int, **fields: object) -> dict[str, object]:
        nonlocal shade
        shade += 10
        name = f"AffectNet/{task}/{part}{number}"
        picture(tree / part / "images" / f"{name}.jpg", shade)
        file = tree / part / "landmarks" / f"{name}.npy"
        file.parent.mkdir(parents=True, exist_ok=True)
        np.save(file, np.full(212, shade, np.float32))
        return {
            "image": f"FABAInstruct/{part}/images/{name}.jpg",
            "landmark": f"FABAInstruct/{part}/landmarks/{name}.npy",
            **fields,
        }

    answers = {
        "au": "1. AU4 - Brow Lowerer: down.\n2. AU15 - Lip Corner Depressor.",
        "emotion": "A happy face.",
    }
    labels = {"au": "1, 2, 25", "emotion": "Happiness"}
    for task in ("au", "emotion"):
        train = [
            entry(
                "train",
                task,
                0,
                source="AffectNet",
                id=f"{task}0",
                conversations=turns("What?\n<image>", answers[task]),
            ),
            entry(
                "train",
                task,
                1,
                source="AffectNet",
                id=f"{task}1",
                conversations=turns("<image>\nWhat?", answers[task]),
            ),
        ]
        evaluation = [entry("eval", task, 0, label=labels[task], gpt4="Three words here.")]
        write(tree / "train" / f"train_{task}_anno.json", train)
        write(tree / "eval" / f"eval_{task}_anno.json", evaluation)
    return tree


def write(file: Path, entries: object) -> None:
    file.write_text(json.dumps(entries))


def edit(file: Path, number: int, **changes: object) -> None:
    """Change an entry of an annotation file; None removes a field."""
    entries = json.loads(file.read_text())
    for name, value in changes.items():
        entries[number][name] = value
        if value is None:
            del entries[number][name]
    write(file, entries)


def raf_db(folder: Path) -> Path:
    root = folder / "basic"
    lines = [f"train_{number:05d}.jpg {number}" for number in range(1, 8)] + ["test_0001.jpg 4"]
    (root / "EmoLabel").mkdir(parents=True)
    (root / "EmoLabel" / "list_patition_label.txt").write_text("\n".join(lines) + "\n")
    for line in lines:
        picture(root / "Image" / "aligned" / f"{line.split(chr(46))[0]}_aligned.jpg")
    return root


def bp4d(folder: Path) -> Path:
    """All 41 subjects in all 8 tasks with one frame each; F001/T1 has a second frame with AU7 uncoded."""
    root = folder / "BP4D"
    codes = root / "AUCoding" / "AU_OCC"
    codes.mkdir(parents=True)
    blank = picture(folder / "blank.jpg").read_bytes()
    header = ",".join(map(str, range(100)))
    for person in (name for part in folds.BP4D_PARTS for name in part):
        for number in range(1, 9):
            rows = [_bp4d_row(7, {1: 1, 12: 1, 99: 1})]
            if (person, number) == ("F001", 1):
                rows.append(_bp4d_row(2440, {4: 1, 7: 9}))
            (codes / f"{person}_T{number}.csv").write_text("\n".join([header, *rows]) + "\n")
            frames = root / "Sequences(2D+3D)" / person / f"T{number}"
            frames.mkdir(parents=True)
            for row in rows:
                (frames / f"{int(row.split(',')[0]):04d}.jpg").write_bytes(blank)
    return root


def _bp4d_row(frame: int, values: dict[int, int]) -> str:
    return ",".join([str(frame), *(str(values.get(code, 0)) for code in range(1, 100))])


def disfa(folder: Path, frames: int = 3) -> Path:
    """All 27 subjects; unit intensities equal the frame number, except AU2, which is 0."""
    root = folder / "DISFA"
    blank = picture(folder / "blank.jpg").read_bytes()
    for person in (name for part in folds.DISFA_PARTS for name in part):
        labels = root / "ActionUnit_Labels" / person
        labels.mkdir(parents=True)
        for code in (*UNITS_OF_DISFA, 5, 15, 17, 20):
            lines = [f"{n},{0 if code == 2 else min(n, 5)}" for n in range(1, frames + 1)]
            (labels / f"{person}_au{code}.txt").write_text("\n".join(lines) + "\n")
        (root / "frames" / person).mkdir(parents=True)
        for number in range(1, frames + 1):
            (root / "frames" / person / f"{number}.jpg").write_bytes(blank)
    return root


def gft(folder: Path) -> Path:
    """Two training subjects and a test subject; each has a coded, a partly coded and an uncoded row."""
    root = folder / "GFT"
    (root / "AU_Occurrence").mkdir(parents=True)
    (root / "train.txt").write_text("001A\n001B\n")
    (root / "test.txt").write_text("002A\n")
    header = ",".join(f"AU{code:02d}" for code in (*UNITS_OF_GFT, 11))
    rows = ["1,0,0,0,0,1,0,0,0,0,1", "9,9,1,0,0,0,0,0,0,0,0", "9,9,9,9,9,9,9,9,9,9,0"]
    for person in ("001A", "001B", "002A"):
        (root / "AU_Occurrence" / f"{person}.csv").write_text("\n".join([header, *rows]) + "\n")
        for number in (1, 2, 3):
            picture(root / "frames" / person / f"{number}.jpg")
    return root


def emotionet(folder: Path) -> Path:
    """Three listed pictures, two of which exist."""
    root = folder / "EmotioNet"
    root.mkdir()
    header = ",".join(["'URL'", "'URL orig'", *(f"'AU {code}'" for code in range(1, 61))])
    lines = [header]
    for number, active in enumerate(((1, 2, 43), (), (12,))):
        values = ["1" if code in active else "999" if code == 20 else "0" for code in range(1, 61)]
        address = f"'http://example.org/N_0000000001/N_0000000001_0000{number}.jpg'"
        lines.append(",".join([address, "'http://gone.example.org/x.jpg'", *values]))
    (root / "EmotioNet_FACS_aws_2020_24600.csv").write_text("\n".join(lines) + "\n")
    for number in (0, 2):
        picture(root / "Images" / "N_0000000001" / f"N_0000000001_0000{number}.jpg")
    return root
