"""Measure how fast an answer streams in the page, what a claim costs in bytes, and when the page is usable.

In one run, with one model and one Chromium:

- stream: tokens a second of an answer, from its first words in the page to its end; in the page as it is, and
  without chips and face view. The two alternate; figures are medians over the rounds.
- claim: bytes of the event stream with chips minus those without, over the number of chips. For this figure
  the answer is updated at each token, so that both runs send as many updates.
- usable: seconds from the first byte of the page until the consent is accepted and a photo can be chosen,
  with a cold and a warm browser cache; medians over the rounds.

    python benchmarks/page.py [--rounds N] [--photo NAME] [--question Q] [--model M] [--json]

Needs the model's files and the example photos (``python -m emola fetch``), playwright, and a Chromium of the
system. Targets: a ratio of 0.9, 200 bytes while the answer grows, and 1.5 s on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from starlette.types import Message, Receive, Scope, Send

import emola
from benchmarks.page_driver import Answer, Tab, chromium, usable_after
from emola import downloads
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import add_json_argument, positive_int
from emola.errors import EmolaError
from emola.faba.claims import Claim
from emola.ui.chat import transcript
from emola.ui.serving import server
from emola.ui.serving.middleware import AccessMiddleware
from emola.ui.shared.model_handle import AffectModel, ModelHandle

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTION = "Explain the emotion step by step, from the movements to the name."
KINDS = ("with", "without")
"""With chips and face view, and without."""


@with_exit_codes("page")
def main() -> int:
    """Parse the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="nano", metavar="M", help="checkpoint (default: nano)")
    parser.add_argument("--rounds", type=positive_int, default=5, metavar="N", help="default: 5")
    parser.add_argument(
        "--photo",
        choices=(*downloads.GROUPS["examples"], *downloads.GROUPS["test-photos"]),
        default="happiness.jpg",
        metavar="NAME",
        help="photo with one face (default: happiness.jpg)",
    )
    parser.add_argument("--question", default=QUESTION, metavar="Q", help=f"default: {QUESTION}")
    add_json_argument(parser)
    args = parser.parse_args()
    photo = downloads.path(args.photo)
    model = emola.load(args.model)

    def count_tokens(text: str) -> int:
        return len(model.processor.tokenizer.encode(text, add_special_tokens=False))

    figures = measure(model, photo, args.question, args.rounds, count_tokens)
    print(json.dumps(figures, indent=2) if args.json else report(figures))
    return 0


def measure(
    model: AffectModel, photo: Path, question: str, rounds: int, count_tokens: Callable[[str], int]
) -> dict[str, Any]:
    """Return the figures. photo: a file with one face. Raises EmolaError without Chromium or claims."""
    updates: list[bytes] = []
    with chromium() as browser, served(model, updates) as url:
        usable = usable_seconds(browser, url, rounds)
        tabs = {kind: Tab(browser, url, photo, face_view=kind == "with") for kind in KINDS}
        return {
            "stream": stream_rates(tabs, question, rounds, count_tokens),
            "claim": claim_bytes(tabs, question, updates),
            "usable": usable,
            "machine": {
                "cores": os.cpu_count(),
                "system": platform.platform(),
                "python": platform.python_version(),
                "gradio": version("gradio"),
                "chromium": browser.version,
            },
        }


# -- the page ------------------------------------------------------------------------------------


@contextmanager
def served(model: AffectModel, updates: list[bytes]) -> Iterator[str]:
    """Serve the page of a model; yield its address. updates: gets the messages of the event streams."""
    with patch.object(server, "AccessMiddleware", recording(updates)):
        pages = server.PageServer(ModelHandle.of(model), downloads.example_photos())
        url = pages.launch(quiet=True)
    try:
        yield url
    finally:
        pages.close()


def recording(updates: list[bytes]) -> type[AccessMiddleware]:
    """Return the middleware of the page, which also keeps the messages of the event streams."""

    class Recording(AccessMiddleware):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def record(message: Message) -> None:
                if body := message.get("body"):
                    updates.append(bytes(body))
                await send(message)

            is_stream = scope["type"] == "http" and scope["path"].endswith("/queue/data")
            await super().__call__(scope, receive, record if is_stream else send)

    return Recording


class _NoClaims:
    """Stands for ``GrowingClaims`` and finds nothing."""

    def update(self, text: str) -> list[Claim]:
        return []


@contextmanager
def without_chips() -> Iterator[None]:
    """Serve answers without chips, and without the search for claims while they grow."""
    with (
        patch.object(transcript, "GrowingClaims", _NoClaims),
        patch.object(transcript, "find_claims", lambda text: []),
    ):
        yield


# -- the figures ---------------------------------------------------------------------------------


def usable_seconds(browser: Browser, url: str, rounds: int) -> dict[str, float]:
    """Return the median seconds from the first byte until the page is usable, by the state of the cache."""
    usable_after(browser, url)  # warms up the server
    cold, warm = zip(*(usable_after(browser, url) for _ in range(rounds)), strict=True)
    return {"cold": statistics.median(cold), "warm": statistics.median(warm)}


def ask(tabs: Mapping[str, Tab], kind: str, question: str) -> Answer:
    """Ask in the page of a kind; the server leaves the chips out for the page without."""
    with without_chips() if kind == "without" else nullcontext():
        return tabs[kind].ask(question)


def stream_rates(
    tabs: Mapping[str, Tab], question: str, rounds: int, count_tokens: Callable[[str], int]
) -> dict[str, Any]:
    """Return the median tokens a second of each kind, their ratio, and the answers, which should be one."""
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    texts: set[str] = set()
    for round_ in range(rounds + 1):
        for kind in KINDS if round_ % 2 else KINDS[::-1]:
            answer = ask(tabs, kind, question)
            if round_:  # the first round warms up
                rates[kind].append(count_tokens(answer.text) / answer.seconds)
                texts.add(answer.text)
    medians = {kind: statistics.median(values) for kind, values in rates.items()}
    return {
        "tokens_per_second": medians,
        "ratio": medians["with"] / medians["without"],
        "rounds": rates,
        "answers": sorted(texts),
    }


def claim_bytes(tabs: Mapping[str, Tab], question: str, updates: list[bytes]) -> dict[str, Any]:
    """Return the figures of the event stream. updates: its messages, see ``recording``."""
    sent: dict[str, list[bytes]] = {}
    chips = 0
    with patch.object(transcript, "UPDATE_INTERVAL", 0.0):
        for kind in KINDS:
            updates.clear()
            chips = max(chips, ask(tabs, kind, question).chips)
            sent[kind] = list(updates)
    if not chips:
        raise EmolaError("The answer names no action unit; ask another --question.")
    return claim_figures(sent["with"], sent["without"], chips)


def claim_figures(with_chips: Sequence[bytes], without: Sequence[bytes], chips: int) -> dict[str, Any]:
    """Return the bytes sent for a chip, and the largest update while the answer grows, by kind.

    The first update is the state of the whole page, and the last one the complete answer. In the end Gradio
    sends the state of the whole page again.
    """
    sent = {"with": with_chips, "without": without}
    growing = {
        kind: [len(update) for update in updates if b'"process_generating"' in update][1:-1]
        for kind, updates in sent.items()
    }
    total = {
        kind: sum(len(update) for update in updates if b'"process_' in update)
        for kind, updates in sent.items()
    }
    return {
        "chips": chips,
        "bytes_while_growing": (sum(growing["with"]) - sum(growing["without"])) / chips,
        "bytes_in_all": (total["with"] - total["without"]) / chips,
        "largest_update": {kind: max(sizes) for kind, sizes in growing.items()},
        "updates": {kind: len(sizes) for kind, sizes in growing.items()},
        "total": total,
    }


def report(figures: Mapping[str, Any]) -> str:
    """Return the figures as a text table."""
    stream, claim, usable = figures["stream"], figures["claim"], figures["usable"]
    rate, largest, total = stream["tokens_per_second"], claim["largest_update"], claim["total"]
    rows = (
        ("tokens a second", rate, ".1f"),
        ("largest update, bytes", largest, "d"),
        ("whole stream, bytes", total, "d"),
    )
    lines = [
        f"{'':22}  with chips and face view   without",
        *(f"{name:22}  {value['with']:>24{kind}}  {value['without']:>8{kind}}" for name, value, kind in rows),
        f"ratio of the speeds: {stream['ratio']:.2f}",
        f"{claim['chips']} chips: {claim['bytes_while_growing']:.0f} bytes for each while the answer grows, "
        f"{claim['bytes_in_all']:.0f} in all",
        f"seconds from the first byte until the page is usable: {usable['cold']:.2f} with a cold browser "
        f"cache, {usable['warm']:.2f} with a warm one",
        ", ".join(f"{name} {value}" for name, value in figures["machine"].items()),
    ]
    if len(stream["answers"]) > 1:
        lines.append(f"the model gave {len(stream['answers'])} different answers")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
