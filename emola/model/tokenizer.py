"""The tokeniser of the published model: SentencePiece on pieces of the prompt, with the published ids."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sentencepiece
from transformers import AutoTokenizer, PythonBackend

from emola.model.configuration import IMAGE_TOKEN, EmolaConfig

_SPACE = "\u2581"
VOCABULARY = "tokenizer.model"


class VicunaTokenizer(PythonBackend):  # type: ignore[misc]
    """The SentencePiece vocabulary of Llama, extended by an image token.

    The published ids come from the Llama tokeniser of transformers 4.31. Later versions differ at the start
    of each piece of a prompt, so :meth:`piece_ids` calls SentencePiece directly. legacy: the published option
    of that name; if true, the text after ``</s>`` starts with an additional space.
    """

    vocab_files_names = {"vocab_file": VOCABULARY}  # noqa: RUF012 (the name that transformers reads)
    model_input_names = ["input_ids", "attention_mask"]  # noqa: RUF012

    def __init__(self, vocab_file: str, legacy: bool = False, **kwargs: Any) -> None:
        self.vocab_file, self.legacy = str(vocab_file), legacy
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=self.vocab_file)
        for name in ("bos", "eos", "unk"):
            kwargs[f"{name}_token"] = self.pieces.id_to_piece(getattr(self.pieces, f"{name}_id")())
        kwargs["pad_token"] = kwargs["unk_token"]
        kwargs.setdefault("extra_special_tokens", [IMAGE_TOKEN])
        super().__init__(legacy=legacy, **kwargs)

    @property
    def vocab_size(self) -> int:
        """Size of the vocabulary without the image token."""
        return int(self.pieces.get_piece_size())

    def get_vocab(self) -> dict[str, int]:
        """Return the ids of all pieces and added tokens, by text."""
        pieces = {self.pieces.id_to_piece(i): i for i in range(self.vocab_size)}
        return {**pieces, **self.added_tokens_encoder}

    def piece_ids(self, text: str, *, first: bool) -> list[int]:
        """Return the ids of a piece of a prompt, in which no text is a control token.

        first: the piece starts the prompt or follows an image, where SentencePiece prepends a space. After
        ``</s>`` the published tokeniser removes that space.
        """
        text = text.replace(_SPACE, " ")
        pieces = self.pieces.encode(text, out_type=str)
        if not (first or self.legacy or text.startswith(" ")) and pieces and pieces[0].startswith(_SPACE):
            pieces = ([pieces[0][1:]] if len(pieces[0]) > 1 else []) + pieces[1:]
        return [self.pieces.piece_to_id(piece) for piece in pieces]

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str, ...]:
        """Copy the SentencePiece model and return its path."""
        target = Path(save_directory) / f"{filename_prefix + '-' if filename_prefix else ''}{VOCABULARY}"
        if target.resolve() != Path(self.vocab_file).resolve():
            shutil.copyfile(self.vocab_file, target)
        return (str(target),)

    def convert_tokens_to_string(self, tokens: Sequence[str]) -> str:
        """Return the text of pieces; invalid UTF-8 becomes the replacement character."""
        return str(self.pieces.decode_pieces(list(tokens)))

    def _tokenize(self, text: str, **_: Any) -> list[str]:
        return list(self.pieces.encode(text, out_type=str))

    def _convert_token_to_id(self, token: str) -> int:
        return int(self.pieces.piece_to_id(token))

    def _convert_id_to_token(self, index: int) -> str:
        return str(self.pieces.id_to_piece(index))


AutoTokenizer.register(EmolaConfig, VicunaTokenizer)
