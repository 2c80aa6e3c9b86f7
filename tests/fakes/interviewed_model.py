"""A model that ``emola bench --trust`` and ``--asked`` interview, its answers, and a small data set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image

from emola import Face
from emola.chat.batch import Completion
from emola.faba import NANO_AUS
from emola.face import PRIOR_DIM, AUEstimate, Pose


def make_face(yaw: float = 0.0) -> Face:
    """Return a face without landmarks."""
    box, prior = np.array([10, 10, 60, 60], np.float32), np.zeros(PRIOR_DIM, np.float32)
    return Face(box, np.zeros((0, 2), np.float32), prior, Image.new("RGB", (8, 8)), {}, Pose(yaw, 0, 0))


class InterviewedModel:
    """Finds a smiling face in each picture whose red channel is above 0."""

    name = "fake"
    adapters = ("au",)
    engine = None
    info = {"dtype": "float32"}
    prior = SimpleNamespace(dim=PRIOR_DIM)
    weights = "0123"

    def identity(self, progress: object = None) -> dict[str, str]:
        return {"weights": self.weights, "evidence": "4567"}

    def look(self, picture: Image.Image) -> list[Face]:
        return [make_face()] if picture.getpixel((0, 0))[0] else []

    def evidence(self, face: Face) -> dict[int, AUEstimate]:
        return {
            code: AUEstimate(0.9 if code == 12 else 0.1, 0.5, code == 12, None, None) for code in NANO_AUS
        }


def answering(text: str) -> Callable[..., list[Completion]]:
    """Return a replacement of ``answer_batch`` that gives the same answer to each question."""

    def answer_batch(
        engine: Any, faces: Any, questions: Any, *, max_new_tokens: int, adapter: str, history: Any
    ) -> list[Completion]:
        assert adapter == "au"
        return [Completion(text, False) for _ in questions]

    return answer_batch


def write_data_set(folder: Path, pictures: Iterable[tuple[str, int]]) -> Path:
    """Write pictures of one colour and their labels into a new folder. pictures: emotion and red channel."""
    folder.mkdir()
    lines = ["image,emotion"]
    for number, (emotion, red) in enumerate(pictures):
        Image.new("RGB", (80, 80), (red, 0, 0)).save(folder / f"{number}.png")
        lines.append(f"{number}.png,{emotion}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder
