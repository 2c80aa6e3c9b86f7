"""From the files that the paper's authors publish to an EmoLA checkpoint folder."""

from emola.model.conversion.convert import Report, convert

__all__ = ["Report", "convert"]
