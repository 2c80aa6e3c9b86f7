"""The catalogue: names, hashes, sources and groups."""

import re
from pathlib import Path

from emola import downloads
from emola.downloads.catalogue import Address


def test_entries_are_complete():
    for name, file in downloads.FILES.items():
        assert name == file.name == Path(name).name
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.size > 10_000
        assert len(file.licence) > 10
        addresses = [source for source in file.sources if isinstance(source, Address)]
        assert len(file.sources) == 2 and file.sources[1] is addresses[-1]
        assert all(source.url.startswith("https://") for source in addresses)


def test_every_file_is_in_one_group():
    grouped = [name for names in downloads.GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(downloads.FILES)
