"""The catalogue: names, hashes, sources and groups."""

import re
from pathlib import Path

from emola import downloads
from emola.downloads.catalogue import Address
from emola.downloads.photos import DRAWINGS, EXAMPLES, TEST_PHOTOS
from emola.faba import EMOTIONS


def test_entries_are_complete():
    for name, file in downloads.FILES.items():
        assert name == file.name == Path(name).name
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.size > 10_000
        assert len(file.licence) > 10
        addresses = [source for source in file.sources if isinstance(source, Address)]
        assert len(file.sources) == 2 and file.sources[1] is addresses[-1]
        assert all(source.url.startswith("https://") for source in addresses)


def test_every_example_may_be_shown_and_is_credited():
    """Guards against a photo on a public page whose licence is unclear, or whose source is not named."""
    for example in EXAMPLES:
        assert re.match(r"public domain|CC0|CC BY", example.file.licence), example.title
        assert example.page.startswith("https://") and example.author and example.title
        assert example.expression in (*EMOTIONS, "group")
    titles = [*(example.title for example in EXAMPLES), *DRAWINGS.values()]
    assert len(set(titles)) == len(titles) >= 6
    shown = {example.file.name for example in EXAMPLES}
    assert shown.isdisjoint(photo.name for photo in TEST_PHOTOS)


def test_every_file_is_in_one_group():
    grouped = [name for names in downloads.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(downloads.FILES)
