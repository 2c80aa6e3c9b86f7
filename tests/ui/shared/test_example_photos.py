"""The credits of the example photos."""

from __future__ import annotations

from pathlib import Path

from emola.downloads import ExamplePhoto
from emola.ui.shared.example_photos import credits_of


def test_each_photo_has_its_title_author_licence_and_source() -> None:
    """Guards against a photo on a public page without the credit that its licence asks for."""
    first = ExamplePhoto(Path("a.jpg"), "Ada & Co", "A <b>uthor", "CC BY 4.0", 'https://example.org/?a="b"')
    second = ExamplePhoto(Path("b.jpg"), "Grace", "Navy", "public domain", "https://example.org/2")
    html = credits_of([first, second])
    assert html.index("Ada") < html.index("Grace")
    assert ">Ada &amp; Co</a> (A &lt;b&gt;uthor, CC BY 4.0); " in html
    assert 'href="https://example.org/?a=&quot;b&quot;"' in html
    assert html.count('target="_blank" rel="noopener noreferrer"') == 2


def test_drawings_share_a_credit_without_a_link() -> None:
    drawings = [ExamplePhoto(Path(f"{title}.jpg"), title, "EmoLA", "CC0") for title in ("Joy", "Fear")]
    html = credits_of(drawings)
    assert html.count("drawings (EmoLA, CC0)") == 1 and "<a " not in html
