"""Visibility of a face: exposure, sharpness, size, head pose, covered regions and closed eyes."""

from emola.face.visibility.assessment import Visibility, assess_visibility
from emola.face.visibility.covers import COVERS_FILE
from emola.face.visibility.lids import LIDS_FILE, Lids, read_lids
from emola.face.visibility.regions import nearest_regions

__all__ = [
    "COVERS_FILE",
    "LIDS_FILE",
    "Lids",
    "Visibility",
    "assess_visibility",
    "nearest_regions",
    "read_lids",
]
