"""Data: records of faces from every source, one way to open them, and EmoLA-Nano's corpus."""

from emola.data.records import Dataset, ImageSource, Record, sample
from emola.data.registry import open_dataset
from emola.data.skipped_images import SkippedImages

__all__ = ["Dataset", "ImageSource", "Record", "SkippedImages", "open_dataset", "sample"]
