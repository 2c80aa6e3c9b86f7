"""Files of phrases: which phrases a draw can give, and how slots are filled."""

import random
import re
from pathlib import Path

import pytest
from writing import WRITER

from emola.errors import RecipeError
from emola.faba import EMOTIONS
from emola.train.nano.corpus.kinds import KINDS
from emola.train.nano.corpus.phrases import ENGLISH, Phrasebook

BOOK = Phrasebook(
    [
        (
            "en",
            {"age": ["How old is {p}?"], "age (chat)": ["age?"], "p": ["[he|she]"], "mood, why": ["Why?"]},
        ),
        (
            "en",
            {
                "size small": ["Is it small?"],
                "size": ["Is it {how}?"],
                "vs": ["{a} or {b}?"],
                "w": ["x", "y"],
            },
        ),
        ("de", {"age": ["Wie alt?"], "vs": ["{a} oder {b}?"], "w": ["p", "q", "r"]}),
    ]
)


def drawn(heading: str, languages=ENGLISH, **options) -> set[str]:
    return {BOOK.draw(random.Random(seed), heading, languages, **options) for seed in range(60)}


def test_fills_slots_from_a_heading_or_from_given_words() -> None:
    assert drawn("age", slots={"p": "p"}) == {"How old is he?", "How old is she?"}
    assert drawn("size", slots={"how": ("big",)}) == {"Is it big?"}


def test_draws_by_language() -> None:
    assert drawn("age", ("de",)) == {"Wie alt?"}
    assert drawn("age", ("en", "de"), slots={"p": ("she",)}) == {"How old is she?", "Wie alt?"}


def test_leaves_out_phrases_whose_slots_cannot_be_filled() -> None:
    assert drawn("age", ("en", "de")) == {"Wie alt?"}


def test_prefers_the_topic_s_own_heading() -> None:
    slots = {"how": ("big",)}
    assert drawn("size", topic="small", slots=slots) == {"Is it small?"}
    assert drawn("size", topic="large", slots=slots) == {"Is it big?"}
    assert BOOK.topics("size", ENGLISH) == ("small",)


def test_wordings_without_phrases_are_left_out() -> None:
    shares = {"plain": 0.5, "chat": 0.5, "formal": 9.0}
    assert drawn("age", slots={"p": ("he",)}, wordings=shares) == {"How old is he?", "age?"}


def test_words_of_one_language_are_not_used_in_another_nor_twice() -> None:
    found = drawn("vs", ("en", "de"), slots={"a": "w", "b": "w"})
    assert {"x or y?", "y or x?"} < found and len(found) == 8
    assert not [question for question in found if " or " in question and set(question) & set("pq")]


def test_a_heading_can_name_several_kinds() -> None:
    assert drawn("mood") == drawn("why") == {"Why?"}


def test_a_missing_phrase_is_named() -> None:
    with pytest.raises(RecipeError, match="There are no phrases 'shoe size' in en, de"):
        BOOK.draw(random.Random(0), "shoe", ("en", "de"), "size")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"There are no phrases in .*absent; it needs a folder en"):
        Phrasebook.load(tmp_path / "absent")


def test_a_file_in_another_format_is_named(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "age.txt").write_text("How old?\n# age\n", encoding="utf-8")
    with pytest.raises(RecipeError, match=r"age\.txt cannot be read: line 1 stands above the first heading"):
        Phrasebook.load(tmp_path)


def test_every_heading_of_the_recipe_belongs_to_a_kind_or_fills_a_slot() -> None:
    kinds = {kind.heading or kind.name for kind in KINDS.values()}
    words = {"feels", "word", "motion", "state", "thing", "own", "face", "clause", "noun", "p", "his", "o"}
    words |= {"sight", "effect", "mistaken", "place", "rest", "sureness"}
    for heading, phrase in WRITER.book:
        name = heading.split()[0]
        known = (
            name in kinds | words or heading == "remark on the language" or heading.startswith("answer to ")
        )
        assert known, (heading, phrase)


def test_templates_of_the_recipe_are_well_formed() -> None:
    for heading, phrase in WRITER.book:
        depth = 0
        for letter in phrase.text:
            depth += (letter == "[") - (letter == "]")
            assert 0 <= depth <= 3 and (depth or letter != "|"), (heading, phrase.text)
        assert depth == 0 and phrase.text.count("{") == phrase.text.count("}"), (heading, phrase.text)


@pytest.mark.parametrize("language", WRITER.book.other_languages)
def test_frames_of_a_language_have_words_for_every_emotion(language: str) -> None:
    files = {id(phrase.file): phrase.file for name, phrase in WRITER.book if phrase.language == language}
    for file in files.values():
        if "word happiness" in file:
            assert all(file.get(f"word {emotion}") for emotion in EMOTIONS)
            shown = {word for emotion in EMOTIONS for word in file[f"word {emotion}"]}
            declined = [word for heading, words in file.items() if heading.startswith("word ")
                        and heading.removeprefix("word ") not in EMOTIONS for word in words]  # fmt: skip
            assert not shown & set(declined)


@pytest.mark.parametrize(
    ("language", "letters"),
    [("ru", r"а-яё"), ("uk", r"а-яіїєґ"), ("el", r"α-ωά-ώ"), ("ja", r"ぁ-ヿ一-鿿"), ("zh", r"一-鿿"),
     ("ko", r"가-힣"), ("ar", r"ء-ي"), ("fa", r"ء-یپچژگ"), ("he", r"א-ת"), ("hi", r"ऀ-ॿ"), ("th", r"ก-๿")],
)  # fmt: skip
def test_phrases_are_in_the_script_of_their_language(language: str, letters: str) -> None:
    for heading, phrase in WRITER.book:
        if phrase.language == language:
            text = re.sub(r"\{\w+\}|AU|FACS", "", phrase.text).lower()
            assert re.search(f"[{letters}]", text) or not re.search(r"\w", text), (heading, phrase.text)
            assert not re.search(r"[a-z]{2}", text), (heading, phrase.text)
