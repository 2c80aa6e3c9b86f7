"""The sentences of the pages."""

from __future__ import annotations

from emola.face import MAX_FACES
from emola.ui import messages


def test_a_crowd_may_hold_more_faces_than_are_shown() -> None:
    """Guards against a count that is the limit of the search, shown as the count of the photo."""
    assert "may hold more" in messages.found(MAX_FACES) and str(MAX_FACES) in messages.found(MAX_FACES)
    assert messages.found(MAX_FACES - 1).startswith(f"{MAX_FACES - 1} faces found;")


def test_known_adapters_have_labels_and_others_their_names() -> None:
    """Guards against a crash for a researcher's own adapter; a choice between one thing."""
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
