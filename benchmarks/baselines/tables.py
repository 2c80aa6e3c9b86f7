"""Figures as Markdown, and what they were measured on."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from emola.data import Dataset

EMOLA = "EmoLA's words"


def facts(data: Dataset, args: argparse.Namespace, count: int) -> dict[str, Any]:
    """What was measured on."""
    return {
        "data": data.name,
        "task": args.task,
        "n": count,
        "held_out": args.held_out,
        "limit": args.limit,
        "seed": args.seed,
        "answers": str(args.nano) if args.nano else args.model,
    }


def headline(figures: Mapping[str, Any]) -> str:
    """The data and how many faces."""
    people = f", one in {figures['held_out']} people" if figures["held_out"] else ""
    return f"{figures['data']}{people}: {figures['n']} faces"


def decimal(number: float | None) -> str:
    """Three decimals, a dash for nothing."""
    return "-" if number is None else f"{number:.3f}"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table, its first row the heads."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
