"""Movement-only mode on the served page: no emotion word in any response, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from page_client import PageClient
from ui_fakes import FakeModel, drawing

from emola.faba.emotion_words import TOKEN, emotion_spans
from emola.limits import Limits
from emola.ui.serving.server import PageServer
from emola.ui.shared import law
from emola.ui.shared.model_handle import ModelHandle

pytestmark = pytest.mark.slow

READING = "Happiness clear, then surprise."
ANSWER = "The face looks HAPPY and un-afraid: the cheeks are raised (AU6). It shows joy."
JSON_ANSWER = '{"action_units": {"AU12": "D"}, "emotion": "sadness", "isAngry": false}'


@pytest.fixture
def client() -> Iterator[PageClient]:
    model = FakeModel(answers=([*READING.encode(), 259], ANSWER, JSON_ANSWER), given="AU12 D.")
    server = PageServer(ModelHandle.of(model), {}, limits=Limits(sweep=0.05), movement_only=True)
    client = PageClient(server.launch(quiet=True))
    with client.open():
        buffer = BytesIO()
        drawing().save(buffer, "JPEG")
        client.look(buffer.getvalue())
        yield client
    server.close()


def named(response: str) -> list[str]:
    """Return the emotion words of a response; "content" is a key of its messages."""
    text = response.replace('"content"', "")
    return [token.group() for token in TOKEN.finditer(text) if emotion_spans(token.group())]


def test_no_emotion_word_reaches_the_page(client: PageClient) -> None:
    assert named(client.after("photo", "input")) == []  # the reading
    for _ in range(2):
        response = client.ask("What does the mouth do?")
        assert "withheld" in response
        assert named(response) == []


def test_a_question_for_an_emotion_is_refused_and_kept(client: PageClient) -> None:
    response = client.ask("Which emotion is it?")
    assert law.EMOTION_REFUSED.split("“")[0] in response
    assert "AU6" not in response
