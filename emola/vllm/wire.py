"""Requests to vLLM's completions endpoint, and its answers, of which every part is checked.

Shape suffixes: T tokens, H hidden size.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Collection
from typing import Any, NamedTuple

import torch
from torch import Tensor

from emola.chat.sampler import Sampling

__all__ = [
    "MAX_BYTES",
    "MAX_LINE",
    "AnswerReader",
    "Served",
    "WireError",
    "completion_request",
    "read_models",
    "with_model",
]

MAX_BYTES = 64 << 20
"""Limit of one answer; a token takes about 200 bytes."""

MAX_LINE = 1 << 20
"""Limit of one event. The first one may repeat the ids of the prompt."""

_MAX_MODELS = 100
_FORBIDDEN_BIAS = -100.0
"""The lowest bias that vLLM accepts: the probability of the token is multiplied by e**-100."""


class WireError(Exception):
    """An answer that no vLLM server should give; the message is for the log."""


class Served(NamedTuple):
    """A model of a server: its id there, the last parts of its id and of its path, its context in tokens."""

    model: str
    names: frozenset[str]
    context: int


def completion_request(
    embeds_TH: Tensor,
    *,
    max_tokens: int,
    sampling: Sampling,
    stop_tokens: Collection[int],
    forbidden: Collection[int],
    vocabulary: int,
) -> bytes:
    """Return the body of a request, without the model, see :func:`with_model`.

    forbidden: tokens that the answer may not contain; those beyond the vocabulary are left out, since vLLM
    rejects them. Every sampling option is given, so that defaults of the server have no effect.
    """
    fields: dict[str, Any] = {
        "prompt_embeds": _encoded(embeds_TH),
        "max_tokens": max_tokens,
        "stream": True,
        "return_token_ids": True,
        "temperature": float(sampling.temperature),
        "top_p": float(sampling.top_p),
        "top_k": 0,
        "min_p": 0.0,
        "repetition_penalty": 1.0,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "stop_token_ids": sorted(stop_tokens),
    }
    if sampling.seed is not None:
        fields["seed"] = int(sampling.seed)
    bias = {str(token): _FORBIDDEN_BIAS for token in sorted(forbidden) if token < vocabulary}
    if bias:
        fields["logit_bias"] = bias
    return json.dumps(fields).encode("ascii")


def with_model(request: bytes, model: str) -> bytes:
    """Return a request for a model, by its id on the server."""
    return b'{"model": ' + json.dumps(model).encode("ascii") + b", " + request[1:]


def _encoded(embeds_TH: Tensor) -> str:
    """Return embeddings as vLLM reads them: a tensor written by ``torch.save``, in base64.

    ``torch.save`` writes a pickle, which this wire format requires. It holds one dense tensor; EmoLA neither
    stores pickles nor reads any from a server. The copy drops the memory around a view, which would be
    written too.
    """
    buffer = io.BytesIO()
    torch.save(embeds_TH.detach().to("cpu", copy=True).contiguous(), buffer)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


class AnswerReader:
    """Reads the server-sent events of one answer, given in pieces of any size.

    limit: the number of tokens that were asked for. vocabulary: the number of token ids.
    """

    def __init__(self, limit: int, vocabulary: int) -> None:
        self._limit = limit
        self._vocabulary = vocabulary
        self._rest = bytearray()
        self._bytes = 0
        self._tokens = 0
        self.finished = False
        """Whether the server has said that the answer is complete."""

    def feed(self, data: bytes) -> list[int]:
        """Return the token ids that the next bytes complete. Raises WireError."""
        self._bytes += len(data)
        self._rest += data
        if self._bytes > MAX_BYTES or len(self._rest) > MAX_LINE + len(data):
            raise WireError("the answer is too long")
        if b"\n" not in data:  # the earlier bytes hold no line end
            return []
        *lines, self._rest = self._rest.split(b"\n")
        return [token for line in lines for token in self._line(bytes(line))]

    def _line(self, line: bytes) -> list[int]:
        name, _, data = line.strip().partition(b":")
        if name != b"data" or data.strip() == b"[DONE]":
            return []  # an empty line, a comment, or the end
        if len(data) > MAX_LINE:
            raise WireError("an event is too long")
        choice = self._choice(_json(data))
        tokens = [] if choice is None else self._token_ids(choice)
        if tokens and self.finished:
            raise WireError("tokens follow the end")
        self._tokens += len(tokens)
        if self._tokens > self._limit:
            raise WireError(f"more tokens than the limit of {self._limit}")
        reason = choice.get("finish_reason") if choice else None
        if reason not in (None, "stop", "length"):
            raise WireError("the answer was aborted")
        self.finished = self.finished or reason is not None
        return tokens

    def _choice(self, event: Any) -> dict[str, Any] | None:
        """Return the only choice of an event; None for an event about usage."""
        if not isinstance(event, dict) or "error" in event:
            raise WireError("the server reported an error")
        choices = event.get("choices")
        if not isinstance(choices, list) or len(choices) > 1:
            raise WireError("an event has no single choice")
        if not choices:
            return None
        if not isinstance(choices[0], dict):
            raise WireError("a choice is not an object")
        return choices[0]

    def _token_ids(self, choice: dict[str, Any]) -> list[int]:
        tokens = choice.get("token_ids")
        if tokens is None and not choice.get("text"):
            return []
        if not isinstance(tokens, list):
            raise WireError("an event has no token ids; vLLM 0.32 or newer is needed")
        if not all(type(token) is int and 0 <= token < self._vocabulary for token in tokens):
            raise WireError("a token id is not in the vocabulary")
        return tokens


def read_models(data: bytes) -> list[Served]:
    """Return the models in the answer of ``/v1/models``. Raises WireError."""
    listing = _json(data)
    entries = listing.get("data") if isinstance(listing, dict) else None
    if not isinstance(entries, list) or len(entries) > _MAX_MODELS:
        raise WireError("no list of models")
    return [_served(entry) for entry in entries]


def _served(entry: Any) -> Served:
    model, root, context = (
        (entry.get("id"), entry.get("root"), entry.get("max_model_len"))
        if isinstance(entry, dict)
        else (None, None, None)
    )
    if not isinstance(model, str) or not isinstance(root, (str, type(None))):
        raise WireError("a model has no id")
    names = frozenset(path.rstrip("/").rpartition("/")[2] for path in (model, root or model))
    return Served(model, names, context if type(context) is int and context > 0 else 0)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise WireError("not JSON") from None
