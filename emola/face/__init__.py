"""Faces: reading pictures, landmarks, the prior expert, action-unit evidence, drawing."""

from emola.face.crop import UprightSquare, aligned_crop
from emola.face.evidence import AUEstimate, AUEvidence
from emola.face.experts import PriorExpert, prior_expert
from emola.face.image import load_image
from emola.face.insightface import INSIGHTFACE_EXPERT, InsightFaceExpert
from emola.face.landmarker import MAX_FACES, Face, FaceLandmarker, Pose
from emola.face.overlay import draw_overlay
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT, PRIOR_NAMES, face_prior

__all__ = [
    "INSIGHTFACE_EXPERT",
    "MAX_FACES",
    "PRIOR_DIM",
    "PRIOR_EXPERT",
    "PRIOR_NAMES",
    "AUEstimate",
    "AUEvidence",
    "Face",
    "FaceLandmarker",
    "InsightFaceExpert",
    "Pose",
    "PriorExpert",
    "UprightSquare",
    "aligned_crop",
    "draw_overlay",
    "face_prior",
    "load_image",
    "prior_expert",
]
