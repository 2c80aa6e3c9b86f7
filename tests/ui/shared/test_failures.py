"""Errors and poor views in one sentence each."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from emola.errors import ChatError, CheckpointError, DownloadError, EmolaError, ImageError, NoFaceError
from emola.face import Face, load_image
from emola.face.image.decoding import check_size
from emola.face.visibility import Visibility
from emola.files import asset
from emola.ui.shared import failures, messages
from emola.ui.shared.message import Message

CLEAR = Visibility(size=200, brightness=0.5, contrast=0.2, sharpness=0.3, yaw=0, pitch=0)


class OutOfMemoryError(RuntimeError):
    """Named like PyTorch's, which needs a GPU."""


def raised(call: object, *args: object) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        call(*args)  # type: ignore[operator]
    return caught.value


def seen(**changes: object) -> list[str]:
    face = Face.whole(Image.fromarray(np.zeros((20, 20, 3), np.uint8)))
    return failures.view(replace(face, visibility=replace(CLEAR, **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NoFaceError(messages.NO_FACE), messages.NO_FACE),
        (ChatError(failures.queue_full(3)), failures.queue_full(3)),
        (MemoryError(), failures.OUT_OF_MEMORY),
        (OutOfMemoryError("CUDA out of memory. Tried to allocate"), failures.OUT_OF_MEMORY),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), failures.OUT_OF_MEMORY),
        (TimeoutError(), failures.TIMED_OUT),
        (asyncio.TimeoutError(), failures.TIMED_OUT),
        (KeyError("x"), messages.DEFECT),
        (RuntimeError("CUDA error"), messages.DEFECT),
    ],
)
def test_every_error_is_a_message(error: BaseException, sentence: str) -> None:
    found = failures.explain(error)
    assert found == sentence
    assert isinstance(found, Message)


@pytest.mark.parametrize(
    "error",
    [
        CheckpointError("There is no checkpoint at x; give its folder."),
        DownloadError("face.task is not on this machine; run emola fetch face."),
        ChatError("The question is empty; type one."),
    ],
)
def test_keeps_the_sentences_of_lower_layers(error: EmolaError) -> None:
    assert failures.explain(error) == str(error)


def test_a_file_that_is_no_picture_says_what_to_do() -> None:
    sentence = failures.explain(raised(load_image, b"no picture"))
    assert "not a picture" in sentence and sentence.endswith("; choose another photo.")


def test_an_oversized_photo_says_what_to_do() -> None:
    sentence = failures.explain(raised(check_size, 20_000, 20_000))
    assert "too large" in sentence and sentence.endswith("; choose another photo.")


def test_a_photo_without_memory_for_it_says_what_to_do() -> None:
    error = ImageError("The file cannot be read: there is not enough memory for it.")
    error.__cause__ = MemoryError()
    assert failures.explain(error) == failures.PHOTO_OUT_OF_MEMORY


def test_logs_only_what_is_unexpected(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        failures.explain(ChatError("The question is empty; type one."))
        assert not caplog.records
        failures.explain(ZeroDivisionError("x"))
    assert caplog.records[0].exc_info


def test_no_face_in_a_tiny_photo_names_its_size() -> None:
    assert "64 x 48" in failures.no_face(64, 48)
    assert failures.no_face(640, 480) == messages.NO_FACE


def test_a_full_queue_names_the_position() -> None:
    sentence = failures.queue_full(20)
    assert "20 questions" in sentence and "number 21" in sentence
    sentence = failures.queue_full(1)
    assert "one question is waiting" in sentence and "number 2" in sentence


def test_a_clear_face_has_no_sentence() -> None:
    assert seen() == []
    assert failures.view(Face.whole(Image.fromarray(np.zeros((20, 20, 3), np.uint8)))) == []


POOR: list[tuple[dict[str, object], str]] = [
    ({"size": 23.4}, "23 pixels"),
    ({"yaw": 48.2}, "48°"),
    ({"yaw": 48.2}, "left half"),
    ({"yaw": -48.2}, "right half"),
    ({"pitch": 30.4}, "30° down"),
    ({"pitch": -30.4}, "30° up"),
    ({"contrast": 0.01, "brightness": 0.1}, "too dark"),
    ({"contrast": 0.01, "brightness": 0.9}, "too bright"),
    ({"contrast": 0.01}, "too little contrast"),
    ({"sharpness": 0.02}, "blurred"),
    ({"covered": frozenset({"mouth_left", "mouth_right"})}, "The mouth is covered"),
    ({"covered": frozenset({"eye_left", "eye_right"})}, "The eyes are covered"),
    ({"covered": frozenset({"brow_left", "brow_right"})}, "The brows are covered"),
    ({"covered": frozenset({"eye_left"})}, "The left eye is covered"),
    ({"covered": frozenset({"mouth_right"})}, "The right side of the mouth is covered"),
    ({"covered": frozenset({"brow_right"})}, "The right brow is covered"),
    ({"covered": frozenset({"nose"})}, "The nose is covered"),
    ({"outside": frozenset({"mouth_left"})}, "outside the picture"),
]
ADVICE = ("; choose a", "; take away", "so it is judged by the")


def test_a_poor_view_says_what_is_wrong_and_what_helps() -> None:
    for changes, words in POOR:
        (sentence,) = seen(**changes)
        assert words in sentence
        assert any(advice in sentence for advice in ADVICE), sentence


def test_names_at_most_three_problems_the_hidden_parts_first() -> None:
    sentences = seen(size=20, yaw=40, pitch=40, covered=frozenset({"nose"}), outside=frozenset({"brow_left"}))
    assert len(sentences) == 3
    assert "outside" in sentences[0] and "nose" in sentences[1]


def test_the_connection_notice_is_hidden_at_first() -> None:
    html = failures.connection()
    assert 'id="connection" role="alert" hidden' in html
    assert 'id="reload"' in html


def test_the_script_and_the_style_know_the_elements() -> None:
    """Guards against a renamed element that nothing hides or shows."""
    script = asset("visit.js").read_text(encoding="utf-8")
    style = asset("styles/notices.css").read_text(encoding="utf-8")
    for name in ("agree", "erase", "reload"):
        assert f'"#{name}"' in script
    for name in ("connection", "consent", "photo", "examples", "too-large"):
        assert f"#{name}" in style
    assert '"#too-large [data-limit]"' in asset("page.js").read_text(encoding="utf-8")


def test_the_notice_about_a_large_photo_has_the_limit() -> None:
    html = failures.oversized(20 * 2**20)
    assert 'data-limit="20971520" hidden>' in html and "20 MB" in html
