"""Errors of ``emola.load``."""

import numpy as np
import pytest
import tiny_models as tiny

import emola
from emola import downloads
from emola.errors import CheckpointError
from emola.faba import NANO_AUS
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.face.prior import PRIOR_DIM


@pytest.mark.parametrize(
    "name", ["nanno", "some/where/else", "", " ", "a\nb", "\0", "x" * 5000, "~nobody-here/x"]
)
def test_rejects_an_unknown_model(name):
    with pytest.raises(CheckpointError) as caught:
        emola.load(name)
    assert str(caught.value).startswith(f"There is no model {name!r}; give 'nano', a checkpoint")


@pytest.mark.parametrize("name", [3, None, b"nano", ["nano"], object()])
def test_rejects_a_model_name_of_another_type(name):
    with pytest.raises(CheckpointError, match=f"a str or a path, not {type(name).__name__}; give 'nano'"):
        emola.load(name)


def test_rejects_a_file_as_a_model(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"weights")
    with pytest.raises(CheckpointError, match=r"model\.bin is a file, not a model; give 'nano'"):
        emola.load(tmp_path / "model.bin")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"device": device}, "Unknown device|There is no")
        for device in (
            "gpu",
            "",
            "meta",
            "hpu",
            "cuda:99",
            "cuda:-1",
            "cuda:x",
            "xpu:7",
            "cpu:1",
            3,
            None,
            ["cpu"],
        )
    ]
    + [
        ({"device": {"model": "gpu"}}, "Unknown device 'gpu'"),
        ({"device": {3: "cpu"}}, "names of modules, not 3"),
        ({"device": {"model": 99}}, "There is no cuda:99"),
        ({"device": "offload", "quantize": "nf4"}, "cannot be quantised"),
        ({"quantize": "fp4"}, "Unknown quantisation 'fp4'"),
        ({"quantize": 4}, "Unknown quantisation 4"),
        ({"dtype": "int8"}, "Unknown number type 'int8'"),
        ({"dtype": ""}, "Unknown number type ''"),
        ({"dtype": 3}, "Unknown number type 3"),
        ({"servers": ["gpu1"]}, "is not the address of a server"),
        ({"servers": "http://127.0.0.1:8000"}, "is a list of addresses, not a str"),
        ({"servers": ["http://10.0.0.5:8000"]}, "EMOLA_ENGINE_KEY is not set"),
        ({"servers": ["http://127.0.0.1:1"], "quantize": "nf4"}, "vLLM servers ignore quantize='nf4'"),
    ],
    ids=str,
)
def test_rejects_invalid_options_before_any_download(options, sentence, monkeypatch):
    monkeypatch.delenv("EMOLA_ENGINE_KEY", raising=False)
    monkeypatch.setattr(downloads, "path", None)
    monkeypatch.setattr(downloads, "language_model_dir", None)
    with pytest.raises(CheckpointError, match=sentence):
        emola.load("nano", **options)


def test_an_unreachable_hub_gives_one_sentence():
    with pytest.raises(CheckpointError, match=r"nobody/nothing is not cached and the hub"):
        emola.load("nobody/nothing")


def test_rejects_a_folder_that_is_not_a_model(tmp_path):
    with pytest.raises(CheckpointError, match=r"config\.json is missing"):
        emola.load(tmp_path)


def test_rejects_evidence_of_another_tower(tmp_path):
    folder = tiny.save_checkpoint(tmp_path, tiny.resnet_config(prior_dim=PRIOR_DIM))
    count, rng = len(NANO_AUS), np.random.default_rng(0)
    landmarks = AUEvidence(rng.normal(size=(count, PRIOR_DIM)), *rng.normal(size=(3, count)))
    landmarks.with_tower(rng.normal(size=(count, 15)), np.zeros(count)).save(folder / EVIDENCE_NAME)
    with pytest.raises(CheckpointError, match="needs 15 features of a vision tower, but this one has 16"):
        emola.load(folder, device="cpu")


@pytest.mark.parametrize("damage", [b"", b"\0" * 40, "truncated", "a folder"])
def test_damaged_evidence_is_named(tmp_path, damage):
    """Checksums are removed, since they are tested elsewhere."""
    folder = tiny.save_checkpoint(tmp_path, tiny.resnet_config(prior_dim=PRIOR_DIM))
    count, rng = len(NANO_AUS), np.random.default_rng(0)
    file = folder / EVIDENCE_NAME
    if damage == "a folder":
        file.mkdir()
    else:
        AUEvidence(rng.normal(size=(count, PRIOR_DIM)), *rng.normal(size=(3, count))).save(file)
        file.write_bytes(file.read_bytes()[:500] if damage == "truncated" else damage)
    with pytest.raises(CheckpointError, match=r"evidence"):
        emola.load(folder, device="cpu")


@pytest.mark.parametrize(
    ("expert", "sentence"),
    [
        ("insightface-2d106", r"needs a prior of \d+ numbers, but 'insightface-2d106' gives 212"),
        ("openface", "There is no prior expert 'openface'; EmoLA has"),
    ],
)
def test_rejects_a_model_for_another_prior_expert(tmp_path, expert, sentence):
    """The projector would get the output of another network."""
    tiny.save_checkpoint(tmp_path, tiny.resnet_config(prior_dim=PRIOR_DIM, prior_expert=expert))
    with pytest.raises(CheckpointError, match=sentence):
        emola.load(tmp_path, device="cpu")
