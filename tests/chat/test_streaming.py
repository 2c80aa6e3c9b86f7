"""Incremental decoding without partial characters or partial stop strings."""

from __future__ import annotations

import random

import pytest

from emola.chat.streaming import REPLACEMENT, TextStream, possible_stop


def decode(ids: list[int]) -> str:
    return bytes(ids).decode("utf-8", errors="replace")


def pieces(data: bytes, *stops: str) -> list[str]:
    stream = TextStream(decode, stops)
    return [*[stream.push(byte) for byte in data], stream.finish()]


def test_a_character_of_several_tokens_is_emitted_once() -> None:
    """Guards against a replacement character for each byte of an emoji."""
    assert pieces("né😀!".encode()) == ["n", "", "é", "", "", "", "😀", "!", ""]


@pytest.mark.parametrize("seed", range(5))
def test_the_joined_pieces_equal_the_text(seed: int) -> None:
    """Guards against losing or duplicating text that was held back."""
    text = "".join(random.Random(seed).choices("ab é😀中 \u0301\n<|", k=200))
    emitted = pieces(text.encode(), "<|end|>")
    assert "".join(emitted) == text
    assert not any(REPLACEMENT in piece for piece in emitted)


def test_an_answer_cut_inside_a_character_ends_before_it() -> None:
    """Guards against a stopped answer that ends in a replacement character."""
    assert "".join(pieces("ok 😀".encode()[:-1])) == "ok "


def test_invalid_bytes_are_emitted_once_they_are_certain() -> None:
    """Guards against holding back all text after an invalid byte."""
    assert "".join(pieces(b"a\xffb")) == f"a{REPLACEMENT}b"


def test_no_part_of_a_stop_string_is_emitted() -> None:
    """Guards against emitting "USE" before "USER:" is complete."""
    stream = TextStream(decode, ["USER:"])
    emitted = [stream.push(byte) for byte in b"Hi USER: more"]
    assert "".join(emitted) == "Hi "
    assert stream.stop_found
    assert stream.finish() == ""
    assert stream.text == "Hi "


def test_text_resembling_a_stop_string_is_emitted() -> None:
    """Guards against dropping text that begins like a stop string."""
    assert "".join(pieces(b"USES of US", "USER:")) == "USES of US"


def test_the_earliest_of_several_stop_strings_ends_the_text() -> None:
    """Guards against searching the stop strings in the given order."""
    stream = TextStream(lambda ids: "one STOP two END", ["END", "STOP"])
    assert stream.push(0) == "one "


def test_keeps_spaces_with_a_decoder_that_strips_the_first() -> None:
    """Guards against decoding token by token, which loses SentencePiece's spaces."""
    words = ["▁AU12", "▁is", "▁active", "."]
    stream = TextStream(lambda ids: "".join(words[i] for i in ids).replace("▁", " ").lstrip())
    assert "".join(stream.push(i) for i in range(4)) == "AU12 is active."


def test_an_empty_answer_is_not_decoded() -> None:
    """Guards against decoding an empty list, which some tokenisers refuse."""

    def refuse_empty(ids: list[int]) -> str:
        assert ids
        return "x"

    assert TextStream(refuse_empty).finish() == ""


def test_possible_stop_is_the_longest_proper_prefix() -> None:
    """Guards against the shortest match, which would emit part of a stop string."""
    assert possible_stop("abab", ["ababx"]) == 4
    assert possible_stop("xxab", ["abc", "b!"]) == 2
    assert possible_stop("abc", ["abc"]) == 0  # complete, so no longer a possible stop
    assert possible_stop("abc", []) == 0
