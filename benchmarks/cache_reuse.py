"""How much sooner the first token of a follow-up comes because the conversation's cache is kept.

Side by side in one run, on one model and one conversation: the seconds from a question to the first
token of its answer, in turn one and in turn two, with the cache kept between the turns and without
(in turn order, repeated, medians). The face is encoded once in either case, before the clock starts.

    python benchmarks/cache_reuse.py [--model M] [--rounds N] [--json]

It prints turn two over turn one, with and without the cache; well under 1 with, above 1 without.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emola.chat import Engine, Turn
from emola.chat.session import messages
from emola.errors import EmolaError
from emola.face import Face
from emola.model import load_checkpoint
from emola.model.loading import NANO

QUESTIONS = ("Which action units are active in this face?", "Is AU12 active, and how strongly?")


def main() -> int:
    """Read the flags, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=str(NANO), help="checkpoint folder (default: EmoLA-Nano)")
    parser.add_argument("--rounds", type=int, default=7, help="conversations of each kind (default: 7)")
    parser.add_argument("--answer", type=int, default=60, metavar="N", help="tokens of turn one's answer")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    try:
        model, processor = load_checkpoint(args.model)
    except EmolaError as error:
        print(f"cache_reuse: {error}", file=sys.stderr)
        return 2
    figures = measure(model, processor, args.rounds, args.answer)
    print(json.dumps(figures) if args.json else report(figures))
    return 0


def measure(model: Any, processor: Any, rounds: int, answer: int) -> dict[str, float]:
    """Medians in seconds, and the two ratios; kinds alternate, so that both meet the same weather."""
    engines = {"kept": Engine(model, processor), "dropped": Engine(model, processor, idle_caches=0)}
    face = Face.whole(Image.fromarray(np.random.default_rng(0).integers(0, 255, (96, 96, 3), dtype=np.uint8)))
    seconds: dict[str, list[float]] = {f"{kind}_{turn}": [] for kind in engines for turn in ("one", "two")}
    for round_ in range(rounds + 1):
        for kind, engine in engines.items():
            first, second = conversation(engine, face, answer)
            if round_:  # the first round warms up
                seconds[f"{kind}_one"].append(first)
                seconds[f"{kind}_two"].append(second)
    figures = {name: statistics.median(values) for name, values in seconds.items()}
    figures["ratio_kept"] = figures["kept_two"] / figures["kept_one"]
    figures["ratio_dropped"] = figures["dropped_two"] / figures["dropped_one"]
    return figures


def conversation(engine: Engine, face: Face, answer: int) -> tuple[float, float]:
    """Seconds to the first token of each of two turns."""
    owner, seen = engine.new_owner(), engine.encode(face)
    turns: tuple[Turn, ...] = ()
    waited = []
    for question in QUESTIONS:
        start = time.perf_counter()
        prompt = engine.tokenize(messages(turns, question))
        tokens = engine.generate(owner, seen, prompt, max_new_tokens=answer)
        ids = list(itertools.islice(tokens, 1))
        waited.append(time.perf_counter() - start)
        turns = (*turns, Turn(question, engine.decode([*ids, *tokens])))
    engine.release(owner)
    return waited[0], waited[1]


def report(figures: dict[str, float]) -> str:
    """The figures as a small table."""
    lines = [f"{'first token of':>24} turn one  turn two  two/one"]
    for kind in ("kept", "dropped"):
        one, two, ratio = (figures[name] for name in (f"{kind}_one", f"{kind}_two", f"ratio_{kind}"))
        lines.append(f"{'cache ' + kind:>24} {one:7.3f}s  {two:7.3f}s  {ratio:7.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
