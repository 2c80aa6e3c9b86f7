"""The tools for language models: the functions of the endpoints, with the conversation as a parameter."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.errors import ChatError, ImageError
from emola.limits import Limits
from emola.ui.chat.endpoints import Endpoints
from emola.ui.chat.mcp_tools import PHOTO_FORM, mcp_tools
from emola.ui.serving.uploads import Uploads
from emola.ui.shared.model_handle import ModelHandle
from emola.ui.visits.answer_queue import AnswerQueue
from emola.ui.visits.visit_store import VisitStore

LIMITS = Limits(upload_bytes=100_000)
Tools = dict[str, Callable[..., Any]]


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    return Uploads(tmp_path, LIMITS)


@pytest.fixture
def tools(uploads: Uploads) -> Tools:
    model = ModelHandle.of(FakeModel(faces=2))
    endpoints = Endpoints(model, VisitStore(), uploads, AnswerQueue(1), LIMITS)
    return {tool.__name__: tool for tool in mcp_tools(endpoints, uploads, LIMITS)}


@pytest.fixture
def photo(tmp_path: Path) -> bytes:
    return save(drawing(2), tmp_path).read_bytes()


def look(tools: Tools, photo: bytes) -> dict[str, Any]:
    found = tools["look"](photo=base64.b64encode(photo).decode())
    assert isinstance(found, dict)
    return found


def test_language_models_read_what_each_tool_takes(tools: Tools) -> None:
    """Guards against tools and parameters without a description."""
    schemas = {name: TypeAdapter(tool).json_schema() for name, tool in tools.items()}
    assert {name: schema["required"] for name, schema in schemas.items()} == {
        "look": ["photo"],
        "ask": ["conversation", "question"],
        "evidence": ["conversation"],
    }
    for name, schema in schemas.items():
        assert tools[name].__doc__
        assert all(parameter["description"] for parameter in schema["properties"].values())


def test_look_then_ask_then_evidence(tools: Tools, photo: bytes) -> None:
    found = look(tools, photo)
    assert [face["face"] for face in found["faces"]] == [1, 2]
    assert "landmarks" not in found["faces"][0]
    conversation = found["conversation"]
    answer = tools["ask"](conversation=conversation, question="Which action units are active?", face=2)
    assert answer == ANSWERS[0]
    assert tools["ask"](conversation=conversation, question="And AU12?", face=2) == ANSWERS[1]
    evidence = tools["evidence"](conversation=conversation, face=2, answer=answer)
    assert isinstance(evidence, dict)
    assert {unit["au"]: unit["verdict"] for unit in evidence["units"]}[12] == "agree"


def test_clients_do_not_share_a_photo(tools: Tools, photo: bytes) -> None:
    """Guards against a client that asks about the photo of another."""
    first, second = look(tools, photo), look(tools, photo)
    assert first["conversation"] != second["conversation"]
    with pytest.raises(ChatError):
        tools["ask"](conversation="", question="Which action units are active?")
    with pytest.raises(ChatError):
        tools["ask"](conversation="guessed", question="Which action units are active?")


@pytest.mark.parametrize("form", ["{path}", "http://127.0.0.1:7860/gradio_api/file={path}"])
def test_takes_the_path_of_an_upload_once(tools: Tools, uploads: Uploads, photo: bytes, form: str) -> None:
    given = form.format(path=uploads.add(photo, "127.0.0.1"))
    found = tools["look"](photo=given)
    assert isinstance(found, dict) and len(found["faces"]) == 2
    with pytest.raises(ImageError, match="not on the server any more"):
        tools["look"](photo=given)


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,", "data:;base64,"])
def test_takes_base64_with_line_ends(tools: Tools, photo: bytes, prefix: str) -> None:
    found = tools["look"](photo=prefix + base64.encodebytes(photo).decode())
    assert isinstance(found, dict) and len(found["faces"]) == 2


@pytest.mark.parametrize(
    "text", ["/etc/passwd", "http://127.0.0.1:9/a.jpg", "file:///etc/passwd", "photo.jpg", "größe"]
)
def test_reads_no_files_and_fetches_no_addresses(tools: Tools, text: str) -> None:
    """Guards against reading files of the server, and requests to other hosts."""
    with pytest.raises(ImageError) as refused:
        tools["look"](photo=text)
    assert str(refused.value) == PHOTO_FORM


def test_rejects_a_picture_that_is_too_large(tools: Tools) -> None:
    with pytest.raises(ImageError, match="too large"):
        tools["look"](photo=base64.b64encode(bytes(100_001)).decode())


@pytest.mark.parametrize("text", ["", "aGVsbG8="])
def test_rejects_what_is_no_picture(tools: Tools, text: str) -> None:
    with pytest.raises(ImageError):
        tools["look"](photo=text)
