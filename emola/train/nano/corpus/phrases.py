"""Phrases of the corpus: a folder of text files for each language, ``<language>/<file>.txt``.

Every file has the format of :func:`emola.faba.phrases.parse_phrases`. A phrase is a template:
``[this|that]`` is a choice, choices nest, and ``{slot}`` is filled from the subject of the question or the
facts of the face. A phrase is left out where one of its slots is missing. A slot such as ``{if_clear}`` is
a condition: it is present, with empty words, where the condition holds.

A heading is the name of a kind of question (:mod:`emola.train.nano.corpus.kinds`), then the topic if the
phrases fit one topic only, then the wording in brackets if a kind is worded in several ways:
``decline age``, ``support (chat)``, ``emotion_yes_no fear (sentence)``. Answers stand under ``answer to
<kind> <state>``. A heading can name several kinds, separated by commas. Other headings hold words for slots,
which contain no slots themselves. Repeating a phrase makes it more likely.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from emola.errors import RecipeError
from emola.faba.phrases import parse_phrases
from emola.train.nano.corpus.grammar import choose

ENGLISH = ("en",)
Slots = Mapping[str, str | tuple[str, ...]]
"""What fills the slots of a phrase: the words themselves, or the heading that lists them."""
_SLOT = re.compile(r"\{(\w+)\}")
_CAPITALISED = 0.7
"""Share of the phrases of the wording "frame", which often begin with a slot, that get a capital letter."""


@dataclass(frozen=True, eq=False)
class Phrase:
    """A template. file: the headings of its own file, whose words fill its slots first."""

    text: str
    language: str
    file: Mapping[str, Sequence[str]] = field(repr=False)

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """Names of the slots, each once, in the order of the template."""
        return tuple(dict.fromkeys(_SLOT.findall(self.text)))


class Phrasebook:
    """The phrases of all languages.

    files: (language, headings with their phrases), in the order in which phrases are counted for a draw.
    """

    def __init__(self, files: Sequence[tuple[str, Mapping[str, Sequence[str]]]]) -> None:
        self.languages = tuple(dict.fromkeys(language for language, _ in files))
        self._phrases: dict[tuple[str, str], list[Phrase]] = {}
        for language, headings in files:
            for heading, phrases in headings.items():
                made = [Phrase(text, language, headings) for text in phrases]
                for name in heading.split(", "):
                    self._phrases.setdefault((language, name), []).extend(made)

    @classmethod
    def load(cls, folder: Path) -> Phrasebook:
        """Read every ``<language>/<file>.txt`` in ``folder``.

        Raises:
            RecipeError: if there is no English file, or a file is not in the format.
        """
        paths = sorted(folder.glob("*/*.txt"))
        if not any(path.parent.name in ENGLISH for path in paths):
            raise RecipeError(f"There are no phrases in {folder}; it needs a folder en with text files.")
        files = []
        for path in paths:
            try:
                files.append((path.parent.name, parse_phrases(path.read_text(encoding="utf-8"))))
            except (OSError, ValueError) as error:
                raise RecipeError(f"The phrases in {path} cannot be read: {error}.") from error
        return cls(files)

    @property
    def other_languages(self) -> tuple[str, ...]:
        """All languages but English."""
        return tuple(language for language in self.languages if language not in ENGLISH)

    def topics(self, heading: str, languages: Sequence[str]) -> tuple[str, ...]:
        """Return the topics that have phrases of their own, in the order of the files.

        Topics that have phrases of a special wording only are left out.
        """
        start = f"{heading} "
        names = (name for language, name in self._phrases if language in languages)
        topics = (name.removeprefix(start) for name in names if name.startswith(start))
        return tuple(dict.fromkeys(topic for topic in topics if not topic.endswith(")")))

    def draw(
        self,
        rng: random.Random,
        heading: str,
        languages: Sequence[str],
        topic: str = "",
        slots: Slots | None = None,
        wordings: Mapping[str, float] | None = None,
    ) -> str:
        """Draw a phrase and fill its slots.

        All phrases of a wording are equally likely, whatever their language and file.

        Args:
            rng: the source of randomness.
            heading: the kind of question.
            languages: the languages to draw from.
            topic: draws from the topic's own heading where there is one.
            slots: what fills the slots; phrases with other slots are left out.
            wordings: the share of each wording; "plain" is the heading without brackets. Wordings without
                phrases are left out.

        Raises:
            RecipeError: if there is no such phrase.
        """
        slots = slots or {}
        shares = {
            wording: share
            for wording, share in (wordings or {"plain": 1.0}).items()
            if self._fitting(heading, wording, languages, topic, slots)
        }
        if not shares:
            name = f"{heading} {topic}".strip()
            raise RecipeError(f"There are no phrases {name!r} in {', '.join(languages)}.")
        names = list(shares)
        wording = rng.choices(names, list(shares.values()))[0] if len(names) > 1 else names[0]
        text = self._fill(rng, rng.choice(self._fitting(heading, wording, languages, topic, slots)), slots)
        capitalise = wording == "frame" and rng.random() < _CAPITALISED
        return text[0].upper() + text[1:] if capitalise else text

    def _fitting(
        self, heading: str, wording: str, languages: Sequence[str], topic: str, slots: Slots
    ) -> list[Phrase]:
        """Return the phrases of the topic, or else those of any topic, whose slots can be filled."""
        suffix = "" if wording == "plain" else f" ({wording})"
        names = [f"{heading} {topic}{suffix}"] if topic else []
        found = (self._named(name, languages, slots) for name in (*names, heading + suffix))
        return next(filter(None, found), [])

    def _named(self, name: str, languages: Sequence[str], slots: Slots) -> list[Phrase]:
        found = (phrase for language in languages for phrase in self._phrases.get((language, name), ()))
        return [phrase for phrase in found if all(self._words(phrase, slot, slots) for slot in phrase.slots)]

    def _words(self, phrase: Phrase, slot: str, slots: Slots) -> Sequence[str]:
        """Return the words for a slot: given, listed in the phrase's file, or anywhere in its language."""
        value = slots.get(slot, ())
        if not isinstance(value, str):
            return value
        if value in phrase.file:
            return phrase.file[value]
        return [other.text for other in self._phrases.get((phrase.language, value), ())]

    def _fill(self, rng: random.Random, phrase: Phrase, slots: Slots) -> str:
        text = choose(rng, phrase.text)
        values: dict[str, str] = {}
        for slot in dict.fromkeys(_SLOT.findall(text)):
            words = self._words(phrase, slot, slots)
            used = set(values.values()) if isinstance(slots[slot], str) else set()
            values[slot] = choose(
                rng, rng.choice([word for word in words if word not in used] or list(words))
            )
        return text.format(**values)

    def __iter__(self) -> Iterator[tuple[str, Phrase]]:
        """Yield every heading with each of its phrases."""
        for (_, name), phrases in self._phrases.items():
            for phrase in phrases:
                yield name, phrase
