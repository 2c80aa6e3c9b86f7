"""Addresses and the key of servers."""

import pytest

from emola.errors import CheckpointError
from emola.vllm.addresses import KEY_VARIABLE, check_address, check_servers, engine_key


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000"),
        ("http://10.0.0.5:8000/", "http://10.0.0.5:8000"),
        ("http://10.0.0.5:8000/v1", "http://10.0.0.5:8000"),
        ("https://GPU.example.org/llm/v1/", "https://gpu.example.org/llm"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_get_one_form(text, address):
    assert check_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *("gpu1:8000", "ftp://gpu1", "http://", "http://:8000", "http://user:secret@gpu1", "http://@gpu1"),
        *("http://gpu1:99999", "http://gpu1:0", "http://gpu1:x", "http://[::1", "http://gpu1/?key=1"),
        *("http://gpu1/#a", "http://gpu 1", " http://gpu1", "http://gp\nu1", "http://gpü", "http://gpu1/a b"),
    ],
)
def test_anything_else_is_rejected(text):
    with pytest.raises(CheckpointError, match="is not the address of a server"):
        check_address(text)


def test_each_server_is_used_once(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    assert check_servers(["http://a:1/v1", "http://b:1", "http://A:1/"]) == ["http://a:1", "http://b:1"]
    assert check_servers(()) == []
    with pytest.raises(CheckpointError, match="is a list of addresses, not a str"):
        check_servers("http://a:1")


def test_the_key_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "secret")
    assert engine_key(["http://10.0.0.5:8000"]) == "secret"


@pytest.mark.parametrize("key", ["two words", "line\nend", "schlüssel", "x" * 1001])
def test_a_key_that_no_header_can_carry_is_rejected_without_being_shown(monkeypatch, key):
    monkeypatch.setenv(KEY_VARIABLE, key)
    with pytest.raises(CheckpointError) as error:
        engine_key(["http://10.0.0.5:8000"])
    assert key not in str(error.value)


@pytest.mark.parametrize("value", [None, ""])
def test_only_servers_on_this_machine_need_no_key(monkeypatch, value):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(KEY_VARIABLE, value)
    assert engine_key(["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]) is None
    with pytest.raises(CheckpointError, match=r"not set, but http://10\.0\.0\.5:8000 is on another machine"):
        engine_key(["http://127.0.0.1:8000", "http://10.0.0.5:8000"])
