"""Data: records of faces from every source, one way to open them, and EmoLA-Nano's corpus."""

from emola.data.opening import open_dataset
from emola.data.records import Dataset, ImageSource, Record, sample
from emola.data.tolerance import Tolerance

__all__ = ["Dataset", "ImageSource", "Record", "Tolerance", "open_dataset", "sample"]
