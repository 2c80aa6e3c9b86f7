"""Movement-only mode, by the switch of the page or fixed for the server, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from memory_page import Page
from ui_fakes import FakeModel

from emola.ui.shared import law, messages

pytestmark = pytest.mark.usefixtures("every_token")

HAPPY = "The face looks happy: AU12 is active."
MASKED = "The face looks [withheld]: AU12 is active."


def fixed_page(tmp_path: Path, **model: object) -> Page:
    return Page(tmp_path, FakeModel(answers=(HAPPY,), **model), movement_only=True)  # type: ignore[arg-type]


def switch(page: Page, chosen: bool) -> None:
    page.state[page.parts.movement_only] = {"value": chosen}
    page.apply(page.chat.show_movements_only(chosen, page.key))


def test_no_update_of_a_growing_answer_holds_an_emotion_word(tmp_path: Path) -> None:
    page = fixed_page(tmp_path)
    page.look()
    for changes in page.chat.ask("What moves?", page.key):
        page.apply(changes)
        assert "happy" not in str(page.value(page.parts.chat)).lower()
    assert page.messages[1] == MASKED.replace("[withheld]", page.messages[1][15:].split(":")[0])
    assert page.visits.find(page.key).chat.turns[0].answer == HAPPY


def test_a_question_about_an_emotion_is_refused_and_kept(tmp_path: Path) -> None:
    page = fixed_page(tmp_path)
    page.look()
    page.state[page.parts.question] = {"value": "Which emotion is it?"}
    page.ask("Which emotion is it?")
    assert law.EMOTION_REFUSED in page.value(page.parts.chat_notice)
    assert page.messages == [] and page.value(page.parts.question) == "Which emotion is it?"


def test_a_question_about_an_emotion_is_not_asked_again(tmp_path: Path) -> None:
    """Guards against Retry as a way around the mode, for a turn from before the switch or from a file."""
    page = Page(tmp_path, FakeModel(answers=(HAPPY,)))
    page.look()
    page.ask("Which emotion is it?")
    switch(page, True)
    page.run(page.chat.retry(page.key))
    assert law.EMOTION_REFUSED in page.value(page.parts.chat_notice)
    assert not page.visits.find(page.key).chat.can_go_back
    page.ask("What moves?")
    page.run(page.chat.retry(page.key))
    assert page.visits.find(page.key).chat.turns[1].settings.seed is not None


def test_offers_movements_only(tmp_path: Path) -> None:
    page = fixed_page(tmp_path)
    page.look()
    assert page.offered and not any("emotion" in question for question in page.offered)
    page.ask("What moves?")
    assert page.offered and not any("emotion" in question for question in page.offered)


def test_the_switch_offers_movements_only_before_a_photo(tmp_path: Path) -> None:
    page = Page(tmp_path)
    for change in (lambda: switch(page, True), lambda: page.apply(page.photos.erase(None, None, True))):
        change()
        assert page.offered and not any("emotion" in question for question in page.offered)
    switch(page, False)
    assert any("emotion" in question for question in page.offered)


def test_the_line_that_the_model_wrote_is_not_shown(tmp_path: Path) -> None:
    page = Page(tmp_path, FakeModel(answers=("Happiness clear.", HAPPY), given="AU12 D."), movement_only=True)
    page.look()
    page.read()
    assert "AU12 D." in page.value(page.parts.reading)
    assert "Happiness" not in page.value(page.parts.reading)


def test_the_adapter_of_action_units_answers(tmp_path: Path) -> None:
    page = fixed_page(tmp_path, adapters=("au", "emotion"))
    page.look()
    page.run(page.chat.ask("What moves?", page.key, None, None, None, None, "emotion"))
    assert page.visits.find(page.key).chat.turns[0].adapter == "au"


def test_the_switch_hides_words_that_are_shown_and_shows_them_again(tmp_path: Path) -> None:
    page = Page(tmp_path, FakeModel(answers=(HAPPY,)))
    page.look()
    page.ask("What moves?")
    assert "happy" in page.messages[1] and not page.visible(page.parts.banner)
    switch(page, True)
    assert "happy" not in page.messages[1]
    assert page.visible(page.parts.banner) and "Article 5" in page.value(page.parts.banner)
    page.look()  # another photo keeps the mode
    page.ask("What moves?")
    assert "happy" not in page.messages[1]
    switch(page, False)
    assert "happy" in page.messages[1] and not page.visible(page.parts.banner)


def test_the_switch_applies_to_an_answer_that_is_being_written(tmp_path: Path) -> None:
    page = Page(tmp_path, FakeModel(answers=(HAPPY,)))
    page.look()
    stream = page.chat.ask("What moves?", page.key)
    while "happy" not in (page.messages or [""])[-1]:
        page.apply(next(stream))
    switch(page, True)
    for changes in stream:
        page.apply(changes)
        assert "happy" not in page.messages[-1]


def test_the_switch_keeps_the_editing_of_a_question(tmp_path: Path) -> None:
    """Guards against a question that replaces the last one while the page shows no editing."""
    page = Page(tmp_path, FakeModel(answers=(HAPPY,)))
    page.look()
    page.ask("What moves?")
    page.apply(page.chat.edit(page.key))
    switch(page, True)
    assert page.visible(page.parts.leave_edit)
    assert messages.EDITING in page.value(page.parts.chat_notice)
    page.apply(page.chat.leave_edit(page.key))
    page.ask("And now?")
    assert page.messages[::2] == ["What moves?", "And now?"]


def test_a_client_cannot_leave_the_mode_of_the_server(tmp_path: Path) -> None:
    page = fixed_page(tmp_path)
    page.look()
    switch(page, False)
    page.ask("What moves?")
    assert "happy" not in page.messages[1] and page.visible(page.parts.banner)


def test_the_switch_applies_to_all_that_is_shown_during_an_answer(tmp_path: Path) -> None:
    """Guards against earlier answers, and the line that the model wrote, which each update sends again."""
    page = Page(tmp_path, FakeModel(answers=("Happiness clear.", HAPPY), given="AU12 D."))
    page.look()
    page.read()
    page.ask("What moves?")
    page.model.say(HAPPY)
    stream = page.chat.ask("And now?", page.key)
    while not page.messages[-1].endswith("ha"):
        page.apply(next(stream))
    assert "happy" in page.messages[1] and "Happiness" in page.value(page.parts.reading)
    switch(page, True)
    assert "Happiness" not in page.value(page.parts.reading)
    assert page.messages == ["What moves?", MASKED.replace("[withheld]", "withheld")]
    for changes in stream:
        page.apply(changes)
        assert not any("ha" in answer for answer in page.messages[1::2])
    assert len(page.messages) == 4
    switch(page, False)
    assert "happy" in page.messages[1] and "happy" in page.messages[3]


def test_the_switch_applies_while_a_question_is_in_the_queue(tmp_path: Path) -> None:
    """Guards against earlier answers as they were, or a lost question, until the answer begins."""
    page = Page(tmp_path, FakeModel(answers=(HAPPY,)))
    page.look()
    page.ask("What moves?")
    with page.queue.enter():
        stream = page.chat.ask("And now?", page.key)
        for _ in range(2):
            page.apply(next(stream))
        switch(page, True)
        assert "happy" not in page.messages[1]
        page.apply(next(stream))
        assert "happy" not in page.messages[1] and page.messages[2] == "And now?"
    page.run(stream)


def test_the_switch_applies_to_the_photo_that_is_shown_and_to_the_next(tmp_path: Path) -> None:
    page = Page(tmp_path, FakeModel(answers=(HAPPY,)))
    page.look()
    page.ask("What moves?")
    following = page.visits.announce(page.key).pending
    switch(page, True)
    assert following.movement_only and "happy" not in page.messages[1]


def session_file(tmp_path: Path, question: str) -> bytes:
    """Return the session file of a conversation with an emotion word."""
    page = Page(tmp_path, FakeModel(answers=(HAPPY,)))
    page.look()
    page.ask(question)
    file = page.visits.find(page.key).file("conversation.json", {})
    assert file is not None
    return file.data


def test_the_switch_applies_to_a_session_file_without_its_photo(tmp_path: Path) -> None:
    page = Page(tmp_path)
    page.apply(page.sessions.open(page.file(session_file(tmp_path, "What moves?")), None, True))
    assert page.messages == ["What moves?", MASKED.replace("[withheld]", "withheld")]
    session = page.value(page.parts.session)
    for chosen in (False, True):
        page.apply(page.chat.show_movements_only(chosen, None, session))
        assert ("happy" in page.messages[1]) is not chosen


def test_a_conversation_about_emotions_is_not_opened(tmp_path: Path) -> None:
    """Guards against an emotion question in the context of the model, which "why?" would ask again."""
    page, data = fixed_page(tmp_path), session_file(tmp_path, "Is she happy?")
    for _ in range(2):  # before and after its photo
        page.apply(page.sessions.open(page.file(data), page.key))
        assert law.SESSION_REFUSED in page.value(page.parts.chat_notice) and page.messages == []
        page.look()
    page.apply(page.sessions.open(page.file(session_file(tmp_path, "What moves?")), page.key))
    assert page.messages[0] == "What moves?" and "happy" not in page.messages[1]
