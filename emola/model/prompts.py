"""How a conversation becomes tokens, one class for each way a model was trained.

This is the one place that knows turn marks, system sentences, where ``<image>`` stands and which
tokens a model learns to say; chat, training and measuring share it. A conversation is a list of
chat-template messages. Control tokens are put in by number, and nothing in a message's text is
special, so that no question can forge one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from emola.errors import ChatError
from emola.faba.messages import Message

IGNORE_INDEX = -100


class PromptStyle(Protocol):
    """What the processor asks of a style, which is made with a tokeniser and one image's tokens."""

    def __init__(self, tokenizer: Any, image: list[int]) -> None: ...

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool) -> list[int]:
        """Token ids of a conversation, ready for the assistant to speak when asked for."""

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """Token ids to learn from and their labels: answers and their ends, else IGNORE_INDEX."""


class ChatML:
    """``<|im_start|>role``, the message, ``<|im_end|>``; each part tokenised by itself."""

    start, end = "<|im_start|>", "<|im_end|>"

    def __init__(self, tokenizer: Any, image: list[int]) -> None:
        self.tokenizer, self.image = tokenizer, image

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        return frozenset(i for i in (self.tokenizer.eos_token_id, self._control(self.end)) if i is not None)

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool) -> list[int]:
        """See ``PromptStyle.tokenize``."""
        ids = [token for message in messages for token in self._message(message)[0]]
        return ids + self._opening("assistant") if add_generation_prompt else ids

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """See ``PromptStyle.tokenize_with_labels``."""
        ids: list[int] = []
        labels: list[int] = []
        for message in messages:
            tokens, learned = self._message(message)
            ids += tokens
            labels += [token if i in learned else IGNORE_INDEX for i, token in enumerate(tokens)]
        return ids, labels

    def _message(self, message: Message) -> tuple[list[int], range]:
        """Tokens of one message, and which of them an assistant has to learn to say."""
        opening = self._opening(_role(message))
        body: list[int] = []
        for part in _parts(message):
            body += [*self.image, *self._text("\n")] if part is None else self._text(part)
        tokens = [*opening, *body, self._control(self.end)]
        learned = range(len(opening), len(tokens)) if message["role"] == "assistant" else range(0)
        return tokens + self._text("\n"), learned

    def _opening(self, role: str) -> list[int]:
        return [self._control(self.start), *self._text(f"{role}\n")]

    def _control(self, token: str) -> int:
        return int(self.tokenizer.convert_tokens_to_ids(token))

    def _text(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True))


@dataclass
class _Stretch:
    """Text between two control tokens or images, tokenised as a whole.

    first: it opens the prompt or follows an image. said: where in it the assistant's words begin.
    """

    text: str = ""
    first: bool = True
    said: int | None = None


class VicunaV1:
    """The published prompt: a system sentence, ``USER: ... ASSISTANT: ...</s>USER: ...``.

    As the published code (llava/conversation.py, llava/mm_utils.py, llava/train/train.py) has it: text
    is tokenised in stretches as long as no image and no ``</s>`` comes between; its training speaks of
    a "user" (template ``v1``), its inference of a "human" (template ``llava_v1``).
    """

    system = (
        "A chat between a curious {someone} and an artificial intelligence assistant. "
        "The assistant gives helpful, detailed, and polite answers to the {someone}'s questions. "
    )
    speakers = {"user": "USER:", "assistant": "ASSISTANT:"}  # noqa: RUF012 (never written to)

    def __init__(self, tokenizer: Any, image: list[int]) -> None:
        self.tokenizer, self.image = tokenizer, image

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Tokens that end an answer."""
        return frozenset({int(self.tokenizer.eos_token_id)})

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool) -> list[int]:
        """See ``PromptStyle.tokenize``."""
        stretches = self._stretches(messages, "human")
        if add_generation_prompt:
            stretches[-1].text += self.speakers["assistant"]
        return self._ids(stretches)[0]

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """See ``PromptStyle.tokenize_with_labels``."""
        return self._ids(self._stretches(messages, "user"))

    def _stretches(self, messages: Sequence[Message], someone: str) -> list[_Stretch]:
        """The prompt cut at images and ends of answers; the last stretch may be empty.

        An end stands behind each stretch whose words the assistant says, an image behind each other one.
        """
        stretches = [_Stretch(self.system.format(someone=someone))]
        for message in messages:
            role = _role(message)
            stretches[-1].text += f"{self.speakers[role]} "
            if role == "assistant":
                stretches[-1].said = len(stretches[-1].text)
            parts = _parts(message)
            for i, part in enumerate(parts):
                if part is not None:
                    stretches[-1].text += part
                elif role == "assistant":
                    raise ChatError("A message of the assistant holds an image; only text can be answered.")
                else:
                    stretches.append(_Stretch("\n" if parts[i + 1 :] else ""))
            if role == "assistant":
                stretches.append(_Stretch(first=False))
            else:
                stretches[-1].text += " "
        return stretches

    def _ids(self, stretches: Sequence[_Stretch]) -> tuple[list[int], list[int]]:
        """Ids and labels; the last stretch is followed by nothing."""
        ids: list[int] = [int(self.tokenizer.bos_token_id)]
        labels = [IGNORE_INDEX]
        for i, stretch in enumerate(stretches):
            tokens = self._tokens(stretch, stretch.text)
            learned = self._first_said(stretch, len(tokens))
            if i < len(stretches) - 1:
                tokens += self.image if stretch.said is None else [int(self.tokenizer.eos_token_id)]
            ids += tokens
            labels += [IGNORE_INDEX] * len(tokens) if learned is None else _from(tokens, learned)
        return ids, labels

    def _first_said(self, stretch: _Stretch, length: int) -> int | None:
        """How many tokens come before the assistant's words.

        What comes before is tokenised by itself and ends in a space, whose token is not counted: in the
        whole it belongs to the first word.
        """
        if stretch.said is None:
            return None
        return min(len(self._tokens(stretch, stretch.text[: stretch.said])) - 1, length)

    def _tokens(self, stretch: _Stretch, text: str) -> list[int]:
        return list(self.tokenizer.piece_ids(text, first=stretch.first))


def _role(message: Message) -> str:
    role = message["role"]
    if role not in ("user", "assistant"):
        raise ChatError(f"A message has the role {role!r}; use 'user' or 'assistant'.")
    return str(role)


def _parts(message: Message) -> list[str | None]:
    """The texts of a message, None standing for an image."""
    content = message["content"]
    if isinstance(content, str):
        return [content]
    parts: list[str | None] = []
    for part in content:
        if part["type"] not in ("image", "text"):
            raise ChatError(f"A message holds {part['type']!r}; only images and text can be read.")
        parts.append(None if part["type"] == "image" else part["text"])
    return parts


def _from(tokens: Sequence[int], start: int) -> list[int]:
    return [IGNORE_INDEX] * start + list(tokens[start:])


PROMPTS: dict[str, type[PromptStyle]] = {"chatml": ChatML, "vicuna_v1": VicunaV1}
"""The styles by the name that a model's configuration gives."""
