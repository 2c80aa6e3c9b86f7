"""Records of uniformly grey pictures, and a model that answers by the grey level."""

from dataclasses import dataclass

from PIL import Image

from emola.bench import Answer, Run
from emola.data import Record
from emola.errors import DataError

EMOTION = Run("set", "emotion", "Which emotion?", "fake")
AU = Run("set", "au", "Which units?", "fake")
ANSWERS = {
    10: Answer("The face looks happy, with a wide smile."),
    20: Answer("Anger: AU4 draws the brows down.", found=False),
    30: Answer("I cannot say.", cut=True),
    40: Answer("This is surprise; AU1, AU2 and AU25 are active."),
}


@dataclass(frozen=True)
class Grey:
    """A picture of one grey level; a negative level is unreadable."""

    level: int

    @property
    def name(self) -> str:
        return f"grey {self.level}"

    def open(self) -> Image.Image:
        if self.level < 0:
            raise DataError(f"The picture {self.name} cannot be read.")
        return Image.new("L", (20, 20), self.level)


def records() -> list[Record]:
    labels = [(10, "happiness", (12, 25)), (20, "anger", (4,)), (30, "fear", ()), (40, "happiness", (1, 2))]
    return [
        Record(f"{level}.png", Grey(level), emotion=emotion, action_units=units)
        for level, emotion, units in labels
    ]


class Model:
    """Answers by grey level and lists the batches; is interrupted at the level ``breaks_at``."""

    def __init__(self, breaks_at: int | None = None) -> None:
        self.asked: list[list[int]] = []
        self.breaks_at = breaks_at

    def see(self, record: Record, picture: Image.Image) -> int:
        level = picture.getpixel((0, 0))
        if level == 99:
            raise DataError("The landmarks of 99 are missing.")
        return level

    def answer(self, seen: list[int]) -> list[Answer]:
        if self.breaks_at in seen:
            raise KeyboardInterrupt
        self.asked.append(list(seen))
        return [ANSWERS.get(level, Answer(f"Level {level}.")) for level in seen]
