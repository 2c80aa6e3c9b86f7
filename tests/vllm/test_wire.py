"""Requests to vLLM, and answers that it should not give."""

import json

import pytest
import torch
from fake_vllm import event, load_embeds

from emola.chat import Sampling
from emola.vllm.wire import MAX_LINE, AnswerReader, WireError, completion_request, read_models, with_model

VOCABULARY = 260


def request_of(embeds, sampling=None, **changes):
    arguments = {"max_tokens": 9, "stop_tokens": {2, 1}, "forbidden": (), "vocabulary": VOCABULARY, **changes}
    return completion_request(embeds, sampling=sampling or Sampling(), **arguments)


def body_of(*arguments, **changes):
    return json.loads(with_model(request_of(*arguments, **changes), 'a "model"'))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_embeddings_arrive_as_they_were_sent(dtype):
    embeds = torch.randn(5, 8).to(dtype)
    body = body_of(embeds)
    assert body["model"] == 'a "model"'
    assert torch.equal(load_embeds(body["prompt_embeds"], 8), embeds.float())


def test_a_view_is_sent_without_the_memory_around_it():
    """Guards against requests of the size of the batch that a prompt was taken from."""
    batch = torch.zeros(1000, 8)
    assert len(request_of(batch[:2])) == len(request_of(torch.zeros(2, 8)))


def test_every_sampling_option_is_given():
    """Guards against defaults of the server, which come from its command line or its model."""
    body = body_of(torch.zeros(1, 8), Sampling(temperature=0.5, top_p=0.9, seed=7))
    assert (body["temperature"], body["top_p"], body["seed"]) == (0.5, 0.9, 7)
    neutral = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
    neutral.update(presence_penalty=0.0, frequency_penalty=0.0)
    assert {name: body[name] for name in neutral} == neutral
    assert (body["stop_token_ids"], body["max_tokens"]) == ([1, 2], 9)
    assert body["stream"] is body["return_token_ids"] is True
    greedy = body_of(torch.zeros(1, 8))
    assert greedy["temperature"] == 0.0 and "seed" not in greedy and "logit_bias" not in greedy


def test_forbidden_tokens_beyond_the_vocabulary_are_left_out():
    """Guards against a rejected request: the published image token follows the vocabulary."""
    body = body_of(torch.zeros(1, 8), forbidden={VOCABULARY, 5})
    assert body["logit_bias"] == {"5": -100.0}


def test_events_are_read_in_pieces_of_any_size():
    data = event(7, first=True) + b": comment\r\n\r\nretry: 5\n\n" + event(8) + event(2, "stop")
    data += b'data: {"choices": [], "usage": {}}\n\ndata: [DONE]\n\n'
    for size in (1, 3, 50, len(data)):
        reader = AnswerReader(9, VOCABULARY)
        pieces = [data[start : start + size] for start in range(0, len(data), size)]
        assert [token for piece in pieces for token in reader.feed(piece)] == [7, 8, 2]
        assert reader.finished


def test_several_tokens_may_share_an_event():
    line = b'data: {"choices": [{"text": "ab", "token_ids": [3, 4], "finish_reason": "length"}]}\n'
    reader = AnswerReader(2, VOCABULARY)
    assert reader.feed(line) == [3, 4] and reader.finished


def test_an_event_without_text_may_have_no_tokens():
    reader = AnswerReader(2, VOCABULARY)
    assert reader.feed(b'data: {"choices": [{"text": "", "token_ids": null}]}\n') == []
    assert not reader.finished


def choice(**fields):
    return {"choices": [{"text": "a", "token_ids": [3], **fields}]}


@pytest.mark.parametrize(
    "value",
    [
        "not an object",
        [],
        {},
        {"error": {"message": "out of memory"}},
        {"choices": None},
        {"choices": {}},
        {"choices": [1]},
        {"choices": [{"text": "a", "token_ids": [3]}] * 2},
        choice(token_ids=None),
        choice(token_ids="34"),
        choice(token_ids=[3.0]),
        choice(token_ids=[True]),
        choice(token_ids=[-1]),
        choice(token_ids=[VOCABULARY]),
        choice(token_ids=[10**30]),
        choice(token_ids=[3] * 10),
        choice(finish_reason="abort"),
        choice(finish_reason=["stop"]),
    ],
    ids=repr,
)
def test_a_wrong_event_is_an_error(value):
    with pytest.raises(WireError):
        AnswerReader(9, VOCABULARY).feed(b"data: " + json.dumps(value).encode() + b"\n")


@pytest.mark.parametrize(
    "data",
    [
        b"data: {\n",
        b"data: \xff\n",
        b"data: " + b"[" * 100_000 + b"\n",
        b"data: " + b"9" * 10_000 + b"\n",
        b"data: " + b" " * MAX_LINE + b"1\n",
        event(2, "stop") + event(3),
        event(3) * 10,
    ],
    ids=["cut", "not UTF-8", "deep", "long number", "long line", "after the end", "more than asked"],
)
def test_hostile_bytes_are_an_error(data):
    with pytest.raises(WireError):
        AnswerReader(9, VOCABULARY).feed(data)


def test_a_line_without_end_is_an_error():
    reader = AnswerReader(9, VOCABULARY)
    with pytest.raises(WireError, match="too long"):
        [reader.feed(b"x" * 65536) for _ in range(MAX_LINE // 65536 + 3)]


def test_endless_comments_are_an_error(monkeypatch):
    monkeypatch.setattr("emola.vllm.wire.MAX_BYTES", 100_000)
    reader = AnswerReader(9, VOCABULARY)
    with pytest.raises(WireError, match="too long"):
        [reader.feed(b": still here\n" * 1000) for _ in range(20)]


def test_models_are_known_by_id_and_by_path():
    card = {"id": "served", "root": "/models/emola-x/", "max_model_len": 512}
    (model,) = read_models(json.dumps({"data": [card]}).encode())
    assert model == ("served", {"served", "emola-x"}, 512)
    (bare,) = read_models(b'{"data": [{"id": "exports/emola-x", "root": null}]}')
    assert bare == ("exports/emola-x", {"emola-x"}, 0)


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"data": 1}', b'{"data": [1]}', b'{"data": [{"id": 1}]}',
     b'{"data": [{"id": "a", "root": 1}]}', json.dumps({"data": [{"id": "a"}] * 101}).encode()],
)  # fmt: skip
def test_a_wrong_list_of_models_is_an_error(data):
    with pytest.raises(WireError):
        read_models(data)
