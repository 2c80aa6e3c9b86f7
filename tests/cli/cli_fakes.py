"""A fake model and its conversations."""

from types import MappingProxyType, SimpleNamespace

import numpy as np

ANSWERS = {
    "Which emotion?": "The face looks happy, and slightly surprised.",
    "Is AU12 active?": "Yes, AU12 is active; AU4 is not.",
    "Which emotion does this face show, and why?": "It shows anger.",
    "Which action units are active in this face?": "AU4 and AU7 are active.",
}


class Chat:
    """Streams the answer of ``ANSWERS`` in two pieces."""

    reading = None

    def ask(self, question):
        answer = ANSWERS[question]
        yield answer[:7]
        yield answer[7:]


class Model:
    """Finds as many faces as the grey level of the first pixel; counts its calls in ``looks``."""

    name, adapters, engine = "fake", (), None
    info = MappingProxyType({"dtype": "float32"})
    processor = SimpleNamespace(prompt="chatml")
    prior = SimpleNamespace(dim=4)
    weights = "0123"
    visibility = None
    looks = 0

    def look(self, picture):
        self.looks += 1
        count, points = int(np.asarray(picture)[0, 0, 0]), np.array([[1.5, 2], [3, 4.04]])
        boxes = [np.array([1 + number, 2, 30.25, 40]) for number in range(count)]
        return [
            SimpleNamespace(box=box, landmarks=points, crop=None, prior=None, visibility=self.visibility)
            for box in boxes
        ]

    def identity(self, progress=None):
        return {"weights": self.weights, "prior expert": "4567"}

    def chat(self, face):
        return Chat()
