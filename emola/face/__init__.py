"""Faces: image reading, face landmarks, prior experts, action-unit evidence and drawing."""

from emola.face.crop import UprightSquare, aligned_crop
from emola.face.evidence import AUEstimate, AUEvidence
from emola.face.experts import PriorExpert, prior_expert
from emola.face.image import IMAGE_SUFFIXES, load_image
from emola.face.insightface import INSIGHTFACE_EXPERT, InsightFaceExpert
from emola.face.landmarker import MAX_FACES, Face, FaceLandmarker, Pose
from emola.face.prior import PRIOR_DIM, PRIOR_EXPERT, PRIOR_NAMES, face_prior
from emola.face.visibility import Lids, Visibility

__all__ = [
    "IMAGE_SUFFIXES",
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
    "Lids",
    "Pose",
    "PriorExpert",
    "UprightSquare",
    "Visibility",
    "aligned_crop",
    "face_prior",
    "load_image",
    "prior_expert",
]
