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
from emola.downloads.photos import ExamplePhoto

__all__ = [
    "FILES",
    "GROUPS",
    "ExamplePhoto",
    "Progress",
    "cache_dir",
    "cached",
    "example_photos",
    "is_present",
    "language_model_dir",
    "path",
]
