"""Faces: reading pictures, landmarks, the prior expert, action-unit evidence, drawing."""

from emola.face.evidence import AUEstimate, AUEvidence
from emola.face.image import load_image
from emola.face.landmarker import Face, FaceLandmarker, Pose, aligned_crop
from emola.face.overlay import draw_overlay
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT, PRIOR_NAMES, face_prior

__all__ = [
    "PRIOR_DIM",
    "PRIOR_EXPERT",
    "PRIOR_NAMES",
    "AUEstimate",
    "AUEvidence",
    "Face",
    "FaceLandmarker",
    "Pose",
    "aligned_crop",
    "draw_overlay",
    "face_prior",
    "load_image",
]
