"""Reading image files, streams, arrays and PIL images as plain RGB."""

from emola.face.image.formats import IMAGE_SUFFIXES
from emola.face.image.loading import ImageSource, load_image
from emola.face.image.sources import path_label

__all__ = ["IMAGE_SUFFIXES", "ImageSource", "load_image", "path_label"]
