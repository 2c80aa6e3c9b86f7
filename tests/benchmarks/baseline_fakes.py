"""Fake faces, data sets and answers for the baselines, without models or networks."""

import json

import numpy as np
from PIL import Image

from emola.face import PRIOR_DIM, Face
from emola.face.prior import BLENDSHAPES


def make_face(shapes=None, low=20.0, high=60.0):
    """A face whose landmarks fill a square of the picture, with level eyes."""
    points = np.full((478, 2), (low + high) / 2, np.float32)
    points[0], points[1], points[33], points[263] = (low, low), (high, high), (low, 40), (high, 40)
    prior = np.zeros(PRIOR_DIM, np.float32)
    return Face(points[:2].ravel(), points, prior, Image.new("RGB", (8, 8)), shapes or {})


def blendshapes(**moved):
    return dict.fromkeys(BLENDSHAPES, 0.0) | moved


class RedLandmarker:
    """A landmarker that reads the jaw opening from the red channel; black pictures have no face."""

    def detect(self, picture):
        red = picture.getpixel((0, 0))[0]
        return [make_face(blendshapes(jawOpen=red / 255))] if red else []


def label_folder(path, rows, columns):
    """Write a folder with labels.csv; the last value of a row is the red level of its picture."""
    path.mkdir()
    lines = [f"image,{columns}"]
    for number, (*row, red) in enumerate(rows):
        Image.new("RGB", (80, 80), (red, 0, 0)).save(path / f"{number}.png")
        lines.append(",".join([f"{number}.png", *row]))
    (path / "labels.csv").write_text("\n".join(lines) + "\n")
    return path


def answer_file(path, task, answers):
    """Write the fields of ``emola bench --answers`` that the baselines read."""
    lines = [
        json.dumps({"id": f"{number}.png", "task": task, "label": label, "prediction": text, "found": found})
        for number, label, text, found in answers
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
