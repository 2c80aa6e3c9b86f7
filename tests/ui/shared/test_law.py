"""The banner of movement-only mode and the notice before the first photo."""

from __future__ import annotations

import pytest

from emola.faba.movement_only import asks_for_emotion
from emola.ui.shared import law, messages
from emola.ui.shared.consent import consent


@pytest.mark.parametrize("fixed", [True, False])
def test_the_banner_names_the_three_places_of_the_law(fixed: bool) -> None:
    html = law.banner(fixed=fixed)
    for place in ("Article 5(1)(f)", "Recital 18", "Article 50(3)"):
        assert place in html
    assert ("questions about emotions" in html) is fixed


def test_the_refusal_offers_a_question_that_may_be_asked() -> None:
    offered = law.EMOTION_REFUSED.split("“")[1].split("”")[0]
    assert not asks_for_emotion(offered)


def test_the_notice_says_what_reads_the_face_and_what_is_kept() -> None:
    html = consent(movement_only=False)
    assert "emotion recognition system" in html
    assert "Article 50(3)" in html and "Article 5(1)(f)" in html
    assert str(messages.PRIVACY) in html
    assert '<button type="button" id="agree">' in html


def test_the_notice_of_movement_only_mode_promises_no_emotion() -> None:
    assert "which emotion" not in consent(movement_only=True)
