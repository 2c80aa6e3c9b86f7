"""Two adapters, each on a server of its own, and a page that holds the encoder alone."""

from contextlib import closing
from types import SimpleNamespace

import published_layout as published
import pytest
import tiny_models as tiny
import torch
from fake_vllm import connect_to, serving

from emola.chat import Engine, Sampling
from emola.errors import CheckpointError
from emola.faba.messages import chat_messages
from emola.model import load_checkpoint
from emola.model.encoder import load_encoder
from emola.model.export import export_language_model

ROOM = 16


@pytest.fixture(scope="module")
def converted(tmp_path_factory):
    """A converted checkpoint with its exports, and its encoder."""
    root = tmp_path_factory.mktemp("published")
    folder = root / "model"
    published.convert_parts(published.Reference().write_all(root), folder)
    exports = export_language_model(folder, root / "out", dtype=torch.float32)
    encoder, processor = load_encoder(folder, device="cpu", dtype="float32")
    return SimpleNamespace(
        folder=folder,
        model=encoder,
        processor=processor,
        exports=[root / "out" / export.name for export in exports],
    )


def face(seed):
    picture, prior = published.picture_and_prior(seed)
    return tiny.FakeFace(crop=picture, prior=prior, visibility=None)


def test_each_adapter_answers_on_its_server(converted):
    model, processor = load_checkpoint(converted.folder, device="cpu", dtype="float32")
    local, remote = Engine(model, processor), Engine(converted.model, converted.processor)
    prompt = local.tokenize(chat_messages(question="What AUs are conveyed by this face?"))
    with (
        serving(*converted.exports) as servers,
        closing(connect_to(converted, *reversed(servers))) as decoder,
    ):
        for number, adapter in enumerate(("au", "emotion", "au")):
            seen = face(number)
            tokens = local.generate(1, local.encode(seen, adapter), prompt, max_new_tokens=ROOM)
            encoded = remote.encode(seen, adapter)
            answered = decoder.generate(1, encoded, prompt, ROOM, Sampling(), lambda: False)
            assert list(answered) == list(tokens)
        assert [len(server.answers) for server in servers] == [2, 1]


def test_an_adapter_without_a_server_is_named_at_the_start(converted):
    with (
        serving(converted.exports[0]) as (server,),
        pytest.raises(CheckpointError, match=rf"No server serves {converted.exports[1].name}: start one"),
    ):
        connect_to(converted, server)
