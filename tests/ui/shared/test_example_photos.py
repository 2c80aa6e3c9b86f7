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
    assert html.count("<li>") == 2 and html.index("Ada") < html.index("Grace")
    assert ">Ada &amp; Co</a>: A &lt;b&gt;uthor, CC BY 4.0</li>" in html
    assert 'href="https://example.org/?a=&quot;b&quot;"' in html
    assert html.count('target="_blank" rel="noopener noreferrer"') == 2


def test_a_drawing_has_a_credit_without_a_link() -> None:
    html = credits_of([ExamplePhoto(Path("a.jpg"), "Surprise, a drawing", "EmoLA", "public domain (CC0)")])
    assert "<li>Surprise, a drawing: EmoLA, public domain (CC0)</li>" in html and "<a " not in html
