"""Chat-template messages of a conversation."""

from emola.faba.messages import chat_messages, message, opening

IMAGE = {"type": "image"}


def text_part(text):
    return {"type": "text", "text": text}


def test_the_image_precedes_the_first_question_only():
    assert chat_messages([("Which AUs?", "AU12."), ("Why?", "The smile.")], "And AU6?") == [
        {"role": "user", "content": [IMAGE, text_part("Which AUs?")]},
        {"role": "assistant", "content": [text_part("AU12.")]},
        {"role": "user", "content": [text_part("Why?")]},
        {"role": "assistant", "content": [text_part("The smile.")]},
        {"role": "user", "content": [text_part("And AU6?")]},
    ]


def test_a_single_question_carries_the_image():
    assert chat_messages(question="Why?") == [{"role": "user", "content": [IMAGE, text_part("Why?")]}]


def test_a_finished_conversation_ends_with_an_answer():
    assert [turn["role"] for turn in chat_messages([("Why?", "So.")])] == ["user", "assistant"]


def test_an_empty_conversation_has_no_messages():
    assert chat_messages() == []


def test_a_message_may_consist_of_an_image():
    assert message("user", "", image=True) == {"role": "user", "content": [IMAGE]}
    assert message("user", "") == {"role": "user", "content": [text_part("")]}


def test_a_conversation_may_open_with_the_reading_of_the_face():
    turns = [opening("AU12 D.", "Happiness clear."), ("Why?", "The smile.")]
    first, reading, *_ = chat_messages(turns)
    assert first["content"] == [IMAGE, text_part("AU12 D.\nRead the face.")]
    assert reading["content"] == [text_part("Happiness clear.")]


def test_an_opening_without_given_facts_asks_only():
    assert opening("", "No units.") == ("Read the face.", "No units.")
