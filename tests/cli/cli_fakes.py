"""Stand-ins for a loaded model and its conversations."""

from types import MappingProxyType, SimpleNamespace

import numpy as np

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
