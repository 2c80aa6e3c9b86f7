"""The shares of the corpus: which kinds of questions are asked how often, and how they are worded.

A recipe's ``mixture`` is read into :class:`Mixture`. Names in its weights are kinds
(:mod:`emola.train.nano.corpus.kinds`), with "other/" before those asked in another language than English,
or the code of one language ("de/").
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from emola.errors import RecipeError, first_line
from emola.train.settings import build_settings

OTHER = "other"
Weights = dict[str, float]


def split_language(name: str) -> tuple[str, str]:
    """Split "de/emotion" into language and kind; the language is empty if none is named."""
    language, _, kind = name.rpartition("/")
    return language, kind


def _check_weights(where: str, weights: Mapping[str, float]) -> None:
    """Raise RecipeError unless there are weights, none is negative and one is positive."""
    for name, weight in weights.items():
        if not math.isfinite(weight) or weight < 0:
            raise RecipeError(f"{where}: {name} is {weight}; a weight has to be at least 0.")
    if not any(weights.values()):
        raise RecipeError(f"{where} has no weight above 0.")


@dataclass(frozen=True)
class Mixture:
    """The shares of the corpus.

    turns: weights of the number of turns. questions: weights of the kinds. follow_up: share of later
    questions that are drawn from follow_ups, the kinds that refer to the turn before. wordings: by kind,
    the share of each wording of its questions; "default" for kinds not named. declined: weights of the
    topics to decline. hidden: share of faces of which a part is said to be hidden; faulty: share said to
    have a fault of the view.

    Raises:
        RecipeError: for a negative weight, weights without a positive one, or a share outside 0 to 1.
    """

    turns: Weights
    questions: Weights
    follow_up: float
    follow_ups: Weights
    wordings: dict[str, Weights]
    declined: Weights
    hidden: float
    faulty: float

    def __post_init__(self) -> None:
        weights = {name: getattr(self, name) for name in ("turns", "questions", "follow_ups", "declined")}
        for name, values in {**weights, **self.wordings}.items():
            _check_weights(name, values)
        shares = {name: getattr(self, name) for name in ("follow_up", "hidden", "faulty")}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise RecipeError(f"{name} is {share}; a share is from 0 to 1.")
        if "default" not in self.wordings:
            raise RecipeError("wordings needs an entry 'default'.")

    @classmethod
    def load(cls, path: Path) -> Mixture:
        """Read the shares from a YAML file.

        Raises:
            RecipeError: if the file cannot be read or a setting does not fit.
        """
        try:
            values = yaml.safe_load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise RecipeError(f"The mixture {path} cannot be read: {error.strerror}.") from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise RecipeError(f"The mixture {path} is not YAML: {first_line(error)}.") from error
        if not isinstance(values, dict):
            raise RecipeError(f"The mixture {path} is not a table of settings.")
        return cast(Mixture, build_settings(cls, values, str(path)))

    def wordings_of(self, kind: str) -> Weights:
        """Return the shares of the wordings of a kind of question."""
        return self.wordings.get(kind, self.wordings["default"])

    def check(self, kinds: Container[str], languages: Container[str]) -> None:
        """Check the names of all weights.

        Raises:
            RecipeError: for a name that is no kind, or a language without phrases.
        """
        for name in (*self.questions, *self.follow_ups):
            language, kind = split_language(name)
            if kind not in kinds:
                raise RecipeError(f"{name!r} is not a kind of question.")
            if language not in ("", OTHER) and language not in languages:
                raise RecipeError(f"there are no phrases in the language of {name!r}.")
