"""Measure how much the prefix cache shortens the time to the first token of a follow-up.

Compares, in one run on one model and one face, the seconds to the first token in each turn of a conversation
with the cache kept between turns and with it dropped. The two alternate, so that load on the machine affects
both; figures are medians over the rounds. The face is encoded before the measurement.

    python benchmarks/cache_reuse.py [--model M] [--rounds N] [--json]

The main figure is turn two over turn one; later turns save more.
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

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emola import downloads
from emola.chat import Engine
from emola.cli.exit_codes import with_exit_codes
from emola.faba.messages import chat_messages
from emola.face import Face, FaceLandmarker, load_image
from emola.model import load_checkpoint
from emola.model.loading import NANO

QUESTIONS = (
    "Which emotion does this face show, and why?",
    "Is AU12 active, and how strongly?",
    "Which movements speak against it?",
    "What does AU6 look like?",
)
ANSWER = 120
"""Longest answer in tokens."""


@with_exit_codes("cache_reuse")
def main() -> int:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=str(NANO), help="checkpoint folder (default: EmoLA-Nano)")
    parser.add_argument("--rounds", type=int, default=5, help="conversations of each kind (default: 5)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    model, processor = load_checkpoint(args.model)
    face = FaceLandmarker().detect(load_image(downloads.path("astronaut.png")))[0]
    figures = measure(model, processor, face, args.rounds)
    print(json.dumps(figures) if args.json else report(figures))
    return 0


def measure(model: Any, processor: Any, face: Face, rounds: int) -> dict[str, Any]:
    """Return the median seconds to the first token by kind and turn, and turn two over turn one."""
    engines = {"kept": Engine(model, processor), "dropped": Engine(model, processor, cache_bytes=0)}
    durations: dict[str, list[list[float]]] = {kind: [] for kind in engines}
    for round_ in range(rounds + 1):
        for kind, engine in engines.items():
            seconds, prompts = conversation(engine, face)
            if round_:  # the first round warms up
                durations[kind].append(seconds)
    medians = {
        kind: [statistics.median(turn) for turn in zip(*runs, strict=True)]
        for kind, runs in durations.items()
    }
    return {
        "prompt_tokens": prompts,
        "seconds": medians,
        "two_over_one": {kind: turns[1] / turns[0] for kind, turns in medians.items()},
        "kept_over_dropped": [
            kept / dropped for kept, dropped in zip(medians["kept"], medians["dropped"], strict=True)
        ],
    }


def conversation(engine: Engine, face: Face) -> tuple[list[float], list[int]]:
    """Return the seconds to the first token and the prompt length in tokens, for each turn."""
    owner, seen = engine.new_owner(), engine.encode(face)
    turns: list[tuple[str, str]] = []
    durations, lengths = [], []
    for question in QUESTIONS:
        start = time.perf_counter()
        prompt = engine.tokenize(chat_messages(turns, question))
        tokens = engine.generate(owner, seen, prompt, max_new_tokens=ANSWER)
        ids = list(itertools.islice(tokens, 1))
        durations.append(time.perf_counter() - start)
        lengths.append(len(prompt))
        turns.append((question, engine.decode([*ids, *tokens])))
    engine.release(owner)
    return durations, lengths


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a text table."""
    lines = ["turn  prompt  first token, cache kept  cache dropped  kept/dropped"]
    rows = zip(
        figures["prompt_tokens"],
        figures["seconds"]["kept"],
        figures["seconds"]["dropped"],
        figures["kept_over_dropped"],
        strict=True,
    )
    for turn, (prompt, kept, dropped, ratio) in enumerate(rows, start=1):
        lines.append(f"{turn:4}  {prompt:6}  {kept:22.3f}s  {dropped:12.3f}s  {ratio:12.2f}")
    two = figures["two_over_one"]
    lines.append(f"turn two over turn one: {two['kept']:.2f} kept, {two['dropped']:.2f} dropped")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
