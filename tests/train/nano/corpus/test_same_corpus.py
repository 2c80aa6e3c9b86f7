"""The same seed gives the same corpus on every machine and after every change of the code.

After a change of the phrases, the mixture or the table, update the digests:
``python tests/train/nano/corpus/test_same_corpus.py``.
"""

import hashlib
import json
import random
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[3])]

from random_faces import random_facts  # noqa: E402
from writing import WRITER  # noqa: E402

from emola.train.nano.corpus import BUILDERS  # noqa: E402

DIGESTS = HERE / "digests.json"
_CONVERSATIONS = 150


def digest(kind: str) -> str:
    """Return the SHA-256 of conversations about random faces."""
    rng = random.Random(2024)
    sha = hashlib.sha256()
    for seed in range(_CONVERSATIONS):
        messages = WRITER.build(kind, random_facts(rng), random.Random(seed))
        sha.update(json.dumps(messages, ensure_ascii=False).encode("utf-8"))
    return sha.hexdigest()


@pytest.mark.parametrize("kind", BUILDERS)
def test_the_same_seed_gives_the_same_conversations(kind: str) -> None:
    assert digest(kind) == json.loads(DIGESTS.read_text(encoding="utf-8"))[kind]


if __name__ == "__main__":
    DIGESTS.write_text(
        json.dumps({kind: digest(kind) for kind in BUILDERS}, indent=2) + "\n", encoding="utf-8"
    )
