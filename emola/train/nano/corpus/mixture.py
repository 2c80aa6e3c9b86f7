"""The shares of the corpus: which kinds of questions are asked how often, and how they are worded.

A recipe's ``mixture`` is read into :class:`Mixture`. Names in its weights are kinds
(:mod:`emola.train.nano.corpus.kinds`) or groups, with "other/" before those asked in another language than
English, or the code of one language ("de/").
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass, fields
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


class _Shares:
    """Checks the fields of a dataclass: weights as above, numbers from 0 to 1."""

    def __post_init__(self) -> None:
        for entry in fields(self):  # type: ignore[arg-type]
            value = getattr(self, entry.name)
            if isinstance(value, dict):
                _check_weights(entry.name, value)
            elif isinstance(value, float) and not 0 <= value <= 1:
                raise RecipeError(f"{entry.name} is {value}; a share is from 0 to 1.")


@dataclass(frozen=True)
class ConversationShares(_Shares):
    """Free conversations.

    turns: weights of the number of turns. emotion, list: share with the main question about each. other:
    share of these in another language. list_before: share with the list before the emotion. anytime_share:
    share with a question of ``anytime`` before, between or after them. first_share: of the others, share with
    a first question of the mixture's ``first`` or of ``first_declined``. follow_ups: the remaining questions.
    closing: share that ends with thanks.
    """

    turns: Weights
    emotion: float
    list: float
    other: float
    list_before: float
    anytime_share: float
    first_share: float
    closing: float
    anytime: Weights
    first_declined: Weights
    follow_ups: Weights


@dataclass(frozen=True)
class ContrastShares(_Shares):
    """Questions to answer beside questions to decline: one of main, two first questions, three declined.

    other: share in another language, of both; those to answer are then drawn from other_answered.
    """

    main: Weights
    other: float
    other_answered: Weights


@dataclass(frozen=True)
class DrillShares(_Shares):
    """Short questions whose answers are facts of the face. main: the question about the emotion."""

    main: Weights


@dataclass(frozen=True)
class LessonShares(_Shares):
    """Questions about action units as such. units: what is asked; main: the question about the face."""

    units: Weights
    main: Weights


@dataclass(frozen=True)
class QuizShares(_Shares):
    """Questions about single units. units: what is asked of a unit.

    alike: of inactive units, share of those whose code resembles an active one. follow_up, emotion, list:
    share with such a question; follow_ups: weights of the first of these.
    """

    units: Weights
    alike: float
    follow_up: float
    follow_ups: Weights
    emotion: float
    list: float


@dataclass(frozen=True)
class DoubtShares(_Shares):
    """Whether the face shows an emotion, and why.

    count: weights of the number of such questions; asked: what they are; main_share: share with a question of
    main before them; list: share with a list and a question about it, before them in list_before of these.
    """

    count: Weights
    asked: Weights
    main_share: float
    main: Weights
    list: float
    list_before: float


@dataclass(frozen=True)
class SubjectShares(_Shares):
    """What questions are about.

    true_emotion: share of yes/no questions that name the true emotion. neither: share of choices without it.
    visible_movement: share of questions about a movement that is there. shown_unit: share of questions about
    the coding system that ask about a unit of this face. plausible_unit: of inactive units, share drawn by
    how close the face comes to them. active_unit: by kind of question, the share about active units; 0.5 if
    not named. declined: weights of the topics to decline.
    """

    true_emotion: float
    neither: float
    visible_movement: float
    shown_unit: float
    plausible_unit: float
    active_unit: Weights
    declined: Weights


@dataclass(frozen=True)
class Mixture:
    """The shares of the corpus.

    wordings: by kind of question, the share of each wording; "default" for kinds not named. groups: by name
    of a group, the weights of its kinds; one that fits is drawn. first: first questions that a face answers.

    Raises:
        RecipeError: for a negative weight, weights without a positive one, or a share outside 0 to 1.
    """

    wordings: dict[str, Weights]
    groups: dict[str, Weights]
    subjects: SubjectShares
    first: Weights
    conversation: ConversationShares
    drill: DrillShares
    contrast: ContrastShares
    lesson: LessonShares
    quiz: QuizShares
    doubt: DoubtShares

    def __post_init__(self) -> None:
        for name, weights in {**self.wordings, **self.groups, "first": self.first}.items():
            _check_weights(name, weights)
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
            RecipeError: for a name that is neither a kind nor a group, or a language without phrases.
        """
        parts = (self, self.conversation, self.drill, self.contrast, self.lesson, self.quiz, self.doubt)
        drawn = [name for part in parts for entry in _DRAWN for name in getattr(part, entry, ())]
        members = [name for weights in self.groups.values() for name in weights]
        for name in (*drawn, *members):
            language, kind = split_language(name)
            if kind not in kinds and (kind not in self.groups or name in members):
                raise RecipeError(f"{name!r} is neither a kind of question nor a group.")
            if language not in ("", OTHER) and language not in languages:
                raise RecipeError(f"there are no phrases in the language of {name!r}.")


_DRAWN = ("first", "anytime", "first_declined", "follow_ups", "main", "other_answered", "units", "asked")
"""Fields whose names are kinds or groups."""
