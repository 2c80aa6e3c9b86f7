"""Facts about a measurement, shared by the tables."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from emola.data import Dataset

EMOLA = "EmoLA's words"


def facts(data: Dataset, args: argparse.Namespace, count: int) -> dict[str, Any]:
    """Return what was measured on."""
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
    """Return the data set and the number of faces as text."""
    people = f", one in {figures['held_out']} people" if figures["held_out"] else ""
    return f"{figures['data']}{people}: {figures['n']} faces"
