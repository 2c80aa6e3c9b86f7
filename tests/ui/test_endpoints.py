"""The endpoints that programs use, through Gradio's own client, on a page that is really served."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from ui_fakes import ANSWERS, FakeModel, drawing, save

from emola.ui.page import build_page


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    page = build_page(FakeModel(faces=2, pause=0.01), {})
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, run_history=False)
    yield url
    page.close()


@pytest.fixture
def client(url: str) -> Client:
    return Client(url, verbose=False)


@pytest.fixture
def photo(tmp_path: Path) -> Any:
    return handle_file(str(save(drawing(2), tmp_path)))


def test_the_names_are_those_a_person_would_choose(client: Client) -> None:
    """A bug guarded: buttons of the page listed as "lambda_3", and their handlers open to programs."""
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) == {"/look", "/ask"}
    names = {name: [p["parameter_name"] for p in one["parameters"]] for name, one in endpoints.items()}
    assert names == {"/look": ["photo"], "/ask": ["question", "face"]}


def test_look_then_ask_then_follow_up(client: Client, photo: Any) -> None:
    """A bug guarded: each call a conversation of its own, so that a follow-up refers to nothing."""
    found = client.predict(photo, api_name="/look")
    assert found["model"] == "EmoLA-Nano"
    assert [face["face"] for face in found["faces"]] == [1, 2]
    assert client.predict("Which action units?", 1, api_name="/ask") in ANSWERS
    assert client.predict("And AU12?", api_name="/ask") in ANSWERS


def test_an_answer_is_streamed(client: Client, photo: Any) -> None:
    """A bug guarded: programs waiting for the whole answer."""
    client.predict(photo, api_name="/look")
    job = client.submit("q", 2, api_name="/ask")
    final = job.result(timeout=60)
    seen = job.outputs()
    assert len(seen) > 3
    assert all(final.startswith(text) for text in seen)


def test_mistakes_are_told_in_a_sentence(client: Client, tmp_path: Path) -> None:
    """A bug guarded: "An error occurred" for what the caller could put right."""
    with pytest.raises(AppError, match="Choose a photo first"):
        client.predict("q", api_name="/ask")
    with pytest.raises(AppError, match="No face was found"):
        client.predict(handle_file(str(save(drawing(0), tmp_path))), api_name="/look")
    client.predict(handle_file(str(save(drawing(2), tmp_path))), api_name="/look")
    with pytest.raises(AppError, match="no face 3"):
        client.predict("q", 3, api_name="/ask")
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    with pytest.raises(AppError, match="not a picture"):
        client.predict(handle_file(str(text)), api_name="/look")


@pytest.mark.parametrize("face", [None, ""])
def test_no_face_number_is_the_largest_face(client: Client, photo: Any, face: Any) -> None:
    """A bug guarded: a bare "Error" for a number left empty."""
    client.predict(photo, api_name="/look")
    assert client.predict("q", face, api_name="/ask") in ANSWERS


@pytest.mark.parametrize("face", [0, 1.5, "second"])
def test_what_is_no_face_number_is_told_in_a_sentence(client: Client, photo: Any, face: Any) -> None:
    """A bug guarded: a bare "Error", or another face than was meant."""
    client.predict(photo, api_name="/look")
    with pytest.raises(AppError, match="no face 0" if face == 0 else "not the number of a face"):
        client.predict("q", face, api_name="/ask")


def test_a_program_waits_for_a_place_as_a_page_does(photo: Any) -> None:
    """A bug guarded: programs answered beyond the number of answers at once, or never."""
    model = FakeModel(pause=0.01)
    page = build_page(model, {}, concurrency=1)
    _, url, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, run_history=False)
    clients = [Client(url, verbose=False) for _ in range(2)]
    for client in clients:
        client.predict(photo, api_name="/look")
    jobs = [client.submit("q", api_name="/ask") for client in clients]
    assert {job.result(timeout=60) for job in jobs} == set(ANSWERS[:2])
    page.close()


def test_another_file_of_the_server_cannot_be_looked_at(url: str, tmp_path: Path) -> None:
    """A bug guarded: reading pictures of the server by naming their path, as the own client would not."""
    path = save(drawing(2), tmp_path, "secret.png")
    secret = {"path": str(path), "meta": {"_type": "gradio.FileData"}}
    call = httpx.post(f"{url}gradio_api/call/look", json={"data": [secret]}).json()
    answer = httpx.get(f"{url}gradio_api/call/look/{call['event_id']}").text
    assert "event: error" in answer
    assert "landmarks" not in answer
