"""Records, their labels as text, and their training conversations."""

from pathlib import Path

import pytest
from PIL import Image

from emola.data.records import Dataset, ImageFile, Record, sample
from emola.errors import DataError

MISSING_IMAGE = ImageFile(Path("missing.png"))
IMAGE = {"type": "image"}


def text_part(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


@pytest.mark.parametrize(
    "question", ["<image>\nWhat is it?", "What is it?\n<image>", " What is it? <image> "]
)
def test_moves_the_picture_to_the_front(question):
    """As in the published training and evaluation."""
    record = Record("1", MISSING_IMAGE, conversation=(("human", question), ("gpt", " It is\nthis. ")))
    assert record.messages == [
        {"role": "user", "content": [IMAGE, text_part("What is it?")]},
        {"role": "assistant", "content": [text_part(" It is\nthis. ")]},
    ], "only the turn with the picture is stripped"


def test_later_turns_have_no_picture():
    record = Record("1", MISSING_IMAGE, conversation=(("human", "<image>"), ("gpt", "A."), ("human", "And?")))
    assert [message["content"] for message in record.messages] == [
        [IMAGE],
        [text_part("A.")],
        [text_part("And?")],
    ]


@pytest.mark.parametrize(
    ("task", "record", "answer"),
    [
        ("emotion", Record("1", MISSING_IMAGE, emotion="happiness", task="emotion"), "Happiness"),
        ("au", Record("1", MISSING_IMAGE, action_units=(1, 12), task="au"), "AU1, AU12"),
        ("au", Record("1", MISSING_IMAGE, action_units=(), task="au"), "None"),
    ],
)
def test_label_becomes_question_and_answer(task, record, answer):
    question, reply = record.messages
    assert question["content"][0] == IMAGE
    assert question["content"][1]["text"].startswith("What AUs" if task == "au" else "What emotions")
    assert reply == {"role": "assistant", "content": [text_part(answer)]}


def test_no_messages_without_conversation_and_label():
    assert Record("1", MISSING_IMAGE, task="au").messages == []
    assert Record("1", MISSING_IMAGE, emotion="anger").messages == []


def test_formats_labels_as_text():
    record = Record("1", MISSING_IMAGE, emotion="fear", action_units=(1, 2, 25))
    assert (record.label("emotion"), record.label("au")) == ("fear", "1, 2, 25")
    assert (Record("1", MISSING_IMAGE).label("emotion"), Record("1", MISSING_IMAGE).label("au")) == (
        None,
        None,
    )
    assert Record("1", MISSING_IMAGE, action_units=()).label("au") == "", "coded, but no unit is active"


def test_names_an_unreadable_picture(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    for name in ("gone.png", "broken.png"):
        with pytest.raises(DataError, match=rf"The picture .*{name} cannot be read"):
            ImageFile(tmp_path / name).open()
    Image.new("L", (20, 30)).save(tmp_path / "good.png")
    good = ImageFile(tmp_path / "good.png")
    assert (good.open().size, good.open().mode, good.name) == ((20, 30), "RGB", str(tmp_path / "good.png"))


def test_dataset_is_a_sequence_and_a_context_manager():
    released = []
    records = tuple(Record(str(number), MISSING_IMAGE) for number in range(20))
    with Dataset(
        Path("a/bp4d"), "bp4d", "au", records, "test", 2, release=lambda: released.append(1)
    ) as data:
        assert (len(data), data[3].id, [record.id for record in data[:2]], data.name) == (
            20, "3", ["0", "1"], "bp4d/test-2",
        )  # fmt: skip
        first = sample(data, 8, seed=3)
        assert first == sample(data, 8, seed=3) != sample(data, 8, seed=4)
        assert [int(record.id) for record in first] == sorted({int(record.id) for record in first})
        assert sample(data, None) == sample(data, 99) == list(data)
    assert released == [1]
