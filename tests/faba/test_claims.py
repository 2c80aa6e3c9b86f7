"""Claims about action units in answers, with their places in the text."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from emola.faba import claims, read_action_units
from emola.faba.claims import Claim, GrowingClaims, find_claims, settled_claims
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


def assert_follows(text: str, grown: Iterator[str]) -> None:
    """Compare ``GrowingClaims`` with a search of the whole text, each time the text has grown."""
    growing = GrowingClaims()
    for prefix in grown:
        assert growing.update(prefix) == settled_claims(prefix), (prefix, text)


@pytest.mark.parametrize(
    "text",
    [
        *PROSE,
        "The cheeks are raised. The brows are not lowered. AU12 (lip corner puller) is active. AU4 is not. ",
        "The following units are not active:\n- AU1\n- AU2. Both are weak. AU5 too.\n\nAU12 is active. So. ",
        "AU6 is active. The following are absent:\n- AU1\n- AU2 and AU4. That is all. ",
        "AU6 is active. There is no doubt. Absent:** \n- The brows are raised. AU2 is not. And so on. ",
        "1. AU6 is active. It is strong.\n2. AU12 is active. 6, 12. Both of them are. ",
        "6, 12. These two are active, and AU4 is not. ",
        "The units. 6, 12. 25 ",
        "The brows (AU4. Strong, I would say) are lowered. The cheeks (AU6. Raised. And they stay open. ",
        'He said "AU4 is there." AU12 is not. Is AU6 active?. No. (Is AU9 active?). It is not. ',
        "The raised cheeks! Where are they absent? Is there no smile. The raised cheeks are absent. No. ",
        "AU6 and 12. of them AU9. AU25-27. AU4 = 0. 5 of them e.g. AU1 etc. are active, i.e. AU2. So be it. ",
    ],
)
def test_growing_claims_are_the_settled_claims(text: str) -> None:
    """Guards against a sentence that is read without words of another sentence that change its meaning."""
    assert_follows(text, (text[:end] for end in range(len(text) + 1)))


@pytest.mark.slow
def test_growing_claims_are_the_settled_claims_of_any_answer() -> None:
    rng = random.Random(0)
    texts = answers()
    between = (" ", " ", " ", "\n", "\n\n", ":\n- ", "; ", " (", ") ", ". 6, 12. ", "!\n", "? ")
    for _ in range(40):
        text = "".join(rng.choice(texts) + rng.choice(between) for _ in range(4))
        assert_follows(text, prefixes(text))


def test_another_text_starts_again() -> None:
    """Guards against claims of an answer whose words are withheld from now on."""
    growing = GrowingClaims()
    for text in (
        "AU12 is active. He is happy. AU4 ",
        "AU12 is active. He is [withheld]. AU4 is too.",
        "AU6 is. ",
    ):
        assert growing.update(text) == settled_claims(text)


def test_an_update_searches_the_last_sentences_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against updates that take longer the longer the answer is."""
    searched: list[int] = []

    def find(text: str) -> list[Claim]:
        searched.append(len(text))
        return find_claims(text)

    monkeypatch.setattr(claims, "find_claims", find)
    growing, text = GrowingClaims(), ""
    for _ in range(30):
        text += "The cheeks are raised. "
        assert growing.update(text)
    assert max(searched) <= len(". The cheeks are raised. ")
    assert len(growing.update(text)) == 30
