"""Made-up faces and answers for the measuring of trust: nothing here needs a model."""

import numpy as np
from PIL import Image

from benchmarks.trust import asking
from benchmarks.trust.faces import Looked
from emola import Face
from emola.chat.batch import Completion
from emola.faba import NANO_AUS
from emola.face import PRIOR_DIM, AUEstimate, Pose


def a_face(found=True, side=50.0, yaw=0.0):
    box = np.array([10, 10, 10 + side, 10 + side], np.float32)
    prior = np.zeros(PRIOR_DIM, np.float32) if found else None
    pose = Pose(yaw, 0, 0) if found else None
    return Face(box, np.zeros((0, 2), np.float32), prior, Image.new("RGB", (8, 8)), {}, pose)


def estimate(active):
    return AUEstimate(0.9 if active else 0.1, 0.5, active, None, None)


def seen(name="a", label="happiness", active=(), found=True, light=100.0, yaw=0.0, side=50.0):
    units = {code: estimate(code in active) for code in NANO_AUS} if found else None
    return Looked(name, a_face(found), label, units, light, yaw if found else None, side if found else None)


def heard_of(faces, emotion=None, au=None):
    heard = asking.Heard(faces)
    heard.first = {
        "emotion": [Completion(one, False) for one in emotion or ["Happiness."] * len(faces)],
        "au": [Completion(one, False) for one in au or ["None."] * len(faces)],
    }
    return heard
