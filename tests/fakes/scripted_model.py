"""A byte-level processor, a tiny random model with real attention, and a model that plays back answers."""

from __future__ import annotations

from collections import deque
from types import SimpleNamespace
from typing import Any

import torch
from tiny_models import FakeFace, text_config
from transformers import LlamaForCausalLM

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
        self.fed: list[list[int]] = []  # the embedded tokens: of each prompt, then of each step

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
    """Plays back queued answers, one per prompt, and fills real caches.

    An answer is a text, or a list of tokens and of exceptions, which a forward pass raises in place of a
    token. ``on_step`` is called before each forward pass.
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

    def forward(self, inputs_embeds: torch.Tensor, logits_to_keep: list[int], segments: Any, **_: Any) -> Any:
        self.on_step()
        states = inputs_embeds[:, None]  # (1, 1, N, 1)
        due = set(logits_to_keep)
        tokens = []
        for segment in segments:
            part = states[:, :, segment.tokens]
            segment.store(0, part, part)
            for index, cache in enumerate(segment.caches):
                alone = len(segment.caches) == 1
                last = segment.tokens.stop - 1 if alone else segment.tokens.start + index
                if last in due:
                    tokens.append(self._next_token(id(cache), int(inputs_embeds[0, last, 0])))
        one_hot = torch.nn.functional.one_hot(torch.tensor([tokens], dtype=torch.long), VOCABULARY) * 100.0
        return SimpleNamespace(logits=one_hot)

    def _next_token(self, conversation: int, last: int) -> int:
        if last == ASSISTANT:
            self._remaining[conversation] = deque(self.answers.popleft())
        token = self._remaining[conversation].popleft()
        if isinstance(token, Exception):
            raise token
        return int(token)


def chat_of(*answers: Any, max_context: int = 512, **options: Any) -> tuple[ChatSession, ScriptedModel]:
    model = ScriptedModel(*answers)
    return ChatSession(Engine(model, ByteProcessor(), max_context=max_context), face(), **options), model


def settle(engine: Engine) -> None:
    """Wait until the decoder has noticed which answers were stopped or closed."""
    for _ in range(2):  # the step in progress may have begun before
        engine.thread.call(lambda: None)


def prompt_of(model: ScriptedModel, nth: int = -1) -> str:
    """Return the nth prompt if it was fed in full: I image, u and a roles, . end tokens."""
    names = {IMAGE: "I", USER: "u", ASSISTANT: "a", END: "."}
    prompts = [fed for fed in model.fed if fed[-1] == ASSISTANT]
    return "".join(names.get(token) or chr(token) for token in prompts[nth])


def read(pieces: Any) -> str:
    return "".join(pieces)
