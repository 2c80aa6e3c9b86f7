"""A byte-level processor, a tiny random model with real attention, and a model that plays back answers."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import torch
from tiny_models import FakeFace, text_config
from transformers import DynamicCache, LlamaForCausalLM

from emola.chat import ChatSession, Engine

IMAGE, USER, ASSISTANT, END = 256, 257, 258, 259
VOCABULARY = 260
IMAGE_TOKENS = 3
HIDDEN = 64


def face(value: float = 0.5, clear: bool = True) -> Any:
    """Return a face whose crop is a number, the only input of the models below."""
    return FakeFace(crop=value, prior=None, visibility=SimpleNamespace(clear=clear))


class ByteProcessor:
    """Makes one token per byte, with a role token before and END after each message."""

    stop_token_ids = frozenset({END})
    stop_strings: tuple[str, ...] = ()
    certainty_token_ids = frozenset(b"!")

    def tokenize(self, messages: Any, add_generation_prompt: bool) -> list[int]:
        ids: list[int] = []
        for message in messages:
            ids.append(USER if message["role"] == "user" else ASSISTANT)
            for part in message["content"]:
                ids += [IMAGE] * IMAGE_TOKENS if part["type"] == "image" else list(part["text"].encode())
            ids.append(END)
        return [*ids, ASSISTANT] if add_generation_prompt else ids

    def decode(self, ids: list[int]) -> str:
        return bytes(token for token in ids if token < IMAGE).decode("utf-8", errors="replace")

    def __call__(self, images: list[float], **_: Any) -> dict[str, torch.Tensor]:
        return {"pixel_values": torch.tensor([images[0]]), "prior_features": torch.zeros(1, 1)}


class _Embedder(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.config: Any = text_config()
        self.config.image_token_id = IMAGE
        self.encoded = 0
        self.fed: list[list[int]] = []  # the tokens of each forward pass

    @property
    def device(self) -> torch.device:
        return torch.device("cpu")

    def patch_features(self, pixel_values: torch.Tensor) -> torch.Tensor:
        self.encoded += 1
        return pixel_values.float().view(1, 1, 1)

    def project(self, patch_features: torch.Tensor, prior_features: torch.Tensor) -> torch.Tensor:
        return torch.sin(patch_features.flatten() * torch.arange(1, HIDDEN * IMAGE_TOKENS + 1)).view(
            1, IMAGE_TOKENS, HIDDEN
        )


class TinyModel(_Embedder):
    """Two random Llama layers, with real keys, values and positions."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.llama = LlamaForCausalLM(self.config).eval()

    def embed(self, ids: torch.Tensor, image_embeds: torch.Tensor | None) -> torch.Tensor:
        self.fed.append(ids[0].tolist())
        embeds = self.llama.get_input_embeddings()(ids)
        if image_embeds is not None:
            embeds[ids == IMAGE] = image_embeds[0]
        return embeds

    def forward(self, **inputs: Any) -> Any:
        return self.llama(**inputs)


class ScriptedModel(_Embedder):
    """Plays back queued answers, one per prompt, and fills a real cache.

    An answer is a text, or a list of tokens and of exceptions to raise in place of a token. ``on_step`` is
    called before each forward pass.
    """

    def __init__(self, *answers: str | list[Any]) -> None:
        super().__init__()
        self.answers: deque[list[Any]] = deque()
        self.enqueue(*answers)
        self._remaining: dict[int, deque[Any]] = {}
        self.on_step: Any = lambda: None

    def enqueue(self, *answers: str | list[Any]) -> None:
        for answer in answers:
            self.answers.append([*answer.encode(), END] if isinstance(answer, str) else list(answer))

    def embed(self, ids: torch.Tensor, image_embeds: torch.Tensor | None) -> torch.Tensor:
        self.fed.append(ids[0].tolist())
        return ids[..., None].float()

    def forward(
        self, inputs_embeds: torch.Tensor, past_key_values: DynamicCache, use_cache: bool, logits_to_keep: int
    ) -> Any:
        self.on_step()
        ids = inputs_embeds[0, :, 0].long()
        if ids[-1] == ASSISTANT:
            self._remaining[id(past_key_values)] = deque(self.answers.popleft())
        states = inputs_embeds[:, None].expand(1, 1, len(ids), 1)
        past_key_values.update(states, states, 0)
        token = self._remaining[id(past_key_values)].popleft()
        if isinstance(token, Exception):
            raise token
        one_hot = torch.nn.functional.one_hot(torch.tensor([[token]]), VOCABULARY) * 100.0
        return SimpleNamespace(logits=one_hot)


def chat_of(*answers: Any, max_context: int = 512, **options: Any) -> tuple[ChatSession, ScriptedModel]:
    model = ScriptedModel(*answers)
    return ChatSession(Engine(model, ByteProcessor(), max_context=max_context), face(), **options), model


def prompt_of(model: ScriptedModel, nth: int = -1) -> str:
    """Return the nth prompt if it was fed in full: I image, u and a roles, . end tokens."""
    names = {IMAGE: "I", USER: "u", ASSISTANT: "a", END: "."}
    prompts = [fed for fed in model.fed if fed[-1] == ASSISTANT]
    return "".join(names.get(token) or chr(token) for token in prompts[nth])


def read(pieces: Any) -> str:
    return "".join(pieces)
