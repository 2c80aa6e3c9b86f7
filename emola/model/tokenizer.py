"""The published model's tokeniser: SentencePiece, piece by piece, with the published ids."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sentencepiece
from transformers import AutoTokenizer, PythonBackend

from emola.model.configuration import EmolaConfig

IMAGE_TOKEN = "<image>"
_SPACE = "\u2581"
VOCABULARY = "tokenizer.model"


class VicunaTokenizer(PythonBackend):
    """Llama's SentencePiece vocabulary and, behind it, one token for the image.

    The published ids come from the Llama tokeniser of transformers 4.31. Today's differ where a piece
    of a prompt starts, so pieces are given to SentencePiece itself, see :meth:`piece_ids`.
    ``legacy`` is the published tokeniser's switch of that name: with it, the text behind ``</s>``
    starts with a space of its own.
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
        """Pieces of the vocabulary, without the image's token."""
        return int(self.pieces.get_piece_size())

    def get_vocab(self) -> dict[str, int]:
        """Pieces and added tokens by their text."""
        pieces = {self.pieces.id_to_piece(i): i for i in range(self.vocab_size)}
        return {**pieces, **self.added_tokens_encoder}

    def piece_ids(self, text: str, *, first: bool) -> list[int]:
        """Ids of a piece of a prompt, in which nothing is special.

        first: it stands at the start of the prompt or behind an image, where SentencePiece puts a space
        before it; behind ``</s>`` the published tokeniser takes that space away again.
        """
        text = text.replace(_SPACE, " ")
        pieces = self.pieces.encode(text, out_type=str)
        if not (first or self.legacy or text.startswith(" ")) and pieces and pieces[0].startswith(_SPACE):
            pieces = ([pieces[0][1:]] if len(pieces[0]) > 1 else []) + pieces[1:]
        return [self.pieces.piece_to_id(piece) for piece in pieces]

    def save_vocabulary(self, save_directory: str, filename_prefix: str | None = None) -> tuple[str, ...]:
        """Copy the SentencePiece model."""
        target = Path(save_directory) / f"{filename_prefix + '-' if filename_prefix else ''}{VOCABULARY}"
        if target.resolve() != Path(self.vocab_file).resolve():
            shutil.copyfile(self.vocab_file, target)
        return (str(target),)

    def convert_tokens_to_string(self, tokens: Sequence[str]) -> str:
        """Text of pieces; bytes that make no character become the replacement character."""
        return str(self.pieces.decode_pieces(list(tokens)))

    def _tokenize(self, text: str, **_: Any) -> list[str]:
        return list(self.pieces.encode(text, out_type=str))

    def _convert_token_to_id(self, token: str) -> int:
        return int(self.pieces.piece_to_id(token))

    def _convert_id_to_token(self, index: int) -> str:
        return str(self.pieces.id_to_piece(index))


AutoTokenizer.register(EmolaConfig, VicunaTokenizer)
