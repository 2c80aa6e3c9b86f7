"""The network that detects covered regions of a face, trained on faces with drawn covers.

``TRAINING_COVERS`` are the kinds of covers for training, ``HELD_OUT_COVERS`` those for testing only.
``DECOYS`` are drawn on faces and cover nothing: clear glasses, beards, lipstick, shadows.
"""

from emola.train.nano.covers.canvas import Canvas
from emola.train.nano.covers.kinds import DECOYS, HELD_OUT_COVERS, TRAINING_COVERS, cover, decoy

__all__ = ["DECOYS", "HELD_OUT_COVERS", "TRAINING_COVERS", "Canvas", "cover", "decoy"]
