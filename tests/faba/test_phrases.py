"""The phrase file format."""

import pytest

from emola.faba.phrases import parse_phrases


def test_groups_phrases_by_heading_in_order() -> None:
    text = "# age\n\nHow old?\n  What age? \n# identity\nWho?\n# age\nBorn when?\n"
    assert parse_phrases(text) == {"age": ["How old?", "What age?", "Born when?"], "identity": ["Who?"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Who?\n# identity\n", "line 1 stands above the first heading: 'Who\\?'"),
        ("# age\n#\nWho?", "line 2 is a heading without a name"),
    ],
)
def test_rejects_a_file_that_is_not_in_the_format(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_phrases(text)
