"""Finding the faces of an image, whatever their size, position, rotation and lighting."""

from emola.face.detection.candidates import DetectedFace
from emola.face.detection.contrast import Levels
from emola.face.detection.networks import FaceNetworks
from emola.face.detection.search import find_faces

__all__ = ["DetectedFace", "FaceNetworks", "Levels", "find_faces"]
