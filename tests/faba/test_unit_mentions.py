"""Mentions of action units, with their places in the text."""

import pytest

from emola.faba import read_action_units
from emola.faba.unit_mentions import unit_mentions


def found(text: str) -> list[tuple[str, int, bool | None]]:
    return [(text[start:end], code, stated) for start, end, code, stated in unit_mentions(text)]


PLACES = {
    "AU12 is active.": [("AU12", 12, True)],
    "AU 06 and au12D.": [("AU 06", 6, True), ("au12D", 12, True)],
    "AUs 6 and 12": [("6", 6, True), ("12", 12, True)],
    "Action units: 1, 2 and 4": [("1", 1, True), ("2", 2, True), ("4", 4, True)],
    "Action unit 4 is on.": [("Action unit 4", 4, True)],
    "AU6+AU12": [("AU6", 6, True), ("AU12", 12, True)],
    "AU25-27": [("AU25", 25, True), ("", 26, True), ("27", 27, True)],
    "AU12D, 25B": [("AU12D", 12, True), ("25B", 25, True)],
    "AU99 is no unit, AU4 is.": [("AU4", 4, True)],
    "AU12 (20 %)": [("AU12", 12, True)],
    "6, 12, 25": [("6", 6, True), ("12", 12, True), ("25", 25, True)],
    "A lip corner puller.": [("lip corner puller", 12, True)],
    "Chin-raiser (AU17).": [("Chin-raiser", 17, True), ("AU17", 17, True)],
    "No AU9.": [("AU9", 9, False)],
    "Not active: AU4, AU9.": [("AU4", 4, False), ("AU9", 9, False)],
    "Not active:\n- AU4\n- AU9": [("AU4", 4, False), ("AU9", 9, False)],
    "Is AU12 active?": [("AU12", 12, None)],
    "AU6 would be seen in a felt smile.": [("AU6", 6, None)],
    "AU12 is easily confused with AU14.": [("AU12", 12, True), ("AU14", 14, None)],
    "AU12 rather than AU14.": [("AU12", 12, True), ("AU14", 14, False)],
}
"""The words of each mention in a text, its unit, and whether the unit is stated."""


def test_finds_units_with_their_places() -> None:
    assert {text: found(text) for text in PLACES} == PLACES


@pytest.mark.parametrize(
    "text", ["\ue000x\ue001 AU12", "\ue0005\ue001 and AU12", "AU12 \ue001", "\ue000AU12"]
)
def test_marker_characters_in_a_text_are_ignored(text: str) -> None:
    """Guards against a crash, or a unit, from characters that the rules of negation use themselves."""
    assert read_action_units(text) == [12]
    ((start, end, code, _),) = unit_mentions(text)
    assert (text[start:end], code) == ("AU12", 12)
