"""Answers of a real vLLM, which ``benchmarks/vllm_environment.py`` installs, equal those of the engine.

EMOLA_VLLM_PYTHON names its interpreter; without it, these tests are skipped. Run them in one process
(``-n 0``), since every process starts servers of its own, which takes a minute.
"""

import os
import re
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from types import SimpleNamespace

import httpx
import published_layout as published
import pytest
import tiny_models as tiny
import torch

import emola
from emola import downloads
from emola.chat import Engine, Sampling
from emola.errors import ChatError
from emola.faba.messages import chat_messages
from emola.model import load_checkpoint
from emola.model.encoder import load_encoder
from emola.model.export import export_language_model
from emola.model.loading import NANO
from emola.vllm.addresses import KEY_VARIABLE
from emola.vllm.connect import connect

PYTHON = os.environ.get("EMOLA_VLLM_PYTHON")
KEY = "key-of-the-tests"
START_S = 600
ROOM = 48

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON, reason="EMOLA_VLLM_PYTHON does not name an interpreter with vLLM"),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def vllm(export, log, context=1024):
    """Serve an export with vLLM; yields the process with the attributes address and log."""
    port = free_port()
    command = [PYTHON, "-m", "vllm.entrypoints.openai.api_server", "--model", str(export)]
    command += ["--enable-prompt-embeds", "--dtype", "float32", "--enforce-eager"]
    command += ["--max-model-len", str(context), "--max-num-seqs", "4"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    settings = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    environment = {**os.environ, **settings, "VLLM_API_KEY": KEY}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdout=stream, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
    try:
        yield SimpleNamespace(process=process, address=f"http://127.0.0.1:{port}", log=log)
    finally:
        kill(process)


def kill(process):
    """Kill a server with its engine process, as ``kill -9`` does."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(*servers):
    """Wait until servers are healthy."""
    deadline = time.monotonic() + START_S
    for server in servers:
        while not is_healthy(server.address):
            assert server.process.poll() is None, server.log.read_text("utf-8", "replace")[-3000:]
            assert time.monotonic() < deadline, server.log.read_text("utf-8", "replace")[-3000:]
            time.sleep(0.5)


def is_healthy(address):
    try:
        return httpx.get(f"{address}/health", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def running(server):
    """Return the number of requests that a server generates."""
    text = httpx.get(f"{server.address}/metrics", trust_env=False).text
    return sum(float(value) for value in re.findall(r"^vllm:num_requests_running\{.*\} (\S+)$", text, re.M))


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, KEY)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A converted checkpoint in the published layout with heads of 64, which vLLM needs, and two servers."""
    root = tmp_path_factory.mktemp("published")
    shape = published.Shape(hidden=128, inner=192, heads=2, kv_heads=2)
    published.convert_parts(published.Reference(shape).write_all(root), root / "model", names=["au"])
    (export,) = export_language_model(root / "model", root / "out", dtype=torch.float32)
    model, processor = load_checkpoint(root / "model", device="cpu", dtype="float32")
    encoder, _ = load_encoder(root / "model", device="cpu", dtype="float32")
    with ExitStack() as stack:
        folder = root / "out" / export.name
        servers = [stack.enter_context(vllm(folder, root / f"{n}.log", context=512)) for n in range(2)]
        wait_for(*servers)
        yield SimpleNamespace(
            folder=root / "model",
            engine=Engine(model, processor),
            encoder=Engine(encoder, processor),
            servers=servers,
        )


def connected(small, *servers):
    addresses = [server.address for server in servers]
    return closing(connect(small.encoder.model, small.encoder.processor, small.folder, addresses))


def face(seed):
    picture, prior = published.picture_and_prior(seed)
    return tiny.FakeFace(crop=picture, prior=prior, visibility=None)


def both(small, decoder, seed, sampling=None, forbidden=()):
    """Return the tokens of an answer by the engine and by the servers."""
    sampling = sampling or Sampling()
    prompt = small.engine.tokenize(chat_messages(question="What AUs are conveyed by this face?"))
    tokens = []
    for engine in (small.engine, small.encoder):
        encoded = engine.encode(face(seed))
        encoded = replace(encoded, forbidden=encoded.forbidden | set(forbidden))
        if engine is small.engine:
            answer = engine.generate(1, encoded, prompt, max_new_tokens=ROOM, sampling=sampling)
        else:
            answer = decoder.generate(1, encoded, prompt, ROOM, sampling, lambda: False)
        tokens.append(list(answer))
    return tokens


def test_greedy_tokens_of_a_published_checkpoint(small):
    with connected(small, *small.servers) as decoder:
        for seed in range(5):
            ours, theirs = both(small, decoder, seed)
            assert theirs == ours and len(ours) > 5


def test_forbidden_tokens_and_repetitions(small):
    with connected(small, small.servers[0]) as decoder:
        ours, _ = both(small, decoder, 0)
        ours, theirs = both(small, decoder, 0, forbidden=ours[:2])
        assert theirs == ours
        ours, theirs = both(small, decoder, 0, Sampling(no_repeat=2))
        assert theirs == ours


def test_a_seed_repeats_an_answer(small):
    sampling = Sampling(temperature=1.5, top_p=0.9, seed=3)
    with connected(small, small.servers[0]) as decoder:
        answers = [both(small, decoder, 0, sampling)[1] for _ in range(2)]
    assert answers[0] == answers[1] and answers[0]


def test_a_stop_ends_the_request_on_the_server(small):
    server = small.servers[0]
    prompt = small.encoder.tokenize(chat_messages(question="Why?"))
    with connected(small, server) as decoder:
        encoded = small.encoder.encode(face(1))
        stops = []
        tokens = decoder.generate(1, encoded, prompt, 300, Sampling(), lambda: len(stops) > 0)
        next(tokens)
        stops.append(True)
        assert list(tokens) == []
        deadline = time.monotonic() + 20
        while running(server):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_killed_server_costs_its_answer_only(small):
    """Kills the second server, so this is the last test that uses it."""
    prompt = small.encoder.tokenize(chat_messages(question="Why?"))
    with connected(small, *small.servers) as decoder:
        answers = []
        for owner in range(2):
            encoded = small.encoder.encode(face(owner))
            answers.append(decoder.generate(owner, encoded, prompt, 300, Sampling(), lambda: False))
        started = [next(answer) for answer in answers]
        kill(small.servers[1].process)
        results = []
        for first, answer in zip(started, answers, strict=True):
            try:
                results.append([first, *answer])
            except ChatError as error:
                results.append(str(error))
        texts = [result for result in results if isinstance(result, str)]
        assert len(texts) <= 1, results
        assert all("broke off" in text for text in texts)
        for seed in range(3):
            ours, theirs = both(small, decoder, seed)
            assert theirs == ours


@pytest.mark.network
def test_a_conversation_with_nano(tmp_path):
    """The reading and two answers about a photo, streamed through the library."""
    (export,) = export_language_model(NANO, tmp_path / "out", dtype=torch.float32)
    photo = downloads.path("astronaut.png")
    answers = []
    with vllm(tmp_path / "out" / export.name, tmp_path / "log", context=2048) as server:
        wait_for(server)
        for servers in ([], [server.address]):
            model = emola.load("nano", device="cpu", dtype="float32", servers=servers)
            chat = model.chat(model.look(photo)[0], max_new_tokens=ROOM)
            pieces = list(chat.ask("Which emotion does this face show, and why?"))
            assert len(pieces) > 3
            list(chat.ask("Is AU12 active?"))
            answers.append([chat.reading, *(turn.answer for turn in chat.turns)])
            model.engine.decoder.close()
    assert answers[0] == answers[1]
