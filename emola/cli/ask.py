"""Ask questions about the largest face in a picture, as one conversation."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emola.cli.options import add_json_argument, add_model_arguments, engine_servers
from emola.errors import NoFaceError

if TYPE_CHECKING:
    from emola import ChatSession, Face

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the picture, the questions, the model and --json."""
    parser.add_argument("image", type=Path, metavar="IMAGE", help="a picture with a face")
    parser.add_argument(
        "questions", nargs="+", metavar="QUESTION", help="a question; it can refer to earlier answers"
    )
    add_model_arguments(parser, engine=True)
    add_json_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Print the answers as they are generated, or faces and answers as JSON at the end."""
    from emola.cli.models import load_model
    from emola.face import MAX_FACES, load_image

    servers = engine_servers(args)
    picture = load_image(args.image)  # before the model, so that a wrong path fails at once
    model = load_model(args, servers=servers)
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
    turns = [_ask(chat, question, stream=not args.json) for question in args.questions]
    if args.json:
        rows = [_face_as_dict(face) for face in faces]
        reading = asdict(chat.reading) if chat.reading else None
        result = {"model": model.name, "faces": rows, "reading": reading, "turns": turns}
        print(json.dumps(result, ensure_ascii=False))
    return 0


def _ask(chat: ChatSession, question: str, *, stream: bool) -> dict[str, Any]:
    """Ask one question; return the turn for JSON. stream: print the answer as it is generated."""
    from emola.faba import read_action_units, read_emotion

    if stream:
        print(f"> {question}")
    pieces = []
    for piece in chat.ask(question):
        pieces.append(piece)
        if stream:
            print(piece, end="", flush=True)
    if stream:
        print()
    answer = "".join(pieces)
    return {
        "question": question,
        "answer": answer,
        "action_units": read_action_units(answer),
        "emotion": read_emotion(answer),
    }


def _face_as_dict(face: Face) -> dict[str, Any]:
    return {
        "box": [round(float(edge), 1) for edge in face.box],
        "visibility": None if face.visibility is None else face.visibility.as_dict(),
        "landmarks": [[round(float(x), 1), round(float(y), 1)] for x, y in face.landmarks],
    }
