"""The messages of the page."""

from __future__ import annotations

from emola.face import MAX_FACES
from emola.ui.shared import messages


def test_reports_that_the_face_limit_was_reached() -> None:
    """Guards against presenting the search limit as the exact number of faces."""
    assert "may hold more" in messages.found(MAX_FACES) and str(MAX_FACES) in messages.found(MAX_FACES)
    assert messages.found(MAX_FACES - 1).startswith(f"{MAX_FACES - 1} faces found;")


def test_adapter_labels_fall_back_to_names() -> None:
    """Guards against a crash for custom adapters, and a choice with a single option."""
    assert messages.adapter_choices(("au", "mine")) == [
        ("Auto", "auto"),
        ("Action units", "au"),
        ("Mine", "mine"),
    ]
    assert messages.adapter_choices(("au",)) == messages.adapter_choices(()) == []


def test_counts_dropped_turns() -> None:
    """Guards against "your first 1 questions"."""
    assert "first question" in messages.dropped(1)
    assert "first 3 questions" in messages.dropped(3)
