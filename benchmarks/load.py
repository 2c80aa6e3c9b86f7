"""Visit the page with many visitors at once, and measure what they meet and what the server needs.

    python benchmarks/load.py steady [--visitors 50] [--minutes 10] [--think 15]
    python benchmarks/load.py burst  [--visitors 200]
    python benchmarks/load.py leave  [--visitors 100] [--patience 30]
    python benchmarks/load.py kill

Each starts ``python app.py`` with a temporary folder of its own and visits it over HTTP as a browser does:
page and scripts, photo, reading of the face, questions with streamed answers, follow-ups, erasure. Arguments
after ``--`` go to the app: ``load.py burst -- --public``. On Linux each visitor has an address of its own, so
that limits for an address apply as in reality. Visitors and server share the processors; the share of the
visitors is printed.

- steady: visitors come, look, ask, erase, leave and come back, with pauses of ``--think`` seconds on average.
- burst: all arrive at once, and each asks one question. Nobody tries again.
- leave: all arrive at once, and leave at the first words of the answer, or after ``--patience`` seconds of
  waiting for them. Then one more visitor asks.
- kill: the server is killed with SIGKILL in the middle of an answer and started again.

Before, every script of questions is asked alone. Decoding is greedy, so that each answer in the crowd should
be the same, except for words that are almost equally likely: a forward pass of several conversations rounds
differently, in bfloat16 above all. "Mixed" counts answers under the questions of another visitor, "elsewhere"
those that equal the answer about another photo or to another question, which happens for similar faces. To
prove that no answer went to another visitor, compute in float32 (``-- --dtype float32``): both must be 0.

Fairness is the longest wait for the first words over the median. The server's memory, open files and threads
are sampled each minute; the last sample comes ``--settle`` seconds after the last visitor, when closed pages
have been cleaned up.

Needs Nano's files and the example photos: ``python -m emola fetch``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.machine import commit, machine
from benchmarks.visitors.app_process import AppProcess
from benchmarks.visitors.crowd import Crowd
from benchmarks.visitors.figures import report
from benchmarks.visitors.killed import kill_and_restart, report_of_kill
from emola import downloads
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import non_negative_int, positive_int

PACKAGES = ("torch", "transformers", "gradio", "httpx")
PHOTOS = 4
"""Number of example photos that visitors choose from."""
OPEN_FILES = 65_536
"""Connections of all visitors together; 200 browsers have more than the usual limit of 1,024."""


@with_exit_codes("load")
def main() -> int:
    """Parse the arguments, measure, print, and write the figures."""
    own, of_app = split_arguments(sys.argv[1:])
    args = parser().parse_args(own)
    figures = asyncio.run(measure(args, of_app))
    print("\n".join(report_of(figures)))
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


def split_arguments(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the arguments of the benchmark, and those after ``--``, which are the app's."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return list(arguments[:end]), list(arguments[end + 1 :])


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--photos", nargs="+", type=Path, metavar="FILE", help="default: example photos")
    shared.add_argument("--seed", type=non_negative_int, default=0, metavar="S", help="default: 0")
    shared.add_argument(
        "--settle",
        type=non_negative_int,
        default=75,
        metavar="S",
        help="seconds from the last visitor to the last sample (default: 75)",
    )
    shared.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file")
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="Arguments after -- go to the app."
    )
    scenarios = parser.add_subparsers(dest="scenario", required=True)
    for name, visitors in (("steady", 50), ("burst", 200), ("leave", 100), ("kill", 0)):
        scenario = scenarios.add_parser(name, parents=[shared])
        if visitors:
            scenario.add_argument(
                "--visitors", type=positive_int, default=visitors, metavar="N", help=f"default: {visitors}"
            )
        if name == "steady":
            scenario.add_argument("--minutes", type=positive_int, default=10, metavar="N", help="default: 10")
            scenario.add_argument(
                "--think", type=non_negative_int, default=15, metavar="S", help="mean pause (default: 15)"
            )
        if name == "leave":
            scenario.add_argument(
                "--patience", type=positive_int, default=30, metavar="S", help="default: 30"
            )
    return parser


async def measure(args: argparse.Namespace, of_app: Sequence[str]) -> dict[str, Any]:
    """Start the app, ask alone, run the scenario, and return all figures."""
    photos = {path.name: path.read_bytes() for path in args.photos or _examples()}
    with TemporaryDirectory(prefix="emola-load-") as folder:
        app = AppProcess(of_app, Path(folder))
        try:
            begun = time.perf_counter()
            served = await app.start()
            allow_many_connections()
            crowd = Crowd(app.url, photos, seed=args.seed, think=getattr(args, "think", 0))
            model = await crowd.model()
            warm = time.perf_counter() - begun
            figures: dict[str, Any] = {
                "scenario": args.scenario,
                "settings": {"photos": sorted(photos), "app": list(of_app), **_settings(args)},
                "model": model,
                "commit": commit(),
                "machine": machine(PACKAGES),
                "start": {"served_seconds": served, "first_answer_seconds": warm},
                "alone": await crowd.ask_alone(),
            }
            if args.scenario == "kill":
                figures["kill"] = await kill_and_restart(app, crowd)
            else:
                figures.update(await in_a_crowd(app, crowd, args))
        finally:
            end = {"exit_code": app.stop(), "files": app.files()}
        return {**figures, "end": end}


def allow_many_connections() -> None:
    """Raise the limit on open files for the visitors; the app, which is started before, keeps its own."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


async def in_a_crowd(app: AppProcess, crowd: Crowd, args: argparse.Namespace) -> dict[str, Any]:
    """Run the scenario; returns the figures of the visitors, of the server and of its files."""
    before = app.files()
    async with app.observed():
        crowd.restart()
        used = time.process_time()
        if args.scenario == "steady":
            await crowd.steady(args.visitors, args.minutes)
        elif args.scenario == "burst":
            await crowd.burst(args.visitors)
        else:
            await crowd.leave(args.visitors, args.patience)
        visitors = crowd.figures()
        used = time.process_time() - used
        await asyncio.sleep(args.settle)
    if args.scenario == "leave":
        visitors["afterwards"] = _met_by(crowd, args.visitors + 1)
    new = {path: size for path, size in app.files().items() if path not in before}
    return {
        "visitors": {**visitors, "processors_used": round(used / visitors["seconds"], 2)},
        "server": app.figures(),
        "new_files": new,
    }


def _met_by(crowd: Crowd, visitor: int) -> dict[str, Any]:
    """Return the outcomes of a visitor's steps, and the seconds to the first words of the answer."""
    steps = [step for step in crowd.steps if step.visitor == visitor]
    waits = [step.first for step in steps if step.first is not None]
    return {
        "outcomes": {step.kind: step.outcome for step in steps},
        "first_words_seconds": waits[0] if waits else None,
    }


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    names = ("visitors", "minutes", "think", "patience", "seed", "settle")
    return {name: getattr(args, name) for name in names if hasattr(args, name)}


def _examples() -> list[Path]:
    return [photo.path for photo in downloads.example_photos().values()][:PHOTOS]


def report_of(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures as lines of text."""
    model, alone = figures["model"], figures["alone"]
    lines = [
        f"{figures['scenario']} {figures['settings']}",
        f"{model['name']} {model['identity'].get('weights')}, {model['dtype']}, commit {figures['commit']}",
        ", ".join(f"{name} {value}" for name, value in figures["machine"].items()),
        f"{'alone':12} {alone['answers']} answers, first words after "
        f"{alone['first_words_seconds']['median']:.2f} s (median); asked again, "
        f"{alone['again']['same']} of {sum(alone['again'].values())} were the same",
    ]
    if alone["refused"]:
        lines.append(f"{'':12} refused and left out: {', '.join(alone['refused'])}")
    if "kill" in figures:
        return [*lines, *report_of_kill(figures["kill"])]
    visitors = figures["visitors"]
    lines += report(visitors)
    if "afterwards" in visitors:
        wait, outcomes = visitors["afterwards"]["first_words_seconds"], visitors["afterwards"]["outcomes"]
        told = outcomes if wait is None else f"first words after {wait:.2f} s"
        lines.append(f"{'afterwards':12} {told}")
    lines.append(f"{'processors':12} the visitors themselves used {visitors['processors_used']:.2f}")
    return [*lines, *server_report(figures)]


def server_report(figures: Mapping[str, Any]) -> list[str]:
    """Return the figures of the server as lines of text."""
    server, new = figures["server"], figures["new_files"]
    lines = [f"{'':12} {'second':>7} {'MB':>8} {'open files':>11} {'threads':>8} {'CPU s':>8}"]
    lines += [
        f"{'server':12} {sample['at']:7.0f} {sample['rss_mb']:8.1f} {sample['open_files']:11} "
        f"{sample['threads']:8} {sample['cpu_seconds']:8.1f}"
        for sample in server["samples"]
    ]
    return [
        *lines,
        f"{'memory':12} peak {server['peak_mb']:.1f} MB, {server['growth_mb']:+.1f} MB from start to end",
        f"{'disk':12} {len(new)} new files while it ran ({sum(new.values())} bytes), "
        f"{len(figures['end']['files'])} left after its end",
        f"{'log':12} {server['tracebacks']} tracebacks; exit code {figures['end']['exit_code']}",
    ]


if __name__ == "__main__":
    sys.exit(main())
