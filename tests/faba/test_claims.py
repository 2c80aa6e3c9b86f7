"""Claims about action units in answers, with their places in the text."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from emola.faba import read_action_units
from emola.faba.claims import find_claims, settled_claims
from emola.faba.movements import MOVEMENTS
from emola.faba.unit_mentions import unit_mentions

ROOT = Path(__file__).parents[2]


def answers() -> list[str]:
    """Return the answers that EmoLA-Nano learns from, and long ones in the style of the published model."""
    texts = [
        line.removeprefix("A: ")
        for path in sorted((ROOT / "recipes/nano/exchanges").rglob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
        if line.startswith("A: ")
    ]
    lines = (ROOT / "tests/fixtures/answers/strict.jsonl").read_text("utf-8").splitlines()
    return [*texts, *(json.loads(line)["answer"] for line in lines), *PROSE]


PROSE = (
    "The person's eyebrows are slightly raised and drawn together, and the eyes are wide open. The corners of"
    " the lips are pulled up. The mouth is slightly open, with no sign of a frown.",
    "The expression is one of joy: raised cheeks, crow's feet around the eyes and a broad smile. The brow is"
    " not furrowed, and the jaw is relaxed.",
    "The furrowed brow, the narrowed eyes and the tightly pressed lips convey anger. The nose is not"
    " wrinkled.",
    "The corners of the mouth are turned downwards and the inner portions of the eyebrows are raised. The"
    " chin is slightly pushed up, while the lips remain closed.",
)


def found(text: str) -> list[tuple[str, int, bool | None]]:
    return [(text[claim.start : claim.end], claim.code, claim.present) for claim in find_claims(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The lip corners are pulled up (AU12) and the cheeks are not raised.",
            [
                ("lip corners are pulled up", 12, True),
                ("AU12", 12, True),
                ("cheeks are not raised", 6, False),
            ],
        ),
        ("No AU12, and no raised cheeks.", [("AU12", 12, False), ("raised cheeks", 6, False)]),
        ("AU4 is not active.", [("AU4", 4, False)]),
        ("AU12 raises the lip corners.", [("AU12", 12, True), ("raises the lip corners", 12, True)]),
        ("The raised cheeks show it.", [("raised cheeks", 6, True)]),
        ("The brows are at rest.", [("brows are at rest", 1, False)]),
        ("The nose is smooth.", [("nose is smooth", 9, False)]),
        (
            "Raised lip corners, raised cheeks.",
            [("Raised lip corners", 12, True), ("raised cheeks", 6, True)],
        ),
        ("There is no smile.", [("smile", 12, False)]),
        ("She is smiling without raised cheeks.", [("smiling", 12, True), ("raised cheeks", 6, False)]),
        ("Are the cheeks raised?", [("cheeks raised", 6, None)]),
        ("The brows are not level.", []),
        ("The sky is blue.", []),
        ("", []),
        (
            PROSE[0],
            [
                ("eyebrows are slightly raised", 1, True),
                ("drawn together", 4, True),
                ("eyes are wide open", 5, True),
                ("corners of the lips are pulled up", 12, True),
                ("mouth is slightly open", 25, True),
                ("frown", 4, False),
            ],
        ),
        (
            PROSE[1],
            [
                ("raised cheeks", 6, True),
                ("crow's feet", 6, True),
                ("smile", 12, True),
                ("brow is not furrowed", 4, False),
            ],
        ),
        (
            PROSE[2],
            [
                ("furrowed brow", 4, True),
                ("narrowed eyes", 7, True),
                ("tightly pressed lips", 24, True),
                ("nose is not wrinkled", 9, False),
            ],
        ),
        (
            PROSE[3],
            [
                ("corners of the mouth are turned downwards", 15, True),
                ("inner portions of the eyebrows are raised", 1, True),
                ("chin is slightly pushed up", 17, True),
                ("lips remain closed", 25, False),
            ],
        ),
    ],
)
def test_finds_claims_with_their_places(text: str, expected: list[tuple[str, int, bool | None]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("code", MOVEMENTS)
@pytest.mark.parametrize("how", ["", "slightly ", "very strongly "])
def test_finds_every_wording_of_a_movement(code: int, how: str) -> None:
    """Guards against a wording that EmoLA-Nano uses and the page does not light up."""
    move = MOVEMENTS[code]
    for words in (*move.clauses, *move.things, *(f"this face {act}" for act in move.acts)):
        text = f"I see {words.replace('{how}', how)}."
        claims = [claim for claim in find_claims(text) if code in claim.codes]
        assert [claim.present for claim in claims] == [True], text


def test_words_that_fit_several_units_name_all_of_them() -> None:
    (claim,) = find_claims("The mouth is open.")
    assert claim.codes == (25, 26, 27)
    (claim,) = find_claims("The jaw is lowered.")
    assert claim.codes == (26, 27)


def test_claims_are_in_order_and_do_not_overlap() -> None:
    for text in answers():
        position = 0
        for claim in find_claims(text):
            assert position <= claim.start <= claim.end <= len(text), text
            position = claim.end


def test_claims_agree_with_the_reader_of_action_units() -> None:
    """Guards against a chip that contradicts the score: codes and names are read in one way."""
    for text in answers():
        claims = find_claims(text)
        assert set(read_action_units(text)) <= {claim.code for claim in claims if claim.present}, text
        spans = {mention[:3]: mention.stated for mention in unit_mentions(text)}
        named = {claim.code for claim in claims if claim.present and claim[:3] in spans}
        assert named == set(read_action_units(text)), text


@pytest.mark.parametrize(
    ("growing", "expected"),
    [
        ("AU1", []),
        ("AU12", []),
        ("AU12 is ", []),
        ("AU12 is active", []),
        ("AU12 is active ", ["AU12"]),
        ("AU12. ", ["AU12"]),
        ("AU6 and AU12 ", ["AU6"]),
        ("The brows are lowered.\n", ["brows are lowered"]),
    ],
)
def test_a_claim_is_settled_when_two_words_follow(growing: str, expected: list[str]) -> None:
    assert [growing[claim.start : claim.end] for claim in settled_claims(growing)] == expected


def prefixes(text: str) -> Iterator[str]:
    """Yield a text as it grows by pieces of up to four characters."""
    grown = ""
    for piece in re.findall(r"\s*\S{1,4}|\s+$", text):
        grown += piece
        yield grown


@pytest.mark.slow
def test_a_chip_stays_while_the_answer_grows() -> None:
    """Guards against chips that flicker: later words may deny a claim, and do not take its chip away."""
    for text in random.Random(0).sample(answers(), 200):
        shown: dict[int, int] = {}
        for growing in [*prefixes(text), None]:
            claims = find_claims(text) if growing is None else settled_claims(growing)
            now = {claim.start: claim.code for claim in claims if claim.start < claim.end}
            assert shown.items() <= now.items(), (growing, text)
            shown = now
