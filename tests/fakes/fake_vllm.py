"""A server that speaks the protocol of vLLM's OpenAI-compatible server, with transformers behind it.

It checks requests as vLLM does, generates with the exported checkpoint, and can fail in many ways.
"""

from __future__ import annotations

import base64
import io
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM

from emola.vllm.connect import connect
from emola.vllm.decoder import VllmDecoder
from emola.vllm.servers import Timeouts

QUICK = Timeouts(connect=2.0, read=5.0, check=5.0, interval=0.1)


class FakeVllm:
    """A server of the export in ``folder``, on a free port of this machine.

    The attributes are read at each request and may be changed meanwhile. model, root: id and path that it
    reports. key: bearer token, None for none. prompt_embeds: whether it was started with
    --enable-prompt-embeds. status: status of completions of more than one token. healthy: answer of /health.
    delay: seconds before each token. break_after: number of tokens after which the connection is reset.
    end_after: number of tokens after which the answer ends without a reason. events: bytes that replace the
    events of an answer. active, aborted: answers in progress, and given up by the client. requests: the
    bodies. connections: the open ones.
    """

    def __init__(self, folder: Path, key: str | None = None) -> None:
        self.llm: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        self.model = self.root = str(folder)
        self.context = self.llm.config.max_position_embeddings
        self.key = key
        self.prompt_embeds = True
        self.status = 200
        self.healthy = True
        self.delay = 0.0
        self.break_after: int | None = None
        self.end_after: int | None = None
        self.events: bytes | None = None
        self.active = self.aborted = 0
        self.requests: list[dict[str, Any]] = []
        self.connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._http: ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the port used before if there was one."""
        handler = type("Handler", (_Handler,), {"fake": self})
        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Close all connections and refuse new ones, as after a kill."""
        if self._http is None:
            return
        self._http.shutdown()
        self._http.server_close()
        self._http = None
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The requests without the trials."""
        return [body for body in self.requests if body["max_tokens"] > 1]

    def count(self, active: int = 0, aborted: int = 0) -> None:
        with self._lock:
            self.active += active
            self.aborted += aborted

    def tokens(self, request: dict[str, Any]) -> Iterator[tuple[int, str | None]]:
        """Yield the tokens of an answer, and the reason of the end with the last."""
        embeds = load_embeds(request["prompt_embeds"], self.llm.config.hidden_size)
        bias = torch.zeros(self.llm.config.vocab_size)
        for token, value in request.get("logit_bias", {}).items():
            bias[int(token)] = value
        generator = torch.Generator().manual_seed(request.get("seed", 0))
        for number in range(1, request["max_tokens"] + 1):
            with torch.no_grad():
                logits = self.llm(inputs_embeds=embeds[None]).logits[0, -1] + bias
            token = choose(logits, request, generator)
            reason = "stop" if token in request["stop_token_ids"] else None
            yield token, reason or ("length" if number == request["max_tokens"] else None)
            if reason:
                return
            embeds = torch.cat([embeds, self.llm.get_input_embeddings().weight[token][None].detach()])


def choose(logits: torch.Tensor, request: dict[str, Any], generator: torch.Generator) -> int:
    if request["temperature"] == 0:
        return int(logits.argmax())
    probabilities = torch.softmax(logits / request["temperature"], -1)
    return int(torch.multinomial(probabilities, 1, generator=generator))


def load_embeds(text: str, hidden: int) -> torch.Tensor:
    """Return the tensor of a request after the checks of vLLM. Raises ValueError."""
    with torch.sparse.check_sparse_tensor_invariants():
        tensor = torch.load(io.BytesIO(base64.b64decode(text, validate=True)), weights_only=True)
    if tensor.layout != torch.strided or not tensor.is_floating_point():
        raise ValueError("not a dense tensor of floating-point numbers")
    if tensor.dim() != 2 or tensor.shape[1] != hidden:
        raise ValueError(f"the shape is {tuple(tensor.shape)}")
    return tensor.float()


class _Reset(Exception):
    """Ends a connection without the end of its answer."""


class _Handler(BaseHTTPRequestHandler):
    """One connection. fake: the server."""

    protocol_version = "HTTP/1.1"
    fake: FakeVllm

    def setup(self) -> None:
        super().setup()
        self.fake.connections.add(self.connection)

    def finish(self) -> None:
        self.fake.connections.discard(self.connection)
        super().finish()

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        fake = self.fake
        if self.path == "/health":
            self.reply(200 if fake.healthy else 503, b"")
        elif not self.authorised():
            self.reply(401, b'{"error": "Unauthorized"}')
        elif self.path == "/v1/models":
            card = {"id": fake.model, "object": "model", "root": fake.root, "max_model_len": fake.context}
            self.reply(200, json.dumps({"object": "list", "data": [card]}).encode())
        else:
            self.reply(404, b"{}")

    def do_POST(self) -> None:
        fake = self.fake
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fake.requests.append(body)
        if not self.authorised():
            self.reply(401, b'{"error": "Unauthorized"}')
        elif fake.status != 200 and body["max_tokens"] > 1:
            self.reply(fake.status, b'{"error": {"message": "no"}}')
        elif problem := self.problem(body):
            self.reply(400, json.dumps({"error": {"message": problem}}).encode())
        else:
            self.stream(body)

    def authorised(self) -> bool:
        return self.fake.key is None or self.headers.get("Authorization") == f"Bearer {self.fake.key}"

    def problem(self, body: dict[str, Any]) -> str | None:
        """Return what vLLM would object to."""
        fake = self.fake
        if self.path != "/v1/completions" or body["model"] != fake.model:
            return "there is no such model"
        if not fake.prompt_embeds:
            return "You must set `--enable-prompt-embeds` to input `prompt_embeds`."
        try:
            length = len(load_embeds(body["prompt_embeds"], fake.llm.config.hidden_size))
        except (ValueError, RuntimeError) as error:
            return str(error)
        if length + body["max_tokens"] > fake.context:
            return "the context is exceeded"
        if not all(0 <= int(token) < fake.llm.config.vocab_size for token in body.get("logit_bias", {})):
            return "logit_bias contains out-of-vocab token ids"
        return None

    def stream(self, body: dict[str, Any]) -> None:
        fake = self.fake
        trial = body["max_tokens"] == 1
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        fake.count(active=1)
        try:
            if fake.events is not None and not trial:
                self.chunk(fake.events)
            else:
                self.answer(body)
            self.wfile.write(b"0\r\n\r\n")
        except _Reset:
            self.close_connection = True
        except OSError:
            fake.count(aborted=1)
            self.close_connection = True
        finally:
            fake.count(active=-1)

    def answer(self, body: dict[str, Any]) -> None:
        fake = self.fake
        for number, (token, reason) in enumerate(fake.tokens(body)):
            if fake.delay:
                time.sleep(fake.delay)
            if number == fake.break_after:
                self.reset()
            if number == fake.end_after:
                return
            self.chunk(event(token, reason, first=number == 0))
        self.chunk(b"data: [DONE]\n\n")

    def reset(self) -> None:
        """Reset the connection, as the system does for a process that was killed."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _Reset

    def chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def event(token: int, reason: str | None = None, *, first: bool = False) -> bytes:
    """Return the event of one token, as vLLM 0.32 sends it."""
    choice = {
        "index": 0,
        "text": "" if reason == "stop" else "a",
        "logprobs": None,
        "finish_reason": reason,
        "stop_reason": None,
        "prompt_token_ids": [0, 0] if first else None,
        "token_ids": [token],
    }
    body = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


@contextmanager
def serving(*folders: Path, key: str | None = None) -> Iterator[list[FakeVllm]]:
    """Serve exports until the end of the block."""
    servers = [FakeVllm(folder, key) for folder in folders]
    try:
        yield servers
    finally:
        for server in servers:
            server.stop()


def connect_to(exported: Any, *servers: FakeVllm, timeouts: Timeouts = QUICK) -> VllmDecoder:
    """Return a decoder for a checkpoint. exported: has the attributes model, processor and folder."""
    addresses = [server.address for server in servers]
    return connect(exported.model, exported.processor, exported.folder, addresses, timeouts=timeouts)
