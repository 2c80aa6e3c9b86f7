"""Answers of servers: equal to those of the engine, stopped, shared, and broken off."""

import threading
import time
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
import tiny_models as tiny
from fake_vllm import QUICK, connect_to, event, serving

from emola.chat import Sampling
from emola.errors import ChatError, CheckpointError
from emola.faba.messages import chat_messages
from emola.vllm.addresses import KEY_VARIABLE

ROOM = 24


def until(condition):
    """Wait until a condition is true."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "the condition did not become true"
        time.sleep(0.01)


def answer(exported, decoder, seed=0, question="Which AUs?", room=ROOM, sampling=None, owner=1, stopped=None):
    """Return the generator of an answer about a random face."""
    encoded = exported.engine.encode(tiny.face(seed))
    prompt = exported.engine.tokenize(chat_messages(question=question))
    stopped = stopped or (lambda: False)
    return decoder.generate(owner, encoded, prompt, room, sampling or Sampling(), stopped)


def expected(exported, seed=0, question="Which AUs?", room=ROOM, sampling=None):
    """Return the tokens of the engine."""
    engine = exported.engine
    prompt = engine.tokenize(chat_messages(question=question))
    encoded = engine.encode(tiny.face(seed))
    return list(engine.generate(99, encoded, prompt, max_new_tokens=room, sampling=sampling))


@contextmanager
def failing():
    """Expect an answer that broke off."""
    with pytest.raises(ChatError, match=r"broke off.*asking again may work"):
        yield


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("question", ["Which AUs?", "Is AU12 active? Answer in one sentence, please."])
def test_greedy_tokens_equal_those_of_the_engine(exported, decoder, seed, question):
    """Guards against a wrong export, wrong embeddings, and ignored stop or forbidden tokens."""
    tokens = list(answer(exported, decoder, seed, question))
    assert tokens == expected(exported, seed, question)
    assert tokens


@pytest.mark.parametrize("size", [1, 2, 3])
def test_repetition_is_forbidden_as_by_the_engine(exported, decoder, servers, size):
    sampling = Sampling(no_repeat=size)
    plain = expected(exported)
    tokens = list(answer(exported, decoder, sampling=sampling))
    assert tokens == expected(exported, sampling=sampling)
    if tokens != plain:
        assert sum(len(server.requests) for server in servers) > 3


def test_forbidden_tokens_of_a_face_are_not_chosen(exported, decoder):
    first = expected(exported)[0]
    encoded = exported.engine.encode(tiny.face())
    encoded = replace(encoded, forbidden=encoded.forbidden | {first})
    prompt = exported.engine.tokenize(chat_messages(question="Which AUs?"))
    tokens = list(decoder.generate(1, encoded, prompt, ROOM, Sampling(), lambda: False))
    assert tokens[0] != first
    assert tokens == list(exported.engine.generate(98, encoded, prompt, max_new_tokens=ROOM))


def test_a_seed_repeats_a_sampled_answer(exported, decoder, servers):
    sampled = [
        list(answer(exported, decoder, sampling=Sampling(temperature=2.0, seed=seed))) for seed in (1, 1, 2)
    ]
    assert sampled[0] == sampled[1] != sampled[2]
    seeds = [body["seed"] for server in servers for body in server.answers]
    assert sorted(seeds) == [1, 1, 2]


def test_an_answer_of_one_token(exported, decoder):
    assert list(answer(exported, decoder, room=1)) == expected(exported, room=1)


def test_tokens_arrive_while_the_server_generates(exported, decoder, servers):
    for server in servers:
        server.delay = 0.05
    tokens = answer(exported, decoder)
    next(tokens)
    assert sum(server.active for server in servers) == 1
    tokens.close()


def test_a_stop_aborts_the_request(exported, decoder, servers):
    for server in servers:
        server.delay = 0.05
    stop = threading.Event()
    received = []
    for token in answer(exported, decoder, stopped=stop.is_set):
        received.append(token)
        if len(received) == 2:
            stop.set()
    assert received == expected(exported)[:2]
    until(lambda: sum(server.aborted for server in servers) == 1)


def test_a_stop_is_noticed_while_the_server_is_silent(exported, decoder, servers):
    for server in servers:
        server.delay = 3.0
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    assert list(answer(exported, decoder, stopped=stop.is_set)) == []
    assert time.monotonic() - started < 2.0


def test_a_stop_before_the_start_sends_nothing(exported, decoder, servers):
    assert list(answer(exported, decoder, stopped=lambda: True)) == []
    assert [server.answers for server in servers] == [[], []]


def test_closing_the_generator_aborts_the_request(exported, decoder, servers):
    for server in servers:
        server.delay = 0.05
    with closing(answer(exported, decoder)) as tokens:
        next(tokens)
    until(lambda: sum(server.aborted for server in servers) == 1)


def test_two_servers_share_the_load(exported, decoder, servers):
    for server in servers:
        server.delay = 0.05
    answers = [answer(exported, decoder, owner=owner) for owner in range(6)]
    for tokens in answers:
        next(tokens)
    assert [len(server.answers) for server in servers] == [3, 3]
    for tokens in answers:
        tokens.close()


def test_a_conversation_stays_with_its_server(exported, decoder, servers):
    """Guards against prompts that are computed anew because another server has their prefix cached."""
    for _ in range(3):
        for owner in (1, 2):
            list(answer(exported, decoder, owner=owner))
    assert sorted(len(server.answers) for server in servers) == [3, 3]
    decoder.release(1)
    assert decoder.memory(1) == 0


def test_a_server_that_dies_costs_only_its_answers(exported, decoder, servers):
    assert len(expected(exported)) == ROOM
    for server in servers:
        server.delay = 0.02
    answers = [answer(exported, decoder, owner=owner) for owner in range(2)]
    firsts = [next(tokens) for tokens in answers]
    servers[0].break_after = 20
    results = []
    for first, tokens in zip(firsts, answers, strict=True):
        try:
            results.append([first, *tokens])
        except ChatError as error:
            results.append(str(error))
    assert sorted(isinstance(result, str) for result in results) == [False, True]
    assert expected(exported) in results


def test_a_dead_server_is_replaced_and_comes_back(exported, decoder, servers):
    first, second = servers
    first.stop()
    for owner in range(4):
        assert list(answer(exported, decoder, owner=owner)) == expected(exported)
    assert (first.answers, len(second.answers)) == ([], 4)
    first.start()
    until(lambda: not decoder._pool.servers[0].problem)
    list(answer(exported, decoder, owner=5))
    assert len(first.answers) == 1


def test_without_any_server_the_question_is_refused(exported, decoder, servers):
    for server in servers:
        server.stop()
    with pytest.raises(ChatError, match=r"No generation server can be reached .* try again in a minute"):
        list(answer(exported, decoder))
    servers[0].start()
    assert list(answer(exported, decoder)) == expected(exported)


def test_an_answer_that_ends_early_broke_off(exported, decoder, servers):
    for server in servers:
        server.end_after = 2
    with failing():
        list(answer(exported, decoder))


@pytest.mark.parametrize("events", [b"data: {\n\n", b"<html>", event(3) * 100, event(99999), b""])
def test_nonsense_is_no_answer(exported, decoder, servers, events):
    for server in servers:
        server.events = events
    with failing():
        list(answer(exported, decoder))


def test_a_forbidden_token_is_no_answer(exported, decoder, servers):
    for server in servers:
        server.events = event(exported.model.config.image_token_id)
    with failing():
        list(answer(exported, decoder))


def test_a_busy_server_is_replaced(exported, decoder, servers):
    servers[0].status = 503
    for owner in range(4):
        assert list(answer(exported, decoder, owner=owner)) == expected(exported)
    servers[1].status = 503
    with pytest.raises(ChatError, match="No generation server"):
        list(answer(exported, decoder))


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_question_is_not_sent_again(exported, decoder, servers, status):
    for server in servers:
        server.status = status
    with pytest.raises(ChatError, match=rf"refused the question \(HTTP {status}\)"):
        list(answer(exported, decoder))
    assert sum(len(server.answers) for server in servers) == 1


@pytest.mark.slow
def test_a_silent_server_is_given_up(exported, servers):
    for server in servers:
        server.delay = 1.0
    with closing(connect_to(exported, servers[0], timeouts=replace(QUICK, read=1.5))) as decoder:
        servers[0].delay = 4.0
        with pytest.raises(ChatError):
            list(answer(exported, decoder))


def test_closing_ends_the_answers(exported, servers):
    servers[0].delay = 0.05
    decoder = connect_to(exported, servers[0])
    tokens = answer(exported, decoder)
    next(tokens)
    decoder.close()
    with pytest.raises(ChatError, match="disconnected"):
        list(tokens)
    with pytest.raises(ChatError, match="disconnected"):
        list(answer(exported, decoder))
    decoder.close()


def wrong(exported, *servers):
    """Return the message of the error at the start."""
    with pytest.raises(CheckpointError) as error:
        connect_to(exported, *servers)
    return str(error.value)


def test_a_server_of_another_model_is_refused_at_the_start(exported, servers):
    servers[1].model, servers[1].root = "other\n<b>model", "/models/other"
    assert wrong(exported, *servers) == (
        f"{servers[1].address} serves 'other??b?model', and {exported.export.name} is needed."
    )


def test_a_served_name_is_enough(exported, servers):
    """Guards against a check of the path alone, which operators may change."""
    servers[0].model, servers[0].root = exported.export.name, "/mnt/weights"
    with closing(connect_to(exported, servers[0])) as decoder:
        assert list(answer(exported, decoder)) == expected(exported)


def test_a_server_without_prompt_embeddings_is_refused_at_the_start(exported, servers):
    servers[0].prompt_embeds = False
    assert wrong(exported, *servers) == (
        f"{servers[0].address} takes no prompt embeddings; start it with --enable-prompt-embeds."
    )


def test_servers_that_are_not_ready_are_named_at_the_start(exported, servers):
    servers[0].healthy = False
    servers[1].stop()
    message = wrong(exported, *servers)
    assert f"No server serves {exported.export.name}: " in message
    assert f"{servers[0].address} is not ready (HTTP 503)" in message
    assert f"{servers[1].address} cannot be reached (ConnectError)" in message


def test_one_ready_server_is_enough_at_the_start(exported, servers):
    servers[1].stop()
    with closing(connect_to(exported, *servers)) as decoder:
        assert list(answer(exported, decoder)) == expected(exported)
        assert decoder.context == 512


def test_a_restart_with_another_model_is_noticed(exported, decoder, servers):
    servers[0].model = servers[0].root = "/models/other"
    until(lambda: decoder._pool.servers[0].problem)
    for owner in range(3):
        assert list(answer(exported, decoder, owner=owner)) == expected(exported)
    assert servers[0].answers == []


def test_a_shorter_context_is_the_limit(exported, servers):
    servers[0].context = 300
    with closing(connect_to(exported, *servers)) as decoder:
        assert decoder.context == 300


def test_the_key_is_sent_and_a_wrong_one_refused(exported, monkeypatch):
    with serving(exported.export, key="secret") as (server,):
        monkeypatch.setenv(KEY_VARIABLE, "wrong")
        assert wrong(exported, server) == f"{server.address} refuses the key in {KEY_VARIABLE}."
        monkeypatch.setenv(KEY_VARIABLE, "secret")
        with closing(connect_to(exported, server)) as decoder:
            assert list(answer(exported, decoder)) == expected(exported)


def test_a_proxy_of_the_environment_is_not_used(exported, servers, monkeypatch):
    """Guards against prompts and the key on their way through another machine."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with closing(connect_to(exported, servers[0])) as decoder:
        assert list(answer(exported, decoder)) == expected(exported)
