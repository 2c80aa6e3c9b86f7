"""Conversion of the published model files to an EmoLA checkpoint folder."""

from emola.model.conversion.convert import Report, convert

__all__ = ["Report", "convert"]
