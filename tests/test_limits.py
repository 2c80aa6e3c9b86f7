"""The limits of the server."""

from __future__ import annotations

import pytest

from emola.faba.prompts import MAX_QUESTION
from emola.face.image.decoding import MAX_PIXELS
from emola.limits import DEFAULT, Limits
from emola.settings import read, settings_of

PUBLIC = read(Limits, {}, {}, public=True)


def test_limits_stay_within_those_of_the_library() -> None:
    """Guards against a setting that has no effect, because the library refuses more."""
    largest = {each.name: each.largest for each in settings_of(Limits)}
    assert DEFAULT.question_length == largest["question_length"] == MAX_QUESTION
    assert DEFAULT.photo_pixels == largest["photo_pixels"] == 4 * MAX_PIXELS  # a JPEG, decoded at half scale
    assert largest["upload_bytes"] == DEFAULT.uploads_memory


@pytest.mark.parametrize("setting", settings_of(Limits), ids=lambda setting: setting.name)
def test_public_limits_are_at_most_the_defaults(setting: object) -> None:
    """Guards against a public page with a larger limit than a private one. 0 stands for no limit."""
    name = getattr(setting, "name")  # noqa: B009 (parametrised)
    private, public = getattr(DEFAULT, name), getattr(PUBLIC, name)
    assert public <= private or private == 0


def test_a_public_page_limits_everything() -> None:
    """Guards against a limit that is off on the page that needs it. 0 bytes stand for a limit of its own."""
    assert [each.name for each in settings_of(Limits) if getattr(PUBLIC, each.name) == 0] == ["cache_bytes"]
