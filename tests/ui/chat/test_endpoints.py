"""The programmatic endpoints, called with Gradio's client on a running server."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from ui_fakes import ANSWERS, FakeModel, LoadingModel, drawing, save

from emola.limits import Limits
from emola.ui.serving.server import PageServer
from emola.ui.serving.temp_folder import temp_folder
from emola.ui.shared import messages
from emola.ui.shared.model_handle import ModelHandle

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = PageServer(ModelHandle.of(FakeModel(faces=2, pause=0.01)), {})
    yield server.launch(quiet=True)
    server.close()


@pytest.fixture
def client(url: str) -> Client:
    return Client(url, verbose=False)


@pytest.fixture
def photo(tmp_path: Path) -> Any:
    return handle_file(str(save(drawing(2), tmp_path)))


def test_exposes_the_functions_for_programs_with_named_parameters(client: Client) -> None:
    """Guards against exposing the handlers of the page."""
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    names = {
        name: [p["parameter_name"] for p in endpoint["parameters"]] for name, endpoint in endpoints.items()
    }
    assert names == {"/look": ["photo"], "/ask": ["question", "face"], "/evidence": ["face", "answer"]}


def test_look_then_ask_then_follow_up(client: Client, photo: Any) -> None:
    """Guards against a follow-up without its conversation."""
    found = client.predict(photo, api_name="/look")
    assert found["model"] == "EmoLA-Nano"
    assert [face["face"] for face in found["faces"]] == [1, 2]
    assert client.predict("Which action units?", 1, api_name="/ask") in ANSWERS
    assert client.predict("And AU12?", api_name="/ask") in ANSWERS


def test_evidence_compares_an_answer_with_the_measurement(client: Client, photo: Any) -> None:
    """Guards against evidence for another face, and a comparison that replaces the conversation."""
    client.predict(photo, api_name="/look")
    answer = client.predict("Which action units?", 2, api_name="/ask")
    found = client.predict(2, "AU12 is active, AU25 is not active.", api_name="/evidence")
    units = {unit["au"]: unit for unit in found["units"]}
    assert (found["face"], found["measured"]) == (2, True)
    assert (units[12]["said"], units[12]["verdict"]) == (True, "agree")
    assert (units[25]["said"], units[25]["verdict"]) == (False, "disagree")
    assert client.predict("And now?", 2, api_name="/ask") != answer


def test_evidence_needs_no_parameters(client: Client, photo: Any) -> None:
    client.predict(photo, api_name="/look")
    found = client.predict(api_name="/evidence")
    assert found["face"] == 1 and {unit["verdict"] for unit in found["units"]} == {None}


def test_an_answer_is_streamed(client: Client, photo: Any) -> None:
    """Guards against returning only the complete answer."""
    client.predict(photo, api_name="/look")
    job = client.submit("q", 2, api_name="/ask")
    final = job.result(timeout=60)
    outputs = job.outputs()
    assert len(outputs) > 3
    assert all(final.startswith(text) for text in outputs)


def test_invalid_input_raises_a_readable_error(client: Client, tmp_path: Path) -> None:
    """Guards against "An error occurred" for mistakes of the caller."""
    for name, arguments in (("/ask", ["q"]), ("/evidence", [])):
        with pytest.raises(AppError, match="Choose a photo first"):
            client.predict(*arguments, api_name=name)
    with pytest.raises(AppError, match="No face was found"):
        client.predict(handle_file(str(save(drawing(0), tmp_path))), api_name="/look")
    client.predict(handle_file(str(save(drawing(2), tmp_path))), api_name="/look")
    for name, arguments in (("/ask", ["q", 3]), ("/evidence", [3])):
        with pytest.raises(AppError, match="no face 3"):
            client.predict(*arguments, api_name=name)
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    with pytest.raises(AppError, match="not a picture"):
        client.predict(handle_file(str(text)), api_name="/look")


@pytest.mark.parametrize("face", [None, ""])
def test_a_missing_face_number_selects_the_largest_face(client: Client, photo: Any, face: Any) -> None:
    """Guards against a bare "Error" for an empty number."""
    client.predict(photo, api_name="/look")
    assert client.predict("q", face, api_name="/ask") in ANSWERS


@pytest.mark.parametrize("face", [0, 1.5, "second"])
def test_rejects_an_invalid_face_number(client: Client, photo: Any, face: Any) -> None:
    """Guards against a bare "Error", and selecting another face."""
    client.predict(photo, api_name="/look")
    with pytest.raises(AppError, match="no face 0" if face == 0 else "not the number of a face"):
        client.predict("q", face, api_name="/ask")


def test_programs_wait_in_the_queue(photo: Any) -> None:
    """Guards against exceeding the concurrency, and questions that are never answered."""
    model = FakeModel(pause=0.01)
    server = PageServer(ModelHandle.of(model), {}, concurrency=1)
    url = server.launch(quiet=True)
    clients = [Client(url, verbose=False) for _ in range(2)]
    for client in clients:
        client.predict(photo, api_name="/look")
    jobs = [client.submit("q", api_name="/ask") for client in clients]
    assert {job.result(timeout=60) for job in jobs} == set(ANSWERS[:2])
    server.close()


@pytest.mark.parametrize("meta", [{}, {"meta": {"_type": "gradio.FileData"}}], ids=["bare", "with meta"])
@pytest.mark.parametrize(
    "path", ["FILE", "/dev/zero", "FIFO", "http://127.0.0.1:PORT/secret.png", "file://FILE"]
)
def test_rejects_paths_and_addresses_that_are_not_uploads(
    url: str, tmp_path: Path, path: str, meta: dict[str, Any], addresses: list[str]
) -> None:
    """Guards against reading server files, reading endless devices and fetching URLs."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    secret = save(drawing(2), tmp_path, "secret.png")
    port = addresses.pop()
    path = path.replace("FILE", str(secret)).replace("FIFO", str(fifo)).replace("PORT", port)
    answer = httpx.post(f"{url}gradio_api/call/look", json={"data": [{"path": path, **meta}]})
    assert (answer.status_code, answer.text) == (400, messages.BAD_REQUEST)
    assert addresses == []


@pytest.fixture
def addresses() -> Iterator[list[str]]:
    """A second server; yields a list of its port, followed by the paths requested from it."""
    requested: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        requested.append(str(server.server_port))
        yield requested
        server.shutdown()


def test_no_event_accepts_a_file(url: str, tmp_path: Path, addresses: list[str]) -> None:
    """Guards against inputs through which Gradio would download a URL."""
    port = addresses.pop()
    for path in (str(save(drawing(2), tmp_path)), f"http://127.0.0.1:{port}/secret.png"):
        file = {"path": path, "meta": {"_type": "gradio.FileData"}}
        for dependency in httpx.get(f"{url}config").json()["dependencies"]:
            for index in range(len(dependency["inputs"])):
                data: list[Any] = [None] * len(dependency["inputs"])
                data[index] = [{"nested": file}] if index else file
                body = {"fn_index": dependency["id"], "session_hash": "attack", "data": data}
                assert httpx.post(f"{url}gradio_api/queue/join", json=body).status_code == 400
    assert addresses == []


def test_reports_an_expired_upload(url: str) -> None:
    """Guards against a bare error for an expired photo, and reading other files of the folder."""
    for path in (temp_folder() / "in-use.lock", temp_folder() / "x" / "photo"):
        call = httpx.post(f"{url}gradio_api/call/look", json={"data": [{"path": str(path)}]}).json()
        answer = httpx.get(f"{url}gradio_api/call/look/{call['event_id']}", timeout=20).text
        assert messages.NOT_UPLOADED in answer and "landmarks" not in answer


def test_a_program_waits_for_the_model_until_a_timeout(photo: Any) -> None:
    loading = LoadingModel(FakeModel())
    server = PageServer(loading.handle, {}, limits=Limits(model_wait=1.0))
    client = Client(server.launch(quiet=True), verbose=False)
    with pytest.raises(AppError, match="EmoLA-Nano is still loading; try again"):
        client.predict(photo, api_name="/look")
    job = client.submit(photo, api_name="/look")
    loading.finish()
    assert len(job.result(timeout=60)["faces"]) == 1
    server.close()
