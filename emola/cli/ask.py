"""Ask one or more questions about the largest face in a picture, as one conversation."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.cli.options import add_model_arguments
from emola.errors import NoFaceError

if TYPE_CHECKING:
    from emola import ChatSession, Face

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The picture, the questions, the model."""
    parser.add_argument("image", type=Path, metavar="IMAGE", help="a picture with a face")
    parser.add_argument("questions", nargs="+", metavar="QUESTION", help="asked one after the other")
    add_model_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print faces and turns as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the answers, streamed, or everything as JSON."""
    from emola.cli.models import load_model
    from emola.face import MAX_FACES, load_image

    picture = load_image(args.image)  # a wrong path should not have to wait for the model
    model = load_model(args)
    faces = model.look(picture)
    if not faces:
        raise NoFaceError(f"No face was found in {args.image}.")
    if len(faces) > 1 and not args.json:
        more = " or more" if len(faces) >= MAX_FACES else ""
        print(f"emola: {len(faces)}{more} faces; asking about the largest.", file=sys.stderr)
    if faces[0].visibility is not None and not args.json:
        for sentence in faces[0].visibility.sentences:
            print(f"emola: {sentence}", file=sys.stderr)
    chat = model.chat(faces[0])
    turns = [_turn(chat, question, aloud=not args.json) for question in args.questions]
    if args.json:
        found = [_described(face) for face in faces]
        print(json.dumps({"model": model.name, "faces": found, "turns": turns}, ensure_ascii=False))
    return 0


def _turn(chat: ChatSession, question: str, *, aloud: bool) -> dict[str, Any]:
    from emola.faba import read_action_units, read_emotion

    if aloud:
        print(f"> {question}")
    pieces = []
    for piece in chat.ask(question):
        pieces.append(piece)
        if aloud:
            print(piece, end="", flush=True)
    if aloud:
        print()
    answer = "".join(pieces)
    return {
        "question": question,
        "answer": answer,
        "action_units": read_action_units(answer),
        "emotion": read_emotion(answer),
    }


def _described(face: Face) -> dict[str, Any]:
    return {
        "box": [round(float(edge), 1) for edge in face.box],
        "visibility": None if face.visibility is None else face.visibility.as_dict(),
        "landmarks": [[round(float(x), 1), round(float(y), 1)] for x, y in face.landmarks],
    }
