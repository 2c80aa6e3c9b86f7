"""``emola annotate`` with a fake model: the program that test_processes.py launches."""

import os
import sys
from types import SimpleNamespace

import emola
from emola import Face, cli
from emola.chat import batch

RANK = f"{os.environ.get('RANK', '0')} of {os.environ.get('WORLD_SIZE', '1')}"


def load(name, **options):
    return SimpleNamespace(
        name="fake",
        adapters=(),
        engine=None,
        processor=SimpleNamespace(prompt="chatml"),
        info={"dtype": "float32"},
        identity=lambda progress: {"weights": "0123"},
        prior=SimpleNamespace(dim=4),
        look=lambda picture: [Face.whole(picture)],
    )


def answer_batch(engine, faces, questions, **options):
    print(f"process {RANK} answers {len(faces)}", file=sys.stderr)
    return [
        batch.Completion(f"Level {face.crop.getpixel((9, 9))[0]}: AU12 is active.", False) for face in faces
    ]


if __name__ == "__main__":
    emola.load = load
    batch.answer_batch = answer_batch
    sys.exit(cli.main())
