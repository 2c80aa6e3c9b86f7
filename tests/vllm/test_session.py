"""Conversations through the library, with and without servers."""

from dataclasses import replace

import numpy as np
import pytest
import tiny_models as tiny
import torch
from fake_vllm import serving

import emola
from emola.errors import ChatError
from emola.face.prior import PRIOR_DIM
from emola.model.export import export_language_model


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A checkpoint that reads faces before it answers, and its export."""
    root = tmp_path_factory.mktemp("session")
    config = tiny.resnet_config(prior_dim=PRIOR_DIM, reading="written", title="EmoLA-Tiny")
    folder = tiny.save_checkpoint(root / "model", config, ("tiny",))
    (export,) = export_language_model(folder, root / "out", dtype=torch.float32)
    return folder, root / "out" / export.name


@pytest.fixture
def server(folders):
    with serving(folders[1]) as (only,):
        yield only


@pytest.fixture
def remote(folders, server):
    model = emola.load(folders[0], device="cpu", servers=[server.address])
    yield model
    model.engine.decoder.close()


@pytest.fixture
def face():
    prior = np.random.default_rng(0).normal(size=PRIOR_DIM).astype(np.float32)
    return replace(emola.Face.whole(tiny.face_picture()), prior=prior)


def test_reading_and_answers_are_the_same_with_servers(folders, remote, face):
    records = []
    for model in (emola.load(folders[0], device="cpu"), remote):
        chat = model.chat(face, max_new_tokens=12)
        pieces = list(chat.ask("Which AUs?"))
        assert len(pieces) > 1
        "".join(chat.ask("And AU4?"))
        "".join(chat.edit("And AU25?"))
        records.append([chat.reading, *(turn.answer for turn in chat.turns)])
    assert records[0] == records[1]


def test_the_facts_are_those_of_the_complete_model(folders, remote):
    local = emola.load(folders[0], device="cpu")
    assert remote.info == local.info
    assert remote.adapters == local.adapters
    assert remote.identity() == local.identity()


def test_an_answer_that_broke_off_is_no_turn(remote, server, face):
    chat = remote.chat(face, max_new_tokens=12)
    chat.read()
    server.end_after = 2
    with pytest.raises(ChatError, match="broke off"):
        list(chat.ask("Which AUs?"))
    assert chat.turns == ()
    server.end_after = None
    assert "".join(chat.ask("Which AUs?"))


def test_stop_keeps_what_was_answered(remote, server, face):
    chat = remote.chat(face, max_new_tokens=40)
    chat.read()
    server.delay = 0.05
    for _ in chat.ask("Which AUs?"):
        chat.stop()
    (turn,) = chat.turns
    assert turn.stopped and turn.tokens < 40


def test_the_context_of_the_servers_is_the_limit(folders, server):
    server.context = 400
    model = emola.load(folders[0], device="cpu", servers=[server.address])
    assert model.engine.max_context == 400
    model.engine.decoder.close()
