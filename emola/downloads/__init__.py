"""Third-party files that EmoLA uses but does not ship: fetched once, verified, kept in the cache folder."""

from emola.downloads.cache import (
    Progress,
    cache_dir,
    cached,
    example_photos,
    is_present,
    language_model_dir,
    path,
)
from emola.downloads.catalogue import FILES, GROUPS

__all__ = [
    "FILES",
    "GROUPS",
    "Progress",
    "cache_dir",
    "cached",
    "example_photos",
    "is_present",
    "language_model_dir",
    "path",
]
