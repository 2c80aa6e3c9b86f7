"""Readers of face data sets: every source gives the same records, see ``open_dataset``."""

from emola.data.records import Dataset, ImageSource, Record, sample
from emola.data.registry import open_dataset
from emola.data.skipped_images import SkippedImages

__all__ = ["Dataset", "ImageSource", "Record", "SkippedImages", "open_dataset", "sample"]
