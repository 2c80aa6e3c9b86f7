"""Equality with recorded results of the published code; see tests/fixtures/published."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tiny_models as tiny
import torch
from PIL import Image

from emola.chat import Engine
from emola.faba.messages import chat_messages, message
from emola.model import load_checkpoint
from emola.model.conversion import convert

pytestmark = pytest.mark.slow

PUBLISHED = Path(__file__).parents[1] / "fixtures" / "published"
CASES = {case["name"]: case for case in json.loads((PUBLISHED / "cases.json").read_text())["cases"]}
RECORDS = json.loads((PUBLISHED / "train" / "annotations.json").read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("converted") / "emola-tiny"
    adapter = PUBLISHED / "llava-v1.5-tiny-lora-emola-au"
    base = str(PUBLISHED / "llava-v1.5-tiny")
    convert(base, {"au": adapter}, out, vision_tower=str(PUBLISHED / "clip-tiny"))
    return out


@pytest.fixture(scope="module", params=["merged", "unmerged"])
def parts(request, folder):
    model, processor = load_checkpoint(folder, device="cpu", trainable=request.param == "unmerged")
    return model.eval(), processor


def case(name):
    """Return messages, image, landmarks and recorded results of a case."""
    expected = dict(np.load(PUBLISHED / f"{name}.expected.npz"))
    picture = Image.open(PUBLISHED / f"{name}.png")
    *turns, (question, _) = CASES[name]["turns"]
    return chat_messages(turns, question), picture, np.load(PUBLISHED / f"{name}.landmark.npy"), expected


def record(i):
    turns = []
    for turn in RECORDS[i]["conversations"]:
        text, role = turn["value"], {"human": "user", "gpt": "assistant"}[turn["from"]]
        image = "<image>" in text
        turns.append(message(role, text.replace("<image>", "").strip() if image else text, image=image))
    return (
        turns,
        Image.open(PUBLISHED / RECORDS[i]["image"]).convert("RGB"),
        np.load(PUBLISHED / RECORDS[i]["landmark"]),
    )


def published_ids(ids, processor):
    """Replace our image tokens by the single -200 of the published code."""
    ids, count = list(ids), processor.image_tokens
    index = ids.index(processor.image_token_id)
    assert ids[index : index + count] == [processor.image_token_id] * count
    assert count == 17
    return [*ids[:index], -200, *ids[index + count :]]


@pytest.mark.parametrize("name", CASES)
@torch.no_grad()
def test_inference_equals_the_published_code(parts, name, record_property):
    model, processor = parts
    turns, picture, landmarks, expected = case(name)
    inputs = processor(images=[picture], messages=[turns], prior_features=[landmarks])
    assert published_ids(inputs["input_ids"][0].tolist(), processor) == expected["input_ids"].tolist()

    embeds = model.embed(
        inputs["input_ids"], model.image_embeds(inputs["pixel_values"], inputs["prior_features"])
    )
    results = {
        "pixel_values": inputs["pixel_values"][0],
        "inputs_embeds": embeds[0],
        "logits": model(**inputs).logits[0],
    }
    for key, tensor in results.items():
        assert tensor.shape == expected[key].shape
        difference = float((tensor - torch.from_numpy(expected[key])).abs().max())
        record_property(key, difference)
        assert difference <= (1e-6 if key == "pixel_values" else 1e-4), key

    generated = model.generate(**inputs, max_new_tokens=24, do_sample=False)
    assert generated[0, inputs["input_ids"].shape[1] :].tolist() == expected["generated_ids"].tolist()


@pytest.mark.parametrize("name", CASES)
def test_the_chat_equals_the_published_code(parts, name):
    turns, picture, landmarks, expected = case(name)
    engine = Engine(*parts)
    encoded = engine.encode(tiny.FakeFace(crop=picture, prior=landmarks, visibility=None))
    tokens = list(engine.generate(1, encoded, engine.tokenize(turns), max_new_tokens=24))
    assert tokens == expected["generated_ids"].tolist()
    assert engine.decode(tokens) == CASES[name]["generated_text"]


@pytest.mark.parametrize("i", range(len(RECORDS)))
@torch.no_grad()
def test_training_equals_the_published_code(parts, i, record_property):
    model, processor = parts
    expected = dict(np.load(PUBLISHED / "train" / "expected.npz"))
    turns, picture, landmarks = record(i)
    inputs = processor(
        images=[picture], messages=[turns], prior_features=[landmarks], labels=True, pad_to_square=True
    )
    ids, labels = inputs["input_ids"][0].tolist(), inputs["labels"][0].tolist()
    assert published_ids(ids, processor) == expected[f"{i}.input_ids"].tolist()
    index = ids.index(processor.image_token_id)
    collapsed = labels[: index + 1] + labels[index + processor.image_tokens :]
    assert collapsed == expected[f"{i}.labels"].tolist()
    pixels = torch.from_numpy(expected[f"{i}.pixel_values"])
    torch.testing.assert_close(inputs["pixel_values"][0], pixels, rtol=0, atol=1e-6)
    difference = abs(float(model(**inputs).loss) - float(expected[f"{i}.loss"]))
    record_property("loss", difference)
    assert difference <= 1e-4


@torch.no_grad()
def test_training_on_a_batch_equals_the_published_code(parts, record_property):
    model, processor = parts
    expected = float(np.load(PUBLISHED / "train" / "expected.npz")["batch.loss"])
    turns, pictures, landmarks = zip(*map(record, range(len(RECORDS))), strict=True)
    inputs = processor(
        images=pictures, messages=turns, prior_features=landmarks, labels=True, pad_to_square=True
    )
    difference = abs(float(model(**inputs).loss) - expected)
    record_property("loss", difference)
    assert difference <= 1e-4


LOAD_SCRIPT = """
import sys
from emola.model.loading import load_checkpoint
print(type(load_checkpoint(sys.argv[1], device="cpu")[1].tokenizer).__name__)
import peft, transformers.trainer
"""


def test_a_converted_folder_loads_silently_in_a_new_process(folder):
    """Guards against a tokeniser class that only another import registers."""
    process = subprocess.run(
        [sys.executable, "-c", LOAD_SCRIPT, str(folder)], capture_output=True, text=True, check=False
    )
    assert process.stdout.strip() == "VicunaTokenizer", process.stderr
    assert process.stderr == "", "libraries must not print"
