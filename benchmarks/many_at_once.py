"""How many tokens a second one, eight and sixteen conversations make, and how long each waits for its first.

Every conversation has a new face and a question of its own, starts at the same time as the others and gets an
answer of the same length. The numbers of conversations alternate over the rounds, so that load on the machine
affects all; figures are medians over the rounds. The first token includes the vision tower and the prompt
with the reading of the face, which is known.

One conversation reads packed weights, eight read whole ones, see ``emola.chat.batching.fused_llama``. The
gain by sharing passes alone is the ratio to one conversation with whole weights, which is measured beside.

    python benchmarks/many_at_once.py [--model M] [--length N] [--rounds N] [--json]

Targets on two cores: eight make 4 times the tokens of one, sixteen 5.5 times; the slowest of eight waits at
most 1.5 times the median for its first token.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import emola
from emola import downloads
from emola.chat import Engine
from emola.chat.batching import LocalDecoder
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import positive_int
from emola.faba import ACTION_UNITS
from emola.faba.messages import chat_messages
from emola.face import Face

COUNTS = (1, 8, 16)


class Run(NamedTuple):
    """Conversations at the same time. seconds: until the last token. first: until each first token.

    cache_bytes: size of their prefix caches at the end.
    """

    seconds: float
    first: list[float]
    cache_bytes: int


@with_exit_codes("many_at_once")
def main() -> int:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="nano", help="checkpoint folder (default: EmoLA-Nano)")
    parser.add_argument("--length", type=positive_int, default=160, help="tokens of an answer (default: 160)")
    parser.add_argument("--rounds", type=positive_int, default=3, help="runs of each number (default: 3)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    model = emola.load(args.model)
    face = model.look(downloads.path("astronaut.png"))[0]
    reading = model.read(face)
    opening = [reading.exchange] if reading else []
    figures = measure(model.engine, face, opening, args.length, args.rounds)
    print(json.dumps(figures) if args.json else report(figures))
    return 0


def measure(
    engine: Engine,
    face: Face,
    opening: Sequence[tuple[str, str]],
    length: int,
    rounds: int,
    counts: Sequence[int] = COUNTS,
) -> dict[str, Any]:
    """Return the figures by number of conversations; the first number is that of the ratios.

    opening: the exchanges before each question. The decoder of the engine is replaced by one without stop
    tokens.
    """
    whole, decoder = decoders(engine)
    runs: dict[int, list[Run]] = {count: [] for count in counts}
    in_whole: list[Run] = []
    engine.decoder = decoder
    converse(engine, face, opening, counts[0], 8)  # warms up
    for _ in range(rounds):
        for count in counts:
            runs[count].append(converse(engine, face, opening, count, length))
        engine.decoder = whole
        in_whole.append(converse(engine, face, opening, counts[0], length))
        engine.decoder = decoder
    return summary(runs, in_whole, length)


def summary(runs: Mapping[int, Sequence[Run]], in_whole: Sequence[Run], length: int) -> dict[str, Any]:
    """Return the figures. in_whole: runs of the first number of conversations, with whole weights."""
    first = next(iter(runs))
    alone, alone_in_whole = (first * speed_of(done, length) for done in (runs[first], in_whole))
    conversations = {}
    for count, done in runs.items():
        speed = count * speed_of(done, length)
        medians, slowest = [statistics.median(run.first) for run in done], [max(run.first) for run in done]
        ratios = [last / median for last, median in zip(slowest, medians, strict=True)]
        conversations[count] = {
            "tokens_per_second": speed,
            "times_one": speed / alone,
            "times_one_in_whole": speed / alone_in_whole,
            "first_token_median": statistics.median(medians),
            "first_token_slowest": statistics.median(slowest),
            "slowest_over_median": statistics.median(ratios),
            "cache_bytes": max(run.cache_bytes for run in done),
        }
    return {
        "length": length,
        "one_in_whole_tokens_per_second": alone_in_whole,
        "conversations": conversations,
    }


def decoders(engine: Engine) -> tuple[LocalDecoder, LocalDecoder]:
    """Return two decoders without stop tokens: one that reads whole weights only, and one as usual."""
    made, packed = [], engine.model.may_read_packed
    for may_read_packed in (False, packed):
        engine.model.may_read_packed = may_read_packed
        made.append(LocalDecoder(engine.model, frozenset(), engine.thread))
    return made[0], made[1]


def speed_of(runs: Sequence[Run], length: int) -> float:
    """Return the median of the tokens a second of each conversation."""
    return statistics.median(length / run.seconds for run in runs)


def converse(engine: Engine, face: Face, opening: Sequence[tuple[str, str]], count: int, length: int) -> Run:
    """Ask a question about each of several faces at the same time."""
    owners = [engine.new_owner() for _ in range(count)]
    faces = [replace(face) for _ in range(count)]  # encoded one by one, as those of several visitors
    codes = list(ACTION_UNITS)
    begin = threading.Barrier(count + 1)

    def answer(index: int) -> float:
        question = f"Is AU{codes[index % len(codes)]} active, and how strongly?"
        begin.wait()
        start = time.perf_counter()
        seen = engine.encode(faces[index])
        prompt = engine.tokenize(chat_messages(opening, question))
        tokens = engine.generate(owners[index], seen, prompt, max_new_tokens=length)
        next(tokens)
        first = time.perf_counter() - start
        assert sum(1 for _ in tokens) == length - 1
        return first

    with ThreadPoolExecutor(count) as threads:
        answers = threads.map(answer, range(count))
        begin.wait()
        start = time.perf_counter()
        first = [*answers]
        seconds = time.perf_counter() - start
    cache_bytes = sum(engine.decoder.memory(owner) for owner in owners)
    for owner in owners:
        engine.release(owner)
    return Run(seconds, first, cache_bytes)


def report(figures: dict[str, Any]) -> str:
    """Return the figures as a text table."""
    lines = [
        f"answers of {figures['length']} tokens",
        f"one conversation with whole weights: {figures['one_in_whole_tokens_per_second']:.1f} tokens/s",
        "conversations  tokens/s  times one  (whole)  first token: median  slowest  slowest/median  caches",
    ]
    for count, row in figures["conversations"].items():
        lines.append(
            f"{count:13}  {row['tokens_per_second']:8.1f}  {row['times_one']:9.2f}  "
            f"{row['times_one_in_whole']:7.2f}  "
            f"{row['first_token_median']:18.3f}s  {row['first_token_slowest']:6.3f}s  "
            f"{row['slowest_over_median']:14.2f}  {row['cache_bytes'] / 2**20:.0f} MiB"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
