"""A tiny checkpoint, its export, and servers of it."""

from types import SimpleNamespace

import pytest
import tiny_models as tiny
import torch
from fake_vllm import connect_to, serving

from emola.chat import Engine
from emola.model import load_checkpoint
from emola.model.export import export_language_model


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """A checkpoint with one adapter: folder, model, processor and engine, and the folder of its export."""
    root = tmp_path_factory.mktemp("vllm")
    folder = tiny.save_checkpoint(root / "model", tiny.clip_config(prior_tokens=2), ("tiny",))
    model, processor = load_checkpoint(folder, device="cpu", dtype="float32")
    (facts,) = export_language_model(folder, root / "exports", dtype=torch.float32)
    engine = Engine(model, processor)
    return SimpleNamespace(
        folder=folder, model=model, processor=processor, engine=engine, export=root / "exports" / facts.name
    )


@pytest.fixture
def servers(exported):
    """Two servers of the export."""
    with serving(exported.export, exported.export) as pair:
        yield pair


@pytest.fixture
def decoder(exported, servers):
    """A decoder that uses both servers."""
    made = connect_to(exported, *servers)
    yield made
    made.close()
