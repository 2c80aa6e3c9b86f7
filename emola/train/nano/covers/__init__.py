"""Covers drawn on faces, to teach and to judge the network that sees what is covered.

A cover is a mask of opacity and the grey values under it. ``COVERS`` names the kinds that are taught,
``UNSEEN`` those that only judge, ``DECOYS`` what is drawn on faces and covers nothing: rims of clear glasses,
beards, lipstick, shadows.
"""

from emola.train.nano.covers.canvas import Canvas
from emola.train.nano.covers.kinds import COVERS, DECOYS, UNSEEN, cover, decoy

__all__ = ["COVERS", "DECOYS", "UNSEEN", "Canvas", "cover", "decoy"]
