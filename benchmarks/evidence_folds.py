"""Cross-validate the evidence for action units over people.

The evidence reads features of a vision tower that is trained on coded faces, so each fold needs its own
tower. A first tower is trained on the emotions of everyday faces. In each fold it is fine-tuned briefly on
the coded faces of the other people, and its evidence is compared with the codes of the fold. The figure
measures the method: the towers are trained more briefly than the shipped one.

    python benchmarks/evidence_folds.py --coded work/faces/ckplus_dev \\
        --everyday work/faces/fer2013_train work/faces/faces_in_the_wild_dev --out work/folds [--json]

The tables are those of `emola train recipes/nano.yaml --stage faces`; the last of --everyday also
serves the fit of the landmarks, as in that recipe. An interrupted run resumes. About an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emola.cli.exit_codes import with_exit_codes
from emola.errors import DataError
from emola.face.evidence import EVIDENCE_NAME, AUEvidence
from emola.train.nano.evidence import LEAST_ACTIVE, EvidenceRecipe, train_evidence, unit_f1
from emola.train.nano.face_sources import FaceSource
from emola.train.nano.face_table import FaceTable
from emola.train.nano.tower import TowerRecipe, load_tower, train_tower

LANDMARKS = "landmark_evidence.safetensors"
BATCH = 64
CODED_SHARE = 0.3
"""Share of coded faces in the training of a fold's tower."""


@with_exit_codes("evidence_folds")
def main() -> int:
    """Parse the arguments, measure and print."""
    args = parsed()
    with redirect_stdout(sys.stderr):  # what the trainer prints is not a figure
        f1 = cross_validated(args)
    mean = float(np.mean(list(f1.values()))) if f1 else None
    if args.json:
        print(json.dumps({"folds": args.folds, "mean_f1": mean, "f1": f1}, indent=1))
    else:
        print("\n".join([*(f"AU{au:<3} {value:.3f}" for au, value in f1.items()), f"mean {mean or 0:.3f}"]))
    return 0


def parsed() -> argparse.Namespace:
    """Parse the arguments."""
    parser = argparse.ArgumentParser(prog="evidence_folds", description=__doc__.partition("\n")[0])
    parser.add_argument("--coded", type=Path, required=True, metavar="TABLE")
    parser.add_argument("--everyday", type=Path, required=True, nargs="+", metavar="TABLE")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--first-steps", type=int, default=5600, help="steps of 64 everyday faces, once")
    parser.add_argument("--steps", type=int, default=2000, help="steps of 64 faces, in each fold")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def cross_validated(args: argparse.Namespace) -> dict[int, float]:
    """Return the F1 of each unit that enough faces show, over all people."""
    from sklearn.model_selection import GroupKFold

    table = FaceTable.load(args.coded).with_known_units()
    active_NA = table.active()
    if len(set(table.groups)) < args.folds:
        raise DataError(f"{args.coded} has {len(set(table.groups))} people, too few for {args.folds} folds.")
    seen_NA = np.zeros_like(active_NA)
    folds = GroupKFold(args.folds).split(active_NA, groups=table.groups)
    for number, (others, fold) in enumerate(folds):
        folder = args.out / f"fold-{number}"
        if not (folder / "coded").is_dir():
            table.where(others).save(folder / "coded" / "faces-00000.npz")
        seen_NA[fold] = train_fold(folder, args, len(others), table.where(fold))
    return unit_f1(active_NA, seen_NA, LEAST_ACTIVE)


def train_fold(folder: Path, args: argparse.Namespace, coded: int, fold: FaceTable) -> npt.NDArray[np.bool_]:
    """Train a tower on the other people; return the units that it finds in ``fold``, (N, A) bool."""
    landmarks, tower = folder / LANDMARKS, folder / "tower"
    if not (tower / EVIDENCE_NAME).is_file():
        train_evidence(EvidenceRecipe(folder / "coded", args.everyday[-1], landmarks, 0, 0))
        everyday = [FaceSource(path) for path in args.everyday]
        first = args.out / "first_tower"
        if not (first / EVIDENCE_NAME).is_file():
            train_tower(
                TowerRecipe(
                    tuple(everyday),
                    landmarks,
                    first,
                    epochs=1,
                    epoch_faces=BATCH * args.first_steps,
                    learning_rate=1.5e-3,
                    au_weight=0,
                )
            )
        weight = CODED_SHARE / (1 - CODED_SHARE) * sum(len(source.load()) for source in everyday) / coded
        train_tower(
            TowerRecipe(
                (*everyday, FaceSource(folder / "coded", weight=weight)),
                landmarks,
                tower,
                start=first,
                epochs=1,
                epoch_faces=BATCH * args.steps,
                learning_rate=7e-4,
            )
        )
    evidence = AUEvidence.load(tower / EVIDENCE_NAME)
    return evidence.logits(fold.priors, load_tower(tower).features(fold.crops).numpy()) >= 0


if __name__ == "__main__":
    raise SystemExit(main())
