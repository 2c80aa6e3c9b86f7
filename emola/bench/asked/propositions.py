"""Plain statements about movements and their opposites, each with the units that decide it."""

from __future__ import annotations

from typing import NamedTuple

from emola.bench.asked.facts import Facts

__all__ = ["PROPOSITIONS", "Proposition"]


class Proposition(NamedTuple):
    """A statement about a face, as a clause and as a question.

    It holds if one of ``units`` is active or, if it is an ``opposite``, if none is.
    """

    clause: str
    question: str
    units: tuple[int, ...]
    opposite: bool = False

    def holds(self, facts: Facts) -> bool | None:
        """Return whether the statement holds; None if the evidence is doubtful or hidden."""
        if any(code in facts.active for code in self.units):
            return not self.opposite
        if all(code in facts.inactive for code in self.units):
            return self.opposite
        return None


_OPEN = (25, 26, 27)

PROPOSITIONS: dict[str, Proposition] = {
    "brows down": Proposition("the brows are pulled down", "Are the brows pulled down?", (4,)),
    "frown": Proposition("the person is frowning", "Is the person frowning?", (4,)),
    "brows up": Proposition("the eyebrows are raised", "Are the eyebrows up?", (1, 2)),
    "brows level": Proposition("the brows are level", "Are the brows level?", (1, 2, 4), True),
    "eyes wide": Proposition("the eyes are opened wider than normal", "Are the eyes extra wide?", (5,)),
    "eyes narrow": Proposition("the eyes are narrowed", "Is the person narrowing the eyes?", (7,)),
    "eyes shut": Proposition("the eyes are shut", "Are both eyes shut?", (43,)),
    "eyes open": Proposition("the eyes are open", "Are the eyes open?", (43,), True),
    "cheeks up": Proposition("the cheeks are pushed up", "Are the cheeks pushed up?", (6,)),
    "cheeks rest": Proposition("the cheeks are at rest", "Are the cheeks at rest?", (6,), True),
    "nose wrinkled": Proposition("the nose is wrinkled", "Does the nose wrinkle?", (9,)),
    "nose smooth": Proposition("the nose is smooth", "Is the nose smooth?", (9,), True),
    "mouth open": Proposition("the mouth is open", "Is the mouth open at all?", _OPEN),
    "mouth shut": Proposition("the mouth is closed", "Is the mouth shut?", _OPEN, True),
    "smile": Proposition("there is a smile", "Is the person smiling?", (12,)),
    "corners up": Proposition("the mouth curves upwards", "Do the corners of the mouth go up?", (12,)),
    "corners down": Proposition("the mouth curves downwards", "Do the corners of the mouth go down?", (15,)),
    "lips pressed": Proposition("the lips are pressed together", "Does one lip press on the other?", (24,)),
    "jaw down": Proposition("the jaw has dropped", "Has the jaw dropped?", (26, 27)),
    "chin up": Proposition("the chin is pushed upwards", "Does the chin push upwards?", (17,)),
    "upper lip up": Proposition("the upper lip is lifted", "Is the upper lip lifted?", (10,)),
}
"""The statements by name; an ``opposite`` follows what it is the opposite of."""
