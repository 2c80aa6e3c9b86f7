"""Prompt formats: the conversion of chat-template messages to tokens, one class per format.

A format defines role markers, the system prompt, the position of the image, and the tokens that are trained.
Chat, training and evaluation share it. Control tokens are inserted by id, and text in a message is never
parsed as a control token, so that a question cannot inject one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from emola.errors import ChatError
from emola.faba.messages import Message

IGNORE_INDEX = -100
"""Label of a token that is excluded from the loss."""


class PromptFormat(Protocol):
    """Interface of a prompt format. image: the token ids of one image."""

    def __init__(self, tokenizer: Any, image: list[int]) -> None: ...

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Ids of the tokens that end an answer."""

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool) -> list[int]:
        """Return the token ids of a conversation, with the start of an answer on request."""

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """Return token ids and labels, which are IGNORE_INDEX outside answers and their end tokens."""


class ChatML:
    """The format of SmolLM2-Instruct: ``<|im_start|>role``, the message, ``<|im_end|>``."""

    start, end = "<|im_start|>", "<|im_end|>"

    def __init__(self, tokenizer: Any, image: list[int]) -> None:
        self.tokenizer, self.image = tokenizer, image

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Ids of the tokens that end an answer."""
        return frozenset(i for i in (self.tokenizer.eos_token_id, self._control(self.end)) if i is not None)

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool) -> list[int]:
        """See ``PromptFormat.tokenize``."""
        ids = [token for message in messages for token in self._message(message)[0]]
        return ids + self._opening("assistant") if add_generation_prompt else ids

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """See ``PromptFormat.tokenize_with_labels``."""
        ids: list[int] = []
        labels: list[int] = []
        for message in messages:
            tokens, trained = self._message(message)
            ids += tokens
            labels += [token if i in trained else IGNORE_INDEX for i, token in enumerate(tokens)]
        return ids, labels

    def _message(self, message: Message) -> tuple[list[int], range]:
        """Return the tokens of one message, and the range of those that are trained."""
        opening = self._opening(_role(message))
        body: list[int] = []
        for part in _parts(message):
            body += [*self.image, *self._text("\n")] if part is None else self._text(part)
        tokens = [*opening, *body, self._control(self.end)]
        trained = range(len(opening), len(tokens)) if message["role"] == "assistant" else range(0)
        return tokens + self._text("\n"), trained

    def _opening(self, role: str) -> list[int]:
        return [self._control(self.start), *self._text(f"{role}\n")]

    def _control(self, token: str) -> int:
        return int(self.tokenizer.convert_tokens_to_ids(token))

    def _text(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True))


@dataclass
class _Segment:
    """Text between two control tokens or images, tokenised as a whole.

    first: the segment starts the prompt or follows an image. answer_start: index of the first character of
    the answer, None for a segment without one.
    """

    text: str = ""
    first: bool = True
    answer_start: int | None = None


class VicunaV1:
    """The published format: a system prompt, then ``USER: ... ASSISTANT: ...</s>USER: ...``.

    Source: llava/conversation.py, llava/mm_utils.py and llava/train/train.py of the published code. Text is
    tokenised in segments that end at an image or ``</s>``. The system prompt says "user" in training
    (template ``v1``) and "human" in inference (template ``llava_v1``).
    """

    system = (
        "A chat between a curious {person} and an artificial intelligence assistant. "
        "The assistant gives helpful, detailed, and polite answers to the {person}'s questions. "
    )
    speakers = {"user": "USER:", "assistant": "ASSISTANT:"}  # noqa: RUF012 (never written to)

    def __init__(self, tokenizer: Any, image: list[int]) -> None:
        self.tokenizer, self.image = tokenizer, image

    @property
    def stop_token_ids(self) -> frozenset[int]:
        """Ids of the tokens that end an answer."""
        return frozenset({int(self.tokenizer.eos_token_id)})

    def tokenize(self, messages: Sequence[Message], add_generation_prompt: bool) -> list[int]:
        """See ``PromptFormat.tokenize``."""
        segments = self._segments(messages, "human")
        if add_generation_prompt:
            segments[-1].text += self.speakers["assistant"]
        return self._ids(segments)[0]

    def tokenize_with_labels(self, messages: Sequence[Message]) -> tuple[list[int], list[int]]:
        """See ``PromptFormat.tokenize_with_labels``."""
        return self._ids(self._segments(messages, "user"))

    def _segments(self, messages: Sequence[Message], person: str) -> list[_Segment]:
        """Split the prompt at images and ends of answers; the last segment may be empty.

        A segment with an answer is followed by ``</s>``, any other segment but the last by an image.
        """
        segments = [_Segment(self.system.format(person=person))]
        for message in messages:
            role = _role(message)
            segments[-1].text += f"{self.speakers[role]} "
            if role == "assistant":
                segments[-1].answer_start = len(segments[-1].text)
            parts = _parts(message)
            for i, part in enumerate(parts):
                if part is not None:
                    segments[-1].text += part
                elif role == "assistant":
                    raise ChatError("A message of the assistant contains an image; it must be text only.")
                else:
                    segments.append(_Segment("\n" if parts[i + 1 :] else ""))
            if role == "assistant":
                segments.append(_Segment(first=False))
            else:
                segments[-1].text += " "
        return segments

    def _ids(self, segments: Sequence[_Segment]) -> tuple[list[int], list[int]]:
        """Return ids and labels of the segments."""
        ids: list[int] = [int(self.tokenizer.bos_token_id)]
        labels = [IGNORE_INDEX]
        for i, segment in enumerate(segments):
            tokens = self._tokens(segment, segment.text)
            start = self._first_answer_token(segment, len(tokens))
            if i < len(segments) - 1:
                tokens += self.image if segment.answer_start is None else [int(self.tokenizer.eos_token_id)]
            ids += tokens
            labels += [IGNORE_INDEX] * len(tokens) if start is None else _from(tokens, start)
        return ids, labels

    def _first_answer_token(self, segment: _Segment, length: int) -> int | None:
        """Return the number of tokens before the answer, None without an answer.

        The text before the answer ends in a space. Tokenised alone, the space is a token, which is not
        counted, since in the whole segment it belongs to the first word of the answer.
        """
        if segment.answer_start is None:
            return None
        return min(len(self._tokens(segment, segment.text[: segment.answer_start])) - 1, length)

    def _tokens(self, segment: _Segment, text: str) -> list[int]:
        return list(self.tokenizer.piece_ids(text, first=segment.first))


def _role(message: Message) -> str:
    role = message["role"]
    if role not in ("user", "assistant"):
        raise ChatError(f"A message has the role {role!r}; use 'user' or 'assistant'.")
    return str(role)


def _parts(message: Message) -> list[str | None]:
    """Return the texts of a message, with None for an image."""
    content = message["content"]
    if isinstance(content, str):
        return [content]
    parts: list[str | None] = []
    for part in content:
        if part["type"] not in ("image", "text"):
            raise ChatError(f"A message contains {part['type']!r}; use only 'image' and 'text'.")
        parts.append(None if part["type"] == "image" else part["text"])
    return parts


def _from(tokens: Sequence[int], start: int) -> list[int]:
    """Return the labels of tokens that are trained from index ``start`` on."""
    return [IGNORE_INDEX] * start + list(tokens[start:])


PROMPTS: dict[str, type[PromptFormat]] = {"chatml": ChatML, "vicuna_v1": VicunaV1}
"""The prompt formats by their name in the model configuration."""
